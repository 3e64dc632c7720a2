import test from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {packPairs, type TrainingPair} from '../../../runtime/learning/batch.js';

const pair = (promptIds: number[], chosenIds: number[], rejectedIds: number[]): TrainingPair => ({
  promptIds,
  chosenIds,
  rejectedIds,
  referenceChosenLogps: -1.5,
  referenceRejectedLogps: -2.5,
});
const options = {batchSize: 2, maxTokens: 64, padTokenId: 9};

test('chosen sequences come first, padded at the end, with completion tokens marked', (t) => {
  const packed = packPairs([pair([1, 2], [3, 4, 5], [6]), pair([1], [7], [8, 8])], options);
  t.is(packed.length, 8);
  t.deepEqual(
    [...packed.tokens],
    [
      [1, 2, 3, 4, 5, 9, 9, 9],
      [1, 7, 9, 9, 9, 9, 9, 9],
      [1, 2, 6, 9, 9, 9, 9, 9],
      [1, 8, 8, 9, 9, 9, 9, 9],
    ].flat(),
  );
  t.deepEqual(
    [...packed.completionMask],
    [
      [0, 0, 1, 1, 1, 0, 0, 0],
      [0, 1, 0, 0, 0, 0, 0, 0],
      [0, 0, 1, 0, 0, 0, 0, 0],
      [0, 1, 1, 0, 0, 0, 0, 0],
    ].flat(),
  );
  t.deepEqual([...packed.referenceLogps], [-1.5, -1.5, -2.5, -2.5]);
  t.deepEqual([...packed.weights], [1, 1]);
});

test('a batch with too few pairs is filled with rows of padding that weigh nothing', (t) => {
  const packed = packPairs([pair([1, 2], [3], [4])], options);
  t.deepEqual([...packed.weights], [1, 0]);
  t.deepEqual([...packed.tokens.subarray(8, 16)], new Array(8).fill(9));
  t.deepEqual([...packed.completionMask.subarray(8, 16)], new Array(8).fill(0));
  t.deepEqual([...packed.referenceLogps], [-1.5, 0, -2.5, 0]);
});

test('the length is a bucket that holds the longest sequence, at most the limit', (t) => {
  const lengthOf = (chosen: number, rejected: number, maxTokens: number): number =>
    packPairs([pair([1], new Array(chosen).fill(2), new Array(rejected).fill(3))], {...options, maxTokens})
      .length;
  t.is(lengthOf(7, 3, 64), 8);
  t.is(lengthOf(3, 8, 64), 16);
  t.is(lengthOf(8, 8, 11), 11);
});

test('what cannot be trained on is refused, with the pair and the remedy', (t) => {
  const refused = (pairs: TrainingPair[], message: RegExp): void => {
    t.throws(() => packPairs(pairs, options), {instanceOf: TerminalError, message});
  };
  const good = pair([1], [2], [3]);
  refused([], /1 to 2 pairs, not 0/);
  refused([good, good, good], /1 to 2 pairs, not 3/);
  refused([good, pair([1], [2], [])], /pair 1 .* completion without tokens; reject/);
  refused([pair([], [2], [3])], /pair 0 .* no prompt token/);
  refused(
    [pair(new Array(60).fill(1), new Array(5).fill(2), [3])],
    /pair 0 .* 65 tokens .* takes 64; truncate/,
  );
  refused([{...good, referenceChosenLogps: Number.NaN}], /pair 0 .* NaN and -2.5; both must be finite/);
});
