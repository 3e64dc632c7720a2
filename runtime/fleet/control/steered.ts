/** The side of the actors that take no steps: the fleet as it is now, changed when training comes to a new spec's first step. */
import {combineLatest, map, startWith, takeUntil} from 'rxjs';
import {Answer} from '../../../proto/messages.js';
import type {ActorContext} from '../../actor/context.js';
import {messageOf} from '../../errors.js';
import type {Fleet} from '../file/schema.js';
import type {Progress} from '../progress.js';
import {followControls} from './controls.js';
import {type InForce, inForceAt} from './decisions.js';
import {withSpec} from './spec.js';

export interface Steered {
  /** As it is now; read it anew for each message. */
  readonly fleet: Fleet;
}

/**
 * Follows what is asked of the run, and acknowledges each revision when this actor works by it.
 *
 * @param apply makes ready what a new fleet needs, before it counts; where it fails, the one before stays and the failure is
 * told.
 */
export const steered = async (
  {bus, fleet: begun, name, index, drain$, log}: ActorContext<Fleet>,
  apply: (fleet: Fleet) => Promise<void> = async () => undefined,
): Promise<Steered> => {
  const controls = await followControls(bus);
  const progress = await bus.kv.get<Progress>('progress');
  let fleet = begun;
  let revision = 0;

  const acknowledge = async (of: number, step: number, reason?: string): Promise<void> => {
    const answer = reason === undefined ? Answer.ANSWER_APPLIED : Answer.ANSWER_FAILED;
    const message = {
      revision: of,
      actor: name,
      index,
      answer,
      step,
      reason: reason ?? '',
      timeUnixMs: Date.now(),
    };
    await bus.publish('acknowledgements', message, `applied-${of}-${name}-${index}`);
  };
  /** Does nothing where it is in force already, and never goes back: a learner that resumes takes earlier steps again. */
  const takeUp = async (next: InForce | undefined): Promise<boolean> => {
    if (next === undefined || next.revision <= revision) return false;
    const changed = withSpec(begun, next.spec);
    revision = next.revision;
    await apply(changed);
    fleet = changed;
    return true;
  };

  const follow = async (next: InForce | undefined, step: number): Promise<void> => {
    try {
      if (!(await takeUp(next))) return;
      log.info({revision, step}, 'changed');
    } catch (error) {
      log.error({err: error, revision, step}, 'not changed');
      return acknowledge(revision, step, messageOf(error));
    }
    if (revision > 1) await acknowledge(revision, step);
  };

  const step = (progress?.value.step ?? 0) + 1;
  await follow(inForceAt(controls.heard, step), step);

  const step$ = bus.kv.watch<Progress>('progress').pipe(
    map((now) => now.step + 1),
    startWith(step),
  );
  let taking: Promise<void> = Promise.resolve();
  combineLatest([controls.heard$, step$])
    .pipe(takeUntil(drain$))
    .subscribe({
      next([heard, now]) {
        const next = inForceAt(heard, now);
        if (next === undefined || next.revision <= revision) return;
        // An acknowledgement that cannot be published is missed by whoever waits for it.
        taking = taking
          .then(() => follow(next, now))
          .catch((error) => log.warn({err: error}, 'not acknowledged'));
      },
      // A bus that is gone for good ends the actor through its messages.
      error: () => undefined,
    });
  return {
    get fleet() {
      return fleet;
    },
  };
};
