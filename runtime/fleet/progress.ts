/** What the learner and `anchorage up` tell each other through the key-value entries `progress` and `phase`. */
import type {Bus} from '../bus/bus.js';
import {changeValue} from './change-value.js';

/** How far training is. Written by the learner after every step. */
export interface Progress {
  /** Optimizer steps taken, of how many. */
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly policyVersion: number;
  /** Every pair of the log up to this sequence has been trained on at least once, or was too stale for that. */
  readonly pairSequence: number;
  /** Pairs trained on, repeats of later epochs counted. */
  readonly pairsTrained: number;
  readonly phase: 'training' | 'complete';
  /** The number of the crew that it was said for; absent of a learner that is alone. */
  readonly crew?: number | undefined;
  /** What tensors run on, and why on that. */
  readonly backend: string;
  readonly backendReason: string;
}

/** Whether prompts still come. Written by `anchorage up`. */
export type Feeding =
  | {readonly feeding: 'on'}
  /** Every prompt is resolved: the pair log ends at this sequence. */
  | {readonly feeding: 'done'; readonly pairs: number};

/**
 * Says how far training is, unless a later crew has said more: a leading shard that was cut off while it said this says it
 * when it is back, and the others may have come to the end without it.
 */
export const sayProgress = async (bus: Pick<Bus, 'kv'>, progress: Progress): Promise<void> => {
  const {crew} = progress;
  // Of a learner alone there is no other crew to give way to: one question a step is enough.
  if (crew === undefined) await bus.kv.put('progress', progress);
  else
    await changeValue<Progress>(bus, 'progress', (said) =>
      said?.crew !== undefined && said.crew > crew ? undefined : progress,
    );
};
