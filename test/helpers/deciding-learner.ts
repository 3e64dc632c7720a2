/** A learner that takes no steps: it decides on what is asked of a run, as one does that stands between two. */
import type {ExecutionContext} from 'ava';
import {NEVER} from 'rxjs';
import {steer} from '../../actors/learner/io/steering.js';
import type {Bus} from '../../runtime/bus/bus.js';
import {followControls} from '../../runtime/fleet/control/controls.js';
import {sayProgress} from '../../runtime/fleet/progress.js';

export const withDecidingLearner = async (
  t: ExecutionContext,
  bus: Bus,
  {taken, steps}: {readonly taken: number; readonly steps: number},
): Promise<void> => {
  await sayProgress(bus, {
    ...{step: taken, steps, epoch: 1, policyVersion: 0, pairSequence: 0, pairsTrained: 0},
    ...{phase: 'training', backend: 'test', backendReason: 'takes no steps'},
  });
  const controls = await followControls(bus);
  const steering = steer({
    ...{bus, controls, index: 0, taken, steps, drain$: NEVER},
    prepare: async () => undefined,
    forget: async () => undefined,
    save: async () => taken,
  });
  t.teardown(() => {
    steering.close();
    controls.close();
  });
};
