/** What is known of a run at its end. */
import type {Bus} from '../../bus/bus.js';
import type {Progress} from '../../fleet/progress.js';
import type {Recorded, Recording} from '../../metrics/record-run.js';
import {countRejections} from '../../metrics/rejections.js';
import type {Made} from './up-ending.js';

export interface Finished {
  /** Undefined where it is not known. */
  readonly progress: Progress | undefined;
  /** Of the newest checkpoint, 0 without one; undefined where that is not known. */
  readonly savedStep: number | undefined;
  /** Undefined where they are not known. */
  readonly made: Made | undefined;
  readonly recorded: Recorded;
}

export const UNFINISHED: Finished = {
  progress: undefined,
  savedStep: undefined,
  made: undefined,
  recorded: {ends: {}, failures: ['the logs were not recorded to their end: the server does not answer']},
};

/** Never rejects: how a run ended is told whatever its server still gives. */
export const finish = async (bus: Bus, recording: Recording): Promise<Finished> => {
  const recorded = await recording.finished();
  const progress = await bus.kv.get<Progress>('progress').catch(() => undefined);
  const savedStep = await bus.last('checkpoints').then(
    (newest) => newest?.message.step ?? 0,
    () => undefined,
  );
  const made = await Promise.all([bus.state('pairs'), countRejections(bus)]).then(
    ([{lastSequence: pairs}, rejections]) => ({pairs, rejections}),
    () => undefined,
  );
  return {progress: progress?.value, savedStep, made, recorded};
};
