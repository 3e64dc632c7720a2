/**
 * A graph's runs over a state. Each feeds the state's tensors and has their successors written into a second set of buffers,
 * which then changes places with the first. onnxruntime-node 1.30 makes a copy of every output besides, which nobody reads:
 * at 30M parameters about 3% of a training step.
 */
import type * as ort from 'onnxruntime-node';
import type {HostTensor, TensorSpec} from '../executor.js';
import type {Graph} from '../graph/graph.js';
import {applyScatter, type Scatter} from '../graph/scatters.js';
import {assertValues} from '../inputs.js';
import {inputName, nextStateName, outputName, stateName} from './lower.js';
import {current, emptyTensor, exclusively, hostTensor, type OnnxState, ortTensor, specsOf} from './state.js';

export interface BoundGraph {
  /** For messages. */
  readonly name: string;
  readonly graph: Graph;
  readonly scatters?: readonly Scatter[];
  /** The tensors of the state that are inputs of the session's model; all that the graph reads, unless given. */
  readonly fed?: readonly string[];
}

export type Arrays = Readonly<Record<string, Float32Array | Int32Array>>;
/** @param specs of the inputs in this run */
export type Run = (
  session: ort.InferenceSession,
  specs: Readonly<Record<string, TensorSpec>>,
  inputs: Arrays,
) => Promise<Record<string, HostTensor>>;

export function bind(
  {name, graph, scatters = [], fed = [...graph.state.keys()]}: BoundGraph,
  state: OnnxState,
): Run {
  const internal = new Set(scatters.flatMap(({indices, updates}) => [indices, updates]));
  const names = [...graph.outputs.keys()].filter((output) => !internal.has(output));
  const replacedNames = [...graph.nextState.keys()];
  const specs = specsOf(state, [...fed, ...replacedNames, ...scatters.map((scatter) => scatter.name)]);
  const isFed = new Set(fed);

  return async (session, inputSpecs, inputs) => {
    // In the same turn where there is nothing to load: what is written afterwards is of the next run.
    if (state.isLazy(specs.keys())) await state.load(specs.keys());
    const feeds: Record<string, ort.Tensor> = {};
    for (const [input, spec] of Object.entries(inputSpecs)) {
      const data = inputs[input];
      assertValues(`${name}: input ${input}`, spec, data);
      feeds[inputName(input)] = ortTensor(spec, data);
    }
    for (const [tensor, spec] of specs) {
      const {front} = current(name, state, tensor, spec);
      if (isFed.has(tensor)) feeds[stateName(tensor)] = front;
    }
    const fetches: Record<string, ort.Tensor | null> = {};
    for (const output of graph.outputs.keys()) fetches[outputName(output)] = null;
    // Kept as they are now: a tensor written during the run is a new slot, and stays as written.
    const replaced = replacedNames.map((tensor) => {
      const slot = state.slot(tensor);
      const next = slot.back ?? emptyTensor(slot);
      fetches[nextStateName(tensor)] = next;
      return {slot, next};
    });
    const written = scatters.map((scatter) => ({scatter, slot: state.slot(scatter.name)}));
    const results = await exclusively(state, name, () => session.run(feeds, fetches));
    for (const {slot, next} of replaced) {
      slot.back = slot.front;
      slot.front = next;
    }
    const valuesOf = (output: string): HostTensor => {
      const tensor = results[outputName(output)];
      if (tensor === undefined) throw new Error(`${name}: output ${output} did not come back`);
      return hostTensor(tensor);
    };
    for (const {slot, scatter} of written) {
      const target = hostTensor(slot.front).data;
      applyScatter(scatter, target, valuesOf(scatter.indices).data, valuesOf(scatter.updates).data);
    }
    return Object.fromEntries(names.map((output) => [output, valuesOf(output)]));
  };
}
