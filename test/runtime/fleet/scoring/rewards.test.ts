import test from 'ava';
import {rewardScore} from '../../../../runtime/fleet/scoring/rewards.js';

test('A pair counts where its chosen answer gained more than its rejected one; β scales the margin', (t) => {
  const pairs = [
    {referenceChosenLogps: -10, referenceRejectedLogps: -8},
    {referenceChosenLogps: -5, referenceRejectedLogps: -7},
    {referenceChosenLogps: -6, referenceRejectedLogps: -6},
    {referenceChosenLogps: -4, referenceRejectedLogps: -4},
  ];
  const policy = [
    {chosen: -9, rejected: -9}, // 1 + 1
    {chosen: -6, rejected: -7}, // −1 + 0
    {chosen: -6, rejected: -6}, // a tie
    {chosen: -3, rejected: -3.5}, // 1 − 0.5
  ];
  t.deepEqual(rewardScore(pairs, policy, 0.5), {
    score: 0.5,
    grades: [1, 0, 0, 1],
    margin: (0.5 * (2 - 1 + 0 + 0.5)) / 4,
  });
});

test('Of no pairs both are 0', (t) => {
  t.deepEqual(rewardScore([], [], 1), {score: 0, grades: [], margin: 0});
});

test('A policy whose log-probabilities are no numbers tells nothing apart, and has no margin', (t) => {
  const pair = {referenceChosenLogps: -10, referenceRejectedLogps: -8};
  t.deepEqual(rewardScore([pair], [{chosen: Number.NaN, rejected: Number.NaN}], 1), {score: 0, grades: [0]});
});
