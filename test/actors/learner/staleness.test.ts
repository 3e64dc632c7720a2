/** Which pairs are too old, and what a step's row says of those that are not. */
import test from 'ava';
import {createStalenessMeter, isStale, policyStepOf, staleDetail} from '../../../actors/learner/staleness.js';
import {type PreferencePair, PreferenceSource} from '../../../proto/messages.js';
import type {Freshness} from '../../../runtime/fleet/feed/admission.js';

/** B = 2 · 10 = 20 pairs a version. */
const fleet: Freshness = {maxStaleness: 1, training: {batchSize: 2, checkpointEverySteps: 10, steps: 100}};

const pairOf = (policyVersion: number, more: Partial<PreferencePair> = {}): PreferencePair => ({
  promptId: '0',
  prompt: '',
  chosen: '',
  rejected: '',
  source: PreferenceSource.PREFERENCE_SOURCE_REVISION,
  policyVersion,
  referenceChosenLogps: 0,
  referenceRejectedLogps: 0,
  promptIds: [4, 1],
  chosenIds: [5],
  rejectedIds: [6],
  ...more,
});
/** Begun by a policy of so many steps at `started`, ready at `ready`; seconds. */
const sampled = (policyStep: number, started: number, ready: number): PreferencePair =>
  pairOf(0, {
    sampling: {segments: [], policyStep, endPolicyVersion: 0, startedUnixMs: 1000 * started},
    readyUnixMs: 1000 * ready,
  });

test('a pair is stale where the step that would train it is more versions on than allowed', (t) => {
  t.false(isStale(pairOf(1), 29, fleet));
  t.true(isStale(pairOf(1), 30, fleet));
  t.is(staleDetail(pairOf(1), 30, fleet), '2 policy versions old at step 31, of 1 allowed');
  t.false(isStale(pairOf(1), 99, {training: fleet.training}));
});

test('what counts is the steps of the policy that answered; its version only where no sampler of the run did', (t) => {
  t.is(policyStepOf(pairOf(2), fleet), 20);
  // Version 2 after 14 steps: a stop had added one.
  const pair = pairOf(2, {sampling: {segments: [], policyStep: 14, endPolicyVersion: 2, startedUnixMs: 0}});
  t.is(policyStepOf(pair, fleet), 14);
  t.false(isStale(pair, 29, fleet));
  t.true(isStale(pair, 30, fleet));
});

test('staleness is what passed in flight and what in the queue, beside what Little’s law predicts', (t) => {
  let seconds = 0;
  const meter = createStalenessMeter(fleet, 0, () => 1000 * seconds);
  t.deepEqual(meter.measure([sampled(0, -3, -1), sampled(0, -2, 0)], 0, 4), {
    staleness: 0,
    'staleness/max': 0,
    'staleness/in_flight': 0,
    'staleness/in_queue': 0,
  });
  seconds = 40;
  meter.published(10);
  seconds = 80;
  meter.published(20);
  seconds = 100;
  // Two versions old at step 21: one that passed until it was ready, and one since. The other passed all in the queue.
  // A pair took 40 s and 10 s; a version of ten steps takes 1000 s; 5 of 20 pairs wait.
  t.deepEqual(meter.measure([sampled(0, 20, 60), sampled(10, 60, 70)], 20, 5), {
    staleness: 1.5,
    'staleness/max': 2,
    'staleness/in_flight': 0.5,
    'staleness/in_queue': 1,
    'staleness/predicted': 25 / 1000 + 5 / 20,
  });
});

test('pairs that no sampler wrote have no age', (t) => {
  t.deepEqual(createStalenessMeter(fleet, 0).measure([pairOf(0)], 0, 0), {});
});
