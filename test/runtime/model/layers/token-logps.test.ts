/** What of the logits is in memory at once, whatever order a runtime gives the graph's nodes. */
import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import '../../../../runtime/tensor/tensorflow.js';
import {readModelConfig} from '../../../../runtime/model/files/config.js';
import {type LearnsFrom, tokenLogps} from '../../../../runtime/model/layers/token-logps.js';
import type {SizedFunction, TensorFunction} from '../../../../runtime/tensor/executor.js';
import {type Graph, type Node, valueAt} from '../../../../runtime/tensor/graph/graph.js';
import {record} from '../../../../runtime/tensor/graph/record.js';
import {simplify} from '../../../../runtime/tensor/graph/simplify.js';
import {compileSized} from '../../../../runtime/tensor/sized.js';
import {openOn, presentExecutors} from '../../../helpers/executors.js';
import {goldenPath} from '../../../helpers/goldens.js';

const [POSITIONS, WIDTH, VOCABULARY, CHUNK] = [9, 4, 32, 3];

interface LogitsChunk {
  /** The product that makes the chunk's logits. */
  readonly product: Node;
  /** Every node that reads them, or values as large that are made of them. */
  readonly readers: readonly Node[];
}

/** In the order in which they are recorded: first those of the forward pass. */
function chunksOf(graph: Graph): LogitsChunk[] {
  const isLarge = (id: number): boolean => String(valueAt(graph, id).shape) === String([CHUNK, VOCABULARY]);
  const products = graph.nodes.filter(({op, outputs}) => op === 'BatchMatMul' && outputs.some(isLarge));
  return products.map((product) => {
    const large = new Set(product.outputs);
    const readers = graph.nodes.filter(({inputs, outputs}) => {
      if (!inputs.some((id) => large.has(id))) return false;
      for (const id of outputs.filter(isLarge)) large.add(id);
      return true;
    });
    return {product, readers};
  });
}

/** Every node that must run before `node`. */
function nodesBefore(graph: Graph, node: Node): Set<Node> {
  const before = new Set<Node>();
  const makers = ({inputs}: Node) =>
    graph.nodes.filter(({outputs}) => outputs.some((id) => inputs.includes(id)));
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const made of makers(next)) {
      if (!before.has(made)) waiting.push(made);
      before.add(made);
    }
  }
  return before;
}

const config = await readModelConfig(goldenPath('mistral'));

/** The gradient by the hidden states and, where it learns, by the output matrix. */
function recorded(learns: Exclude<LearnsFrom, 'nothing'>): Graph {
  const learnsOutput = learns !== 'hidden';
  const fn: TensorFunction<'targets' | 'scale', 'logps'> = {
    name: 'chunks',
    inputs: {
      targets: {shape: [POSITIONS / CHUNK, CHUNK], dtype: 'int32'},
      scale: {shape: [POSITIONS], dtype: 'float32'},
    },
    body({targets, scale}, {hidden, output}) {
      const score = (h: tf.Tensor, w = output as tf.Tensor) => {
        const weights = {'lm_head.weight': w};
        const logps = tokenLogps(config, weights, h as tf.Tensor2D, targets as tf.Tensor2D, learns);
        return tf.sum(tf.mul(logps, scale));
      };
      const learned = [hidden as tf.Tensor, ...(learnsOutput ? [output as tf.Tensor] : [])];
      const {value, grads} = tf.valueAndGrads(score)(learned);
      const [hiddenGradient, outputGradient] = grads;
      return {
        outputs: {logps: value},
        state: {
          hidden: hiddenGradient as tf.Tensor,
          ...(outputGradient && {output: outputGradient}),
        },
      };
    },
  };
  return simplify(
    record(fn, {
      hidden: {shape: [POSITIONS, WIDTH], dtype: 'float32'},
      output: {shape: [VOCABULARY, WIDTH], dtype: 'float32'},
    }),
  );
}

