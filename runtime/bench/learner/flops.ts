/** How much is computed: multiplications and additions of matrix products, the model's own and those of a recorded graph. */
import type {ModelConfig} from '../../model/files/config.js';
import type {Executor, State, TensorSpec} from '../../tensor/executor.js';
import {type Graph, sizeOf, valueAt} from '../../tensor/graph/graph.js';
import {record} from '../../tensor/graph/record.js';
import {simplify} from '../../tensor/graph/simplify.js';
import {compileSized} from '../../tensor/sized.js';
import type {TokenPair} from '../workload/workload.js';

/** Of one sequence forward: 2 for each weight and token, and 4·T²·width for each layer's attention, nothing left out. */
export function forwardFlop(config: ModelConfig, tokens: number): number {
  const {hiddenSize, intermediateSize, layerCount, vocabSize, headDim} = config;
  const queryWidth = config.headCount * headDim;
  const keyValueWidth = config.keyValueHeadCount * headDim;
  const layerWeights = hiddenSize * (2 * queryWidth + 2 * keyValueWidth + 3 * intermediateSize);
  const linear = 2 * tokens * (layerCount * layerWeights + hiddenSize * vocabSize);
  return linear + layerCount * 4 * tokens * tokens * queryWidth;
}

/**
 * Of one step, forward and backward, each completion with its own copy of the prompt: what a plain loop computes. The
 * backward pass costs as much as the forward one for the activations, and again for the weights unless they are frozen
 * under an adapter, whose own products are left out.
 */
export function stepFlop(config: ModelConfig, pairs: readonly TokenPair[], isFrozen = false): number {
  const lengths = pairs.flatMap(({promptIds, chosenIds, rejectedIds}) =>
    [chosenIds, rejectedIds].map((ids) => promptIds.length + ids.length),
  );
  const forward = lengths.reduce((sum, tokens) => sum + forwardFlop(config, tokens), 0);
  return (isFrozen ? 2 : 3) * forward;
}

/** An executor that adds up the matrix products of every run of its programs, as their graphs have them. */
export function countingExecutor(inner: Executor): {readonly executor: Executor; flop(): number} {
  let total = 0;
  const executor: Executor = {
    ...inner,
    compile: async (fn, state) => {
      const flop = productsFlop(simplify(record(fn, await specsOf(state))));
      const program = await inner.compile(fn, state);
      return {
        ...program,
        run: (inputs) => {
          total += flop;
          return program.run(inputs);
        },
      };
    },
    compileSized: async (fn, state, options) => {
      const specs = await specsOf(state);
      const program = await compileSized(inner, fn, state, options);
      const known = new Map<string, number>();
      const flopAt = (sizes: Parameters<typeof fn.at>[0]): number => {
        const key = JSON.stringify(sizes);
        const flop = known.get(key) ?? productsFlop(simplify(record(fn.at(sizes), specs)));
        known.set(key, flop);
        return flop;
      };
      return {
        ...program,
        run: (sizes, inputs) => {
          total += flopAt(sizes);
          return program.run(sizes, inputs);
        },
      };
    },
  };
  return {executor, flop: () => total};
}

function productsFlop(graph: Graph): number {
  return graph.nodes
    .filter(({op}) => op === 'BatchMatMul')
    .map(({inputs: [left = -1], outputs: [output = -1], attributes}) => {
      const {shape} = valueAt(graph, left);
      return 2 * sizeOf(valueAt(graph, output).shape) * (shape.at(attributes.transposeA ? -2 : -1) ?? 0);
    })
    .reduce((sum, flop) => sum + flop, 0);
}

async function specsOf(state: State): Promise<Record<string, TensorSpec>> {
  const specs: Record<string, TensorSpec> = {};
  for (const name of state.names()) {
    const {shape, dtype} = await state.read(name);
    specs[name] = {shape, dtype};
  }
  return specs;
}
