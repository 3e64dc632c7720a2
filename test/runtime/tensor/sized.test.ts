/** Functions of any sizes: one program for all of them, and what it promises of its results. */
import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import type {HostTensor, SizedFunction} from '../../../runtime/tensor/executor.js';
import {openExecutor} from '../../../runtime/tensor/open.js';
import {compileSized} from '../../../runtime/tensor/sized.js';
import {presentExecutors} from '../../helpers/executors.js';
import {floats, open, relativeError, wave} from './both.js';

/** rows × [inner, outer] products; `inner` lines of two groups each. */
const projecting = (inner: number): SizedFunction<'rows', 'x', 'y' | 'lines'> => ({
  name: 'projecting',
  sizes: ['rows'],
  at: ({rows}) => ({
    name: `projecting ${rows}`,
    inputs: {x: {shape: [rows, inner], dtype: 'float32'}},
    body: ({x}, {w, b}) => ({
      outputs: {
        y: tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D, false, true), b as tf.Tensor),
        lines: tf.transpose(tf.reshape(x, [rows, 2, inner / 2]), [1, 0, 2]),
      },
    }),
  }),
});

for (const buildIn of [true, false]) {
  test(`one program serves all sizes, 1 among them${buildIn ? ', with its state built in' : ''}`, async (t) => {
    const tensors = [['w', wave([5, 8])] as const, ['b', wave([5], 1)] as const];
    const programs = await Promise.all(
      (['onnx', 'eager'] as const).map(async (backend) => {
        const executor = await open(backend);
        return compileSized(executor, projecting(8), executor.createState(tensors), {buildIn});
      }),
    );
    for (const rows of [4, 1, 9]) {
      const x = wave([rows, 8], 2).data;
      const [onnx, eager] = await Promise.all(programs.map((program) => program.run({rows}, {x})));
      if (onnx === undefined || eager === undefined) return t.fail();
      t.true(relativeError(onnx.y, eager.y) <= 1e-6);
      t.deepEqual(onnx.lines, eager.lines);
    }
    t.is(programs[0]?.isSteady, buildIn);
    for (const program of programs) await program.dispose();
    return undefined;
  });

  test(`a tensor written between runs is seen by the next${buildIn ? ', where it was built in' : ''}`, async (t) => {
    const executor = await open('onnx');
    const state = executor.createState([
      ['w', wave([5, 8])],
      ['b', floats([5], [1, 2, 3, 4, 5])],
    ]);
    const program = await compileSized(executor, projecting(8), state, {buildIn});
    const x = new Float32Array(8);
    t.deepEqual((await program.run({rows: 1}, {x})).y, floats([1, 5], [1, 2, 3, 4, 5]));
    state.write('b', floats([5], [5, 4, 3, 2, 1]));
    t.deepEqual((await program.run({rows: 1}, {x})).y, floats([1, 5], [5, 4, 3, 2, 1]));
    await program.dispose();
  });
}

test('a state that let go of what was built in takes all of it anew, and no less', async (t) => {
  const executor = await open('onnx');
  const tensors = (bias: number): [string, HostTensor][] => [
    ['w', wave([5, 8])],
    ['b', floats([5], new Array<number>(5).fill(bias))],
  ];
  const state = executor.createState(tensors(1));
  const program = await compileSized(executor, projecting(8), state, {buildIn: true, letGo: true});
  const x = new Float32Array(8);
  t.deepEqual((await program.run({rows: 1}, {x})).y, floats([1, 5], [1, 1, 1, 1, 1]));
  await t.throwsAsync(async () => state.read('b'), {message: /let go of b, which a program has/});
  state.write('b', floats([5], [2, 2, 2, 2, 2]));
  await t.throwsAsync(program.run({rows: 1}, {x}), {message: /let go of w, which a program has: write all/});
  for (const [name, tensor] of tensors(3)) state.write(name, tensor);
  t.deepEqual((await program.run({rows: 1}, {x})).y, floats([1, 5], [3, 3, 3, 3, 3]));
  await program.dispose();
});

