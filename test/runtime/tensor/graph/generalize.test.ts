/** The graph of a function of any sizes: which lengths in it vary, and by which input a run tells them. */
import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import {objectives} from '../../../../runtime/learning/objectives/objectives.js';
import type {RunParts, RunSizes} from '../../../../runtime/learning/packing/packing.js';
import type {SizedFunction} from '../../../../runtime/tensor/executor.js';
import {isVarying, type SizedGraph} from '../../../../runtime/tensor/graph/generalize.js';
import {type Graph, valueAt} from '../../../../runtime/tensor/graph/graph.js';
import {record} from '../../../../runtime/tensor/graph/record.js';
import {recordSized} from '../../../../runtime/tensor/graph/record-sized.js';
import {type ShapeWriter, shapeNames} from '../../../../runtime/tensor/graph/shapes.js';
import {simplify} from '../../../../runtime/tensor/graph/simplify.js';
import {onnxFusions} from '../../../../runtime/tensor/onnx/operators/fused.js';
import {goldenModel} from '../../../helpers/goldens.js';
import {packedFunction} from '../../../helpers/gradients.js';

type Body = (sizes: {rows: number; width: number}, x: tf.Tensor, y: tf.Tensor) => tf.Tensor;

const sized = (body: Body): SizedFunction<'rows' | 'width', 'x' | 'y', 'z'> => ({
  name: 'sized',
  sizes: ['rows', 'width'],
  at: (sizes) => ({
    name: 'sized',
    inputs: {
      x: {shape: [sizes.rows, 3 * sizes.width], dtype: 'float32'},
      y: {shape: [sizes.width], dtype: 'float32'},
    },
    body: ({x, y}) => ({outputs: {z: body(sizes, x as tf.Tensor, y as tf.Tensor)}}),
  }),
});

/** Of the only output. */
const shapeOf = (graph: SizedGraph): readonly number[] => valueAt(graph, graph.outputs.get('z') ?? -1).shape;
const lengthAt = (graph: SizedGraph, axis: number) => graph.lengths.get(shapeOf(graph)[axis] ?? 0);

test('a length that varies is told by the input that has it, or is a share of the nearest that is related', (t) => {
  const graph = recordSized(
    sized(({rows, width}, x) => tf.reshape(tf.neg(x), [rows, width, 3])),
    {},
  );
  t.deepEqual(lengthAt(graph, 0), {input: 'x', axis: 0, times: 1, over: 1});
  t.deepEqual(lengthAt(graph, 1), {input: 'y', axis: 0, times: 1, over: 1});
  t.is(shapeOf(graph)[2], 3);

  const doubled = recordSized(
    sized((_, x) => tf.concat([x, x], 1)),
    {},
  );
  t.deepEqual(lengthAt(doubled, 1), {input: 'x', axis: 1, times: 2, over: 1});
});

test('equal lengths have equal numbers, and different ones different', (t) => {
  const graph = recordSized(
    sized((_, x) => tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D, true, false)),
    {},
  );
  const [first = 0, second = 0] = shapeOf(graph);
  t.true(isVarying(first));
  t.is(first, second);
  t.not(first, valueAt(graph, graph.inputs.get('x') ?? -1).shape[0]);
});

test('a length that is no share of an input’s is told by none', (t) => {
  const graph = recordSized(
    sized((_, x, y) => tf.concat([tf.reshape(x, [-1]), y])),
    {},
  );
  const [length = 0] = shapeOf(graph);
  t.true(isVarying(length));
  t.is(graph.lengths.get(length), undefined);
});

/** What a format writes, as text. */
const writer: ShapeWriter = {
  ints: (values) => `[${values}]`,
  lengthOf: (input, axis) => `${input}.${axis}`,
  times: (name, factor) => `${name}*${factor}`,
  over: (name, divisor) => `${name}/${divisor}`,
  joined: (names) => names.join('+'),
};
const lengths = new Map([
  [-1, {input: 'x', axis: 1, times: 2, over: 3}],
  [-2, {input: 'y', axis: 0, times: 1, over: 1}],
]);

test('a shape is written with what its inputs tell, and one length is left to a reshape', (t) => {
  const nameOf = shapeNames(writer, lengths);
  t.is(nameOf([4, 5]), '[4,5]');
  t.is(nameOf([4, -1]), '[4,-1]');
  t.is(nameOf([4, -9, 2]), '[4,-1,2]');
  t.is(nameOf([-1, 4, 5, -2]), 'x.1*2/3+[4,5]+y.0');
  t.is(nameOf([-2, -9]), 'y.0+[-1]');
  t.is(nameOf([-1], true), 'x.1*2/3');
});

test('a shape in which a run cannot know a length is refused', (t) => {
  const nameOf = shapeNames(writer, lengths);
  const message = /a length that depends on sizes is no input’s/;
  t.throws(() => nameOf([-8, -9]), {message});
  // Nothing works out a length of what is filled or counted.
  t.throws(() => nameOf([3, -9], true), {message});
});

/** Sizes of runs that agree in nothing, and that are not those that graphs are recorded for. */
const RUNS: readonly RunSizes[] = [
  {pairs: 5, tokens: 53, rows: 3, block: 43, chunk: 47},
  {pairs: 2, tokens: 61, rows: 43, block: 6, chunk: 59},
];

for (const parts of [
  {blocks: 1, chunks: 1},
  {blocks: 4, chunks: 3},
  {blocks: 8, chunks: 2},
] satisfies RunParts[]) {
  for (const recompute of [false, true]) {
    const what = `${parts.blocks} blocks, ${parts.chunks} chunks${recompute ? ', layers computed again' : ''}`;
    test(`every length in a training graph is that of a graph recorded for the run's own sizes: ${what}`, async (t) => {
      const model = await goldenModel();
      const fn = packedFunction({model, objective: objectives.apo_zero, recompute}, parts);
      const graph = recordSized(fn, Object.fromEntries(model.weights), onnxFusions);
      for (const sizes of RUNS) {
        const own = simplify(record(fn.at(sizes), Object.fromEntries(model.weights), onnxFusions));
        t.deepEqual(wrongLengths(graph, own), []);
      }
      // A reshape works out one length of its own, and a run could not know two.
      const untold = (shape: readonly number[]): number[] =>
        shape.filter((length) => isVarying(length) && !graph.lengths.has(length));
      const varying = graph.values.flatMap(({shape}) => shape.filter(isVarying));
      t.true(graph.values.every(({shape}) => untold(shape).length <= 1));
      const count = graph.values.flatMap(({shape}) => untold(shape)).length;
      t.true(varying.length > graph.inputs.size && count <= 0.01 * varying.length, `${count} untold`);
    });
  }
}

/** Lengths of `graph` that are others in the graph of one run. */
function wrongLengths(graph: SizedGraph, own: Graph): string[] {
  if (graph.values.length !== own.values.length)
    return [`${graph.values.length}, ${own.values.length} values`];
  return graph.values.flatMap(({shape}, id) =>
    shape.flatMap((length, axis) => {
      const wanted = valueAt(own, id).shape[axis];
      const told = graph.lengths.get(length);
      if (told === undefined)
        return isVarying(length) || length === wanted ? [] : [`${id}.${axis}: ${length}`];
      const {input, axis: of, times, over} = told;
      const given = ((valueAt(own, own.inputs.get(input) ?? -1).shape[of] ?? 0) * times) / over;
      return given === wanted ? [] : [`value ${id}, axis ${axis}: ${given} for ${wanted}`];
    }),
  );
}
