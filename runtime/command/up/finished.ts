/** What is known of a run at its end. */
import type {Bus} from '../../bus/bus.js';
import {holdOutOf} from '../../fleet/file/held-out.js';
import type {Fleet} from '../../fleet/file/schema.js';
import type {Progress} from '../../fleet/progress.js';
import type {EndCounts} from '../../metrics/ends.js';
import {countEnds} from '../../metrics/read-ends.js';
import type {Recorded, Recording} from '../../metrics/record-run.js';

export interface Finished {
  /** Undefined where it is not known. */
  readonly progress: Progress | undefined;
  /** Of the newest checkpoint, 0 without one; undefined where that is not known. */
  readonly savedStep: number | undefined;
  /** What became of the prompts; undefined where that is not known. */
  readonly made: EndCounts | undefined;
  readonly recorded: Recorded;
}

export const UNFINISHED: Finished = {
  progress: undefined,
  savedStep: undefined,
  made: undefined,
  recorded: {ends: {}, failures: ['the logs were not recorded to their end: the server does not answer']},
};

/** Never rejects: how a run ended is told whatever its server still gives. */
export const finish = async (bus: Bus, fleet: Fleet, recording: Recording): Promise<Finished> => {
  const recorded = await recording.finished();
  const progress = await bus.kv.get<Progress>('progress').catch(() => undefined);
  const savedStep = await bus.last('checkpoints').then(
    (newest) => newest?.message.step ?? 0,
    () => undefined,
  );
  const made = await countEnds(bus, holdOutOf(fleet)).catch(() => undefined);
  return {progress: progress?.value, savedStep, made, recorded};
};
