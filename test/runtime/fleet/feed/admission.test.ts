/** How far ahead sampling may be: cases worked out by hand. */
import test from 'ava';
import {
  admissionAt,
  type Freshness,
  pipelineDepthOf,
  stalenessAt,
  versionAt,
} from '../../../../runtime/fleet/feed/admission.js';

/** B = 4 · 3 = 12 pairs a version; at most 10 · 4 = 40 are trained on. */
const training = {batchSize: 4, checkpointEverySteps: 3, steps: 10};
const fleetOf = (maxStaleness?: number, pipelineDepth?: number): Freshness => ({
  maxStaleness,
  pipelineDepth,
  training,
});

test('versions are counted by steps, whatever checkpoints a stop adds between two', (t) => {
  t.deepEqual(
    [0, 2, 3, 4, 5, 6].map((step) => versionAt(step, fleetOf())),
    [0, 0, 1, 1, 1, 2],
  );
});

test('staleness is the versions between, and a policy of steps that were taken back is not older than none', (t) => {
  t.is(stalenessAt(0, 2, fleetOf()), 0);
  t.is(stalenessAt(0, 3, fleetOf()), 1);
  // The checkpoint of a stop after step 4 counts as that after step 3.
  t.is(stalenessAt(4, 5, fleetOf()), 0);
  t.is(stalenessAt(4, 8, fleetOf()), 1);
  t.is(stalenessAt(6, 4, fleetOf()), 0);
});

test('sampling is one version ahead unless told otherwise, none where no staleness is allowed, and unbounded where nothing is', (t) => {
  t.is(pipelineDepthOf(fleetOf()), undefined);
  t.is(pipelineDepthOf(fleetOf(3)), 1);
  t.is(pipelineDepthOf(fleetOf(0)), 0);
  t.is(pipelineDepthOf(fleetOf(3, 2)), 2);
  t.is(pipelineDepthOf(fleetOf(undefined, 2)), 2);
});

test('without a bound, any prompt may go to any policy', (t) => {
  t.deepEqual(admissionAt(4, fleetOf()), {mostPrompts: Number.POSITIVE_INFINITY, minPolicyStep: 0});
});

test('in turns, a version’s pairs are admitted when its policy is out, and only that policy may answer', (t) => {
  const admitted = (step: number) => admissionAt(step, fleetOf(0));
  t.deepEqual(admitted(0), {mostPrompts: 12, minPolicyStep: 0});
  t.deepEqual(admitted(2), {mostPrompts: 12, minPolicyStep: 0});
  t.deepEqual(admitted(3), {mostPrompts: 24, minPolicyStep: 3});
  t.deepEqual(admitted(4), {mostPrompts: 24, minPolicyStep: 3});
  // (0 + 3 + 1) · 12 = 48 are more than the ten steps take.
  t.deepEqual(admitted(9), {mostPrompts: 40, minPolicyStep: 9});
});

test('a version ahead, the next version’s pairs are admitted too, and a policy may be as old as staleness leaves', (t) => {
  t.deepEqual(admissionAt(0, fleetOf(1)), {mostPrompts: 24, minPolicyStep: 0});
  t.deepEqual(admissionAt(3, fleetOf(1)), {mostPrompts: 36, minPolicyStep: 3});
  // Sent at v = 2, trained on at 3: with S = 2 by a policy of version 1 or later.
  t.deepEqual(admissionAt(6, fleetOf(2, 1)), {mostPrompts: 40, minPolicyStep: 3});
  t.deepEqual(admissionAt(6, fleetOf(3, 1)), {mostPrompts: 40, minPolicyStep: 0});
  t.deepEqual(admissionAt(3, fleetOf(undefined, 1)), {mostPrompts: 36, minPolicyStep: 0});
});
