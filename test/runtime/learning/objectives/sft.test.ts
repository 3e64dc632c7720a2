import test from 'ava';
import {sft} from '../../../../runtime/learning/objectives/sft.js';
import {measure, type PairNumbers} from '../../../helpers/pair-batch.js';

const pairs: PairNumbers[] = [
  {policy: [-12, -1], reference: [0, 0], tokens: [4, 9]},
  {policy: [-6, -50], reference: [3, 8], tokens: [2, 1]},
  {policy: [-2, -3], reference: [1, 1], tokens: [4, 7]},
];

test('the batch mean is the mean over all chosen tokens, not over sequences', (t) => {
  // (12 + 6 + 2) / (4 + 2 + 4) = 2; a mean of the sequences' means would be (3 + 3 + 0.5) / 3.
  t.true(Math.abs(measure(sft, {pairs, beta: 0.1}).loss - 2) < 1e-6);
});

test('every chosen token has the same slope, whatever the length of its completion', (t) => {
  for (const [chosen, rejected] of measure(sft, {pairs, beta: 0.1}).slopes) {
    t.true(Math.abs(chosen + 1 / 10) < 1e-7);
    t.is(Math.abs(rejected), 0);
  }
});

test('tokens of a row of weight 0 are not counted', (t) => {
  const filler: PairNumbers = {policy: [-999, 0], reference: [0, 0], tokens: [77, 0], weight: 0};
  t.true(Math.abs(measure(sft, {pairs: [...pairs, filler], beta: 0.1}).loss - 2) < 1e-6);
});