for (const [claim, learns, count] of [
  ['where the output matrix does not learn, each chunk of logits is made once', 'hidden', 3],
  ['where probabilities are kept, each chunk of logits is made once', 'keptProbabilities', 3],
  [
    'where there is no place for them, each chunk of logits is made again for the gradient',
    'logitsTakenAgain',
    6,
  ],
] as const) {
  test(`${claim}, when the one before is done with`, (t) => {
    const graph = recorded(learns);
    const chunks = chunksOf(graph);
    t.is(chunks.length, count);
    t.false(
      graph.values.some(({shape}) => String(shape) === String([POSITIONS, VOCABULARY])),
      'never all of them in one tensor',
    );
    for (const [index, {product}] of chunks.entries()) {
      const before = nodesBefore(graph, product);
      for (const reader of chunks.slice(0, index).flatMap(({readers}) => readers)) {
        const isKept = learns === 'keptProbabilities' && makesGradient(reader);
        t.is(before.has(reader), !isKept, `${reader.op} of an earlier chunk`);
      }
    }
  });
}

/** The product with the hidden states, and its sum with another chunk's: [width, vocabulary]. */
function makesGradient({op, attributes}: Node): boolean {
  return op === 'BatchMatMul' && attributes.transposeA === true;
}

test('nothing as large as an output matrix that does not learn is worked out', (t) => {
  const made = (learns: Exclude<LearnsFrom, 'nothing'>) =>
    recorded(learns).nodes.flatMap(({outputs}) =>
      outputs.map((id) => String(valueAt(recorded(learns), id).shape)),
    );
  t.false(made('hidden').includes(String([VOCABULARY, WIDTH])));
  t.true(made('keptProbabilities').includes(String([VOCABULARY, WIDTH])));
});

/** The first number is that of SmolLM2, the second is divided by nothing. */
const VOCABULARIES = [49_152, 49_157];
const TAIL = -11;

/** Twelve tokens of logit 0, and all others of `TAIL`. */
const fewAbove = (vocabulary: number): Float32Array =>
  new Float32Array(vocabulary).fill(TAIL).map((tail, token) => (token % 4099 === 0 ? 0 : tail));

for (const name of presentExecutors())
  for (const learns of ['nothing', 'keptProbabilities'] as const)
    test(`log-probabilities over a large vocabulary are as right as float32 has them: ${name}, learning ${learns}`, async (t) => {
      const executor = await openOn(name);
      for (const vocabulary of VOCABULARIES) {
        const output = {shape: [vocabulary, 1], dtype: 'float32', data: fewAbove(vocabulary)} as const;
        const state = executor.createState([['lm_head.weight', output]]);
        const fn: SizedFunction<'rows', 'hidden' | 'targets', 'logps'> = {
          name: 'large',
          sizes: ['rows'],
          at: ({rows}) => ({
            name: 'large',
            inputs: {
              hidden: {shape: [rows, 1], dtype: 'float32'},
              targets: {shape: [1, rows], dtype: 'int32'},
            },
            body: ({hidden, targets}, weights) => ({
              outputs: {
                logps: tokenLogps(config, weights, hidden as tf.Tensor2D, targets as tf.Tensor2D, learns),
              },
            }),
          }),
        };
        const program = await compileSized(executor, fn, state, {buildIn: false});
        const {logps} = await program.run(
          {rows: 3},
          {hidden: Float32Array.of(1, 1, 1), targets: Int32Array.of(0, 1, vocabulary - 1)},
        );
        const tops = output.data.filter((logit) => logit === 0).length;
        const logSum = Math.log(tops + (vocabulary - tops) * Math.exp(TAIL));
        for (const [row, logit] of [0, TAIL, TAIL].entries()) {
          const error = Math.abs((logps.data[row] ?? Number.NaN) - (logit - logSum));
          t.true(error < 2e-6, `${vocabulary}, row ${row}: ${error}`);
        }
        await program.dispose();
        state.dispose();
      }
    });
