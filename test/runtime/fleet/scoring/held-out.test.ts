import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {type HeldOutPair, openHeldOut, rewardScore} from '../../../../runtime/fleet/scoring/held-out.js';
import {checkpointMessage} from '../../../helpers/checkpoint-message.js';
import {demoFleet} from '../../../helpers/demo-fleet.js';

const pairOf = (referenceChosenLogps: number, referenceRejectedLogps: number): HeldOutPair => ({
  chosenIds: [1, 2],
  rejectedIds: [3],
  referenceChosenLogps,
  referenceRejectedLogps,
});
const pairs = [pairOf(-10, -8), pairOf(-5, -7), pairOf(-6, -6), pairOf(-4, -4)];
const told = {beta: 0.5, ids: ['a', 'b', 'c', 'd'], answers: []};

test('A pair counts where its chosen answer gained more than its rejected one; β scales rewards, and not log-likelihoods', async (t) => {
  const policy = [
    {chosen: -9, rejected: -9}, // 1 + 1
    {chosen: -6, rejected: -7}, // −1 + 0
    {chosen: -6, rejected: -6}, // a tie
    {chosen: -3, rejected: -3.5}, // 1 − 0.5
  ];
  const {low = Number.NaN, high = Number.NaN, ...found} = await rewardScore(pairs, policy, told);
  t.deepEqual(found, {
    ...{score: 0.5, items: 4, grades: [1, 0, 0, 1], itemIds: told.ids, answers: []},
    margin: (0.5 * (2 - 1 + 0 + 0.5)) / 4,
    metrics: {
      'rewards/accuracies': 0.5,
      'rewards/chosen': (0.5 * (1 - 1 + 0 + 1)) / 4,
      'rewards/rejected': (0.5 * (-1 + 0 + 0 + 0.5)) / 4,
      'rewards/margins': (0.5 * (2 - 1 + 0 + 0.5)) / 4,
      // Of the second and the fourth: the first and the third are ties.
      'logps/accuracies': 0.5,
      'logps/chosen': -6,
      'logps/rejected': (-9 - 7 - 6 - 3.5) / 4,
    },
  });
  // Wilson's of 2 of 4.
  t.deepEqual([low.toFixed(4), high.toFixed(4)], ['0.1500', '0.8500']);
});

test('Before training no reward is above another, and log-likelihoods are those of the pairs themselves', async (t) => {
  const before = pairs.map(({referenceChosenLogps: chosen, referenceRejectedLogps: rejected}) => ({
    chosen,
    rejected,
  }));
  const {score, margin, metrics} = await rewardScore(pairs, before, told);
  t.deepEqual([score, margin], [0, 0]);
  t.like(metrics, {'logps/accuracies': 0.25, 'logps/chosen': -6.25, 'logps/rejected': -6.25});
});

test('Where nothing that was held back became a pair there is no score, and not one of 0', async (t) => {
  const fleet = demoFleet({evaluation: {suite: 'heldout', holdOut: 6}});
  const nobody = () => Promise.reject(new Error('nobody is asked'));
  const score = openHeldOut(
    {fleet, advance: () => undefined},
    {generator: {generate: nobody}, scorer: {logps: nobody}},
    [],
  );
  await t.throwsAsync(score(checkpointMessage(0)), {
    instanceOf: TerminalError,
    message: 'none of the 6 prompts held back became a pair',
  });
});

test('A policy whose log-probabilities are no numbers tells nothing apart, and has no margin', async (t) => {
  const {score, grades, margin} = await rewardScore(
    [pairOf(-10, -8)],
    [{chosen: Number.NaN, rejected: Number.NaN}],
    told,
  );
  t.deepEqual([score, grades, margin], [0, [0], undefined]);
});