for (const threads of [1, 2, 4]) {
  // Widths at which products of matrices that are fed give other bits for other rows.
  for (const [inner, outer] of [
    [128, 352],
    [352, 128],
    [256, 128],
    [192, 192],
  ] as const) {
    test(`a row of a product with a built-in ${outer} x ${inner} has the same bits beside any number of others, on ${threads} threads`, async (t) => {
      const {executor} = await openExecutor({backend: 'onnx', threads});
      const state = executor.createState([
        ['w', wave([outer, inner])],
        ['b', wave([outer], 1)],
      ]);
      const program = await compileSized(executor, projecting(inner), state, {buildIn: true});
      t.true(program.isSteady);
      const most = 300;
      const x = wave([most, inner], 2).data;
      const all = await program.run({rows: most}, {x});
      for (const rows of [1, 2, 3, 7, 16, 33, 64, 128]) {
        const first = 101;
        const some = await program.run({rows}, {x: x.slice(first * inner, (first + rows) * inner)});
        t.deepEqual(some.y.data, all.y.data.slice(first * outer, (first + rows) * outer), `${rows} rows`);
      }
      await program.dispose();
    });
  }
}

/** Lengths that inputs tell, and parts of them, in shapes that are written; and state that is replaced. */
const counting: SizedFunction<'rows' | 'blocks', 'x' | 'y', 'z'> = {
  name: 'counting',
  sizes: ['rows', 'blocks'],
  at: ({rows, blocks}) => ({
    name: `counting ${rows}x${blocks}`,
    inputs: {
      x: {shape: [rows, 2 * blocks], dtype: 'float32'},
      y: {shape: [3 * rows], dtype: 'int32'},
    },
    body({x, y}, {sum}) {
      const numbers = tf.cast(tf.range(0, rows, 1, 'int32'), 'float32');
      const both: tf.Tensor = tf.reshape(tf.mul(x as tf.Tensor, 2), [rows, blocks, 2]);
      const counted = tf.add(tf.cumsum(tf.ones([rows, blocks, 1])), tf.reshape(numbers, [rows, 1, 1]));
      const own = tf.reshape(tf.cast(y as tf.Tensor, 'float32'), [rows, 3]);
      const first = tf.reshape(tf.slice(own, [0, 1], [rows, 2]), [rows, 1, 2]);
      const z = tf.add(tf.mul(both, counted), first);
      return {outputs: {z}, state: {sum: tf.add(sum as tf.Tensor, tf.sum(z))}};
    },
  }),
};

for (const backend of presentExecutors()) {
  test(`${backend}: a program for any sizes writes lengths of its inputs into shapes, and replaces state`, async (t) => {
    const programs = await Promise.all(
      [backend, 'eager' as const].map(async (each) => {
        const executor = await open(each);
        const state = executor.createState([['sum', floats([], [1])]]);
        return {state, program: await compileSized(executor, counting, state, {buildIn: false})};
      }),
    );
    for (const [rows, blocks] of [
      [2, 3],
      [1, 1],
      [5, 2],
    ] as const) {
      const inputs = {
        x: wave([rows, 2 * blocks]).data,
        y: Int32Array.from({length: 3 * rows}, (_, index) => index),
      };
      const [graph, eager] = await Promise.all(
        programs.map(({program}) => program.run({rows, blocks}, inputs)),
      );
      if (graph === undefined || eager === undefined) return t.fail();
      t.deepEqual(graph.z.shape, eager.z.shape);
      t.true(relativeError(graph.z, eager.z) <= 1e-6);
    }
    const [sum, wanted] = await Promise.all(programs.map(({state}) => state.read('sum')));
    if (sum === undefined || wanted === undefined) return t.fail();
    t.true(relativeError(sum, wanted) <= 1e-6);
    for (const {program} of programs) await program.dispose();
    return undefined;
  });
}

const refused: [claim: string, body: (rows: number, x: tf.Tensor) => tf.Tensor, message: RegExp][] = [
  [
    'computes something else for other sizes',
    (rows, x) => tf.mul(x, rows),
    /a constant differs|not the same for all sizes/,
  ],
  [
    'has another operation for other sizes',
    (rows, x) => (rows > 9 ? tf.neg(tf.exp(x)) : x),
    /operations for some sizes/,
  ],
  [
    'cuts where a size says',
    (rows, x) => tf.concat([x, tf.slice(x, rows - 2)]),
    /Slice is not the same for all sizes/,
  ],
];
for (const [claim, body, message] of refused) {
  test(`a function that ${claim} is refused`, async (t) => {
    const executor = await open('onnx');
    const fn: SizedFunction<'rows', 'x', 'y'> = {
      name: 'odd',
      sizes: ['rows'],
      at: ({rows}) => ({
        name: 'odd',
        inputs: {x: {shape: [rows, 1], dtype: 'float32'}},
        body: ({x}) => ({outputs: {y: body(rows, x as tf.Tensor)}}),
      }),
    };
    await t.throwsAsync(compileSized(executor, fn, executor.createState([]), {buildIn: true}), {message});
  });
}
