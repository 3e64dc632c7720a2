/** What of the logits is in memory at once, whatever order a runtime gives the graph's nodes. */
import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import '../../../../runtime/tensor/tensorflow.js';
import {readModelConfig} from '../../../../runtime/model/files/config.js';
import {tokenLogps} from '../../../../runtime/model/layers/token-logps.js';
import type {TensorFunction} from '../../../../runtime/tensor/executor.js';
import {type Graph, type Node, valueAt} from '../../../../runtime/tensor/graph/graph.js';
import {record} from '../../../../runtime/tensor/graph/record.js';
import {simplify} from '../../../../runtime/tensor/graph/simplify.js';
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
function recorded(learnsOutput: boolean): Graph {
  const fn: TensorFunction<'targets' | 'scale', 'logps'> = {
    name: 'chunks',
    inputs: {
      targets: {shape: [POSITIONS / CHUNK, CHUNK], dtype: 'int32'},
      scale: {shape: [POSITIONS], dtype: 'float32'},
    },
    body({targets, scale}, {hidden, output}) {
      const score = (h: tf.Tensor, w = output as tf.Tensor) => {
        const weights = {'lm_head.weight': w};
        const logps = tokenLogps(config, weights, h as tf.Tensor2D, targets as tf.Tensor2D, learnsOutput);
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

for (const learnsOutput of [true, false]) {
  const where = learnsOutput ? 'where the output matrix learns' : 'where it does not';
  test(`each chunk of logits is made again for the gradient, once the chunk before it is done with, ${where}`, (t) => {
    const graph = recorded(learnsOutput);
    const chunks = chunksOf(graph);
    t.is(chunks.length, 6, 'three forwards and three backwards');
    t.false(
      graph.values.some(({shape}) => String(shape) === String([POSITIONS, VOCABULARY])),
      'never all of them',
    );
    for (const [index, {product}] of chunks.entries()) {
      if (index < 3) continue;
      const before = nodesBefore(graph, product);
      for (const reader of chunks.slice(0, index).flatMap(({readers}) => readers)) {
        t.true(before.has(reader), `${reader.op} of an earlier chunk may still run`);
      }
    }
  });
}

test('nothing as large as an output matrix that does not learn is worked out', (t) => {
  const graph = recorded(false);
  const made = graph.nodes.flatMap(({outputs}) => outputs.map((id) => String(valueAt(graph, id).shape)));
  t.false(made.includes(String([VOCABULARY, WIDTH])));
  t.true(recorded(true).nextState.has('output'));
});
