/**
 * Sampler and learner as clocks: what bound and depth do to staleness, where sampling is faster than training, alike and
 * slower, and some answers take five times as long as the rest.
 */
import test from 'ava';
import {admissionAt, type Freshness, stalenessAt, versionAt} from '../../../runtime/fleet/feed/admission.js';
import {randomFor} from '../../../runtime/seed.js';

const BATCH = 8;
const EVERY = 2;
const STEPS = 200;
const SLOTS = 16;
const STEP_SECONDS = 1;

interface Outcome {
  /** Of each pair that was trained on. */
  readonly staleness: readonly number[];
  readonly dropped: number;
  readonly seconds: number;
}

/** @param ratio pairs sampled a second by full slots, over pairs trained on a second. */
const simulate = (bounds: Pick<Freshness, 'maxStaleness' | 'pipelineDepth'>, ratio: number): Outcome => {
  const fleet = {...bounds, training: {batchSize: BATCH, checkpointEverySteps: EVERY, steps: STEPS}};
  const {maxStaleness = Number.POSITIVE_INFINITY} = bounds;
  const random = randomFor('pacing', ratio);
  const latency = (SLOTS * STEP_SECONDS) / BATCH / ratio;
  const running: {readonly until: number; readonly policyStep: number}[] = [];
  const ready: number[] = [];
  const staleness: number[] = [];
  let [now, sent, dropped, step] = [0, 0, 0, 0];
  let trainedAt: number | undefined;
  while (step < STEPS) {
    const policyStep = versionAt(step, fleet) * EVERY;
    while (running.length < SLOTS && sent - dropped < admissionAt(step, fleet).mostPrompts) {
      // One in a hundred takes five times as long; all others from half to one and a half of the mean.
      const draw = (random.next() >>> 0) / 2 ** 32;
      running.push({until: now + latency * (draw < 0.01 ? 5 : 0.5 + draw), policyStep});
      sent += 1;
    }
    if (trainedAt === undefined) {
      const fresh = ready.filter((policy) => stalenessAt(policy, step, fleet) <= maxStaleness);
      dropped += ready.length - fresh.length;
      ready.splice(0, ready.length, ...fresh);
      if (ready.length >= BATCH) {
        staleness.push(...ready.splice(0, BATCH).map((policy) => stalenessAt(policy, step, fleet)));
        trainedAt = now + STEP_SECONDS;
      } else if (running.length === 0) {
        // Places that were refunded are taken by others at this same moment; else nobody would move again.
        if (sent - dropped < admissionAt(step, fleet).mostPrompts) continue;
        throw new Error(`nothing goes on at step ${step}`);
      }
    }
    now = Math.min(trainedAt ?? Number.POSITIVE_INFINITY, ...running.map(({until}) => until));
    for (const done of running.filter(({until}) => until <= now)) {
      running.splice(running.indexOf(done), 1);
      ready.push(done.policyStep);
    }
    if (trainedAt !== undefined && trainedAt <= now) {
      trainedAt = undefined;
      step += 1;
    }
  }
  return {staleness, dropped, seconds: now};
};

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const ratios = [0.5, 1, 2, 4];

for (const ratio of ratios) {
  test(`in turns, nothing is stale, nothing is dropped and nobody waits for ever; sampling ${ratio} times as fast as training`, (t) => {
    const {staleness, dropped} = simulate({maxStaleness: 0}, ratio);
    t.is(staleness.length, STEPS * BATCH);
    t.is(Math.max(...staleness), 0);
    t.is(dropped, 0);
  });

  test(`a version ahead, pairs are a version old at most on average, and only the slowest are dropped; sampling ${ratio} times as fast`, (t) => {
    const {staleness, dropped, seconds} = simulate({maxStaleness: 3, pipelineDepth: 1}, ratio);
    t.is(staleness.length, STEPS * BATCH);
    t.true(meanOf(staleness) <= 1);
    t.true(dropped <= 0.01 * staleness.length, `${dropped}`);
    // What takes longest sets the pace: nobody waits for the other.
    t.true(seconds < 1.2 * STEPS * STEP_SECONDS * Math.max(1, 1 / ratio), `${seconds}`);
    t.true(seconds < simulate({maxStaleness: 0}, ratio).seconds);
  });

  test(`with no room between depth and bound, no pair is older than allowed, but more are dropped; sampling ${ratio} times as fast`, (t) => {
    const {staleness, dropped} = simulate({maxStaleness: 1}, ratio);
    t.is(staleness.length, STEPS * BATCH);
    t.is(Math.max(...staleness), 1);
    t.true(dropped > simulate({maxStaleness: 3, pipelineDepth: 1}, ratio).dropped);
  });
}

test('as far ahead as the bound allows, fast sampling makes every pair that old: why depth is a number of its own', (t) => {
  for (const ratio of [2, 4])
    t.true(meanOf(simulate({maxStaleness: 3, pipelineDepth: 3}, ratio).staleness) > 2.5);
});
