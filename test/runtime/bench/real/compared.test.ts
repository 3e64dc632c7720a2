import test from 'ava';
import type {Measured} from '../../../../runtime/bench/contenders/field.js';
import {
  comparison,
  ratioLine,
  relativeDifference,
  sameLists,
  speedOf,
} from '../../../../runtime/bench/real/compared.js';
import {tableLines} from '../../../../runtime/bench/real/table.js';

const measured = (name: string, byRound: readonly number[], megabytes: number): Measured => ({
  name,
  startSeconds: 2,
  timings: {median: 0, min: 0, byRound},
  peakMemoryBytes: megabytes * 2 ** 20,
  about: {},
});
const ours = measured('onnx', [1, 3], 500);
const trl = measured('trl', [10, 22], 2000);

test('speed is tokens over all turns, whose batches differ', (t) => {
  const {tokensPerSecond, seconds, peakMemoryMegabytes} = speedOf(ours, 1000);
  t.deepEqual([tokensPerSecond, seconds, peakMemoryMegabytes], [250, 4, 500]);
});

test('one is so many times as fast as another, in a share of its memory', (t) => {
  const ratio = comparison(ours, trl, () => 1000);
  t.deepEqual([ratio.timesAsFast, ratio.memoryShare], [8, 0.25]);
  t.is(ratioLine(ratio), 'onnx: 8 times as fast as trl, in 25% of its memory');
  // Who gives more tokens in the same time is faster.
  t.is(comparison(ours, trl, ({name}) => (name === 'trl' ? 500 : 1000)).timesAsFast, 16);
});

test('numbers that should be equal are compared by the largest difference', (t) => {
  t.is(relativeDifference([1, -200, 0], [1, -201, 0]), 0.004975);
  t.is(relativeDifference([1, 2], [1]), undefined, 'not as many');
  t.is(relativeDifference(undefined, undefined), undefined);
});

test('answers are the same where all their tokens are', (t) => {
  t.is(sameLists([[1, 2], [3], []], [[1, 2], [4], []]), 2);
  t.is(sameLists([[1]], undefined), 0);
});

test('a table has a line for its titles and one for each row', (t) => {
  const columns = [
    {title: '', cell: ({name}: {name: string}) => name},
    {title: 'tokens/s', cell: ({speed}: {name: string; speed: number}) => `${speed}`},
  ];
  t.deepEqual(
    tableLines(columns, [
      {name: 'onnx', speed: 1250},
      {name: 'transformers', speed: 90},
    ]),
    ['               tokens/s', 'onnx               1250', 'transformers         90'],
  );
});
