import test from 'ava';
import {batchArrays, logpsOfBatch} from '../../../../runtime/learning/steps/batch-logps.js';

test('values of runs come to the pairs that they are of, whatever the order of the runs', (t) => {
  const logps = logpsOfBatch(4);
  logps.add([3, 0], Float32Array.of(-3, -1, -30, -10));
  logps.add([2, 1], Float32Array.of(-7, -5, -70, -50));
  t.deepEqual([...logps.values], [-1, -5, -7, -3, -10, -50, -70, -30]);
  t.deepEqual(logps.byPair(), [
    {chosen: -1, rejected: -10},
    {chosen: -5, rejected: -50},
    {chosen: -7, rejected: -70},
    {chosen: -3, rejected: -30},
  ]);
});

test('some pairs’ values are the batch’s, in the order asked for', (t) => {
  const slopes = logpsOfBatch(3, Float32Array.of(1, 2, 3, 10, 20, 30));
  t.deepEqual([...slopes.of([2, 0])], [3, 1, 30, 10]);
  t.deepEqual([...slopes.of([])], []);
});

test('a pair that no run has given is not a number, and never 0', (t) => {
  const logps = logpsOfBatch(2);
  logps.add([1], Float32Array.of(-4, -8));
  t.deepEqual(logps.byPair(), [
    {chosen: Number.NaN, rejected: Number.NaN},
    {chosen: -4, rejected: -8},
  ]);
  // A run that gave less than its pairs have.
  logps.add([0], Float32Array.of(-2));
  t.deepEqual(logps.byPair()[0], {chosen: -2, rejected: Number.NaN});
});

test('a loss reads the reference and the completions’ lengths of the whole batch, chosen ones first', (t) => {
  const pair = (chosen: number, rejected: number) => ({
    promptIds: [1],
    chosenIds: new Array<number>(chosen).fill(2),
    rejectedIds: new Array<number>(rejected).fill(3),
    referenceChosenLogps: -chosen,
    referenceRejectedLogps: -10 * rejected,
  });
  const {referenceLogps, tokenCounts, weights} = batchArrays([pair(3, 4), pair(5, 1)]);
  t.deepEqual([...referenceLogps], [-3, -5, -40, -10]);
  t.deepEqual([...tokenCounts], [3, 5, 4, 1]);
  t.deepEqual([...weights], [1, 1]);
});
