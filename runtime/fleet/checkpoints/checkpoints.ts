/**
 * A learner's checkpoints: written, published, and found again.
 *
 * C1 A checkpoint counts when its message is on the log. By then all of its files are flushed, read back and, unless the
 *    machines share a folder, on the bus.
 * C2 The message is written only behind the newest that this learner knows of: the log, which everyone reads, is itself what
 *    is compared and set, so that nothing can disagree with it. Of two learners of one run, the second ends. What stands there
 *    meanwhile and nobody could go on from (C3) is no other learner's: it is passed over, and no step is lost to it.
 * C3 What is gone on from is held to the hashes of its message. Where the newest checkpoint is not what it was, or is nowhere,
 *    the newest before it that is whole is taken, and the operator is told.
 */
import {existsSync} from 'node:fs';
import {mkdir} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import type {Checkpoint, ContentFile} from '../../../proto/messages.js';
import type {Bus, Entry} from '../../bus/bus.js';
import {wrongIn} from '../../bus/channels/doors.js';
import {RetryableError, TerminalError} from '../../errors.js';
import {replaceWhole, writeWhole} from '../../machine/whole-file.js';
import {writeSafetensors} from '../../model/files/safetensors/safetensors.js';
import type {HostTensor} from '../../tensor/executor.js';
import type {Fleet} from '../file/schema.js';
import {contentsOf, hasContent} from './content.js';
import type {Place} from './policy.js';
import {removeFromRun} from './remove.js';

/** Of the steps a run has checkpoints of, so many of the newest can be gone on from. */
export const RESUMABLE_STEPS = 2;

/** Writes what a learner goes on from beside the weights; paths are relative to the run's folder. */
export const saveTrainingFiles = async (
  runFolder: string,
  {optimizer, state}: {readonly optimizer: string; readonly state: string},
  slots: ReadonlyMap<string, HostTensor>,
  stateText: string,
): Promise<ContentFile[]> => {
  await mkdir(dirname(resolve(runFolder, state)), {recursive: true});
  const path = resolve(runFolder, optimizer);
  const written = await replaceWhole(path, (draft) => writeSafetensors(draft, slots));
  await writeWhole(resolve(runFolder, state), stateText);
  const [slotsFile, stateFile] = await contentsOf(runFolder, [optimizer, state]);
  if (slotsFile === undefined || stateFile === undefined || slotsFile.sha256 !== written)
    throw new TerminalError(`${path}: what was read back differs from what was written; check the disk`);
  return [slotsFile, stateFile];
};

export interface Publication {
  /** Sequence of the newest checkpoint that this learner knows of; 0 before the first. */
  readonly after: number;
  /** Names this learner's process among all of its run. */
  readonly learner: string;
  /** Loads a checkpoint, as for `resumeFrom`; a TerminalError says that nobody goes on from that one. */
  readonly restore: (checkpoint: Checkpoint) => Promise<unknown>;
  /** Gives up waiting for the bus. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a checkpoint count. Resolves to its sequence.
 *
 * @throws RetryableError where another learner published one meanwhile.
 */
export const publishCheckpoint = async (
  {bus, runFolder, warn}: Pick<Place, 'bus' | 'runFolder' | 'warn'>,
  {training}: Pick<Fleet, 'training'>,
  checkpoint: Checkpoint,
  {after, learner, restore, signal}: Publication,
): Promise<number> => {
  // Everybody would pass over it, and wait for another.
  const wrong = wrongIn('checkpoints', checkpoint);
  if (wrong !== undefined) throw new TerminalError(`the checkpoint of step ${checkpoint.step} ${wrong}`);
  if (training.share === 'bus') {
    const folder = resolve(runFolder, checkpoint.folder);
    for (const file of checkpoint.files) await bus.blobs.put(file, join(folder, file.path), signal);
    for (const file of checkpoint.trainingFiles)
      await bus.blobs.put(file, join(runFolder, file.path), signal);
  }
  // A version that is published already may be so again, as the last.
  const id = `${checkpoint.final ? 'last' : 'version'}-${checkpoint.policyVersion}-${learner}`;
  for (let newest = after; ; ) {
    const published = await bus.publishAfter('checkpoints', checkpoint, {id, after: newest, signal}); // C2
    if (published !== false) return published.sequence;
    const {lastSequence} = await bus.state('checkpoints');
    for await (const {message} of bus.read('checkpoints', {sequence: newest + 1, through: lastSequence})) {
      const why = await refusalOf(message, checkpoint, restore);
      if (why === undefined)
        throw new RetryableError(
          'another learner of this run published a checkpoint; going on from that one',
        );
      warn(`a checkpoint of step ${message.step} that is not this learner's is refused: ${why}`);
    }
    newest = lastSequence;
  }
};

/** Why nobody goes on from a checkpoint that was put before this one; undefined where another learner does. */
const refusalOf = async (
  other: Checkpoint,
  {policyVersion}: Checkpoint,
  restore: Publication['restore'],
): Promise<string | undefined> => {
  // Each version names one policy: this one would have to be another.
  if (other.policyVersion === policyVersion) return undefined;
  if (other.policyVersion === 0) return 'a run that has steps does not begin again';
  try {
    await restore(other);
    return undefined;
  } catch (error) {
    if (error instanceof TerminalError) return error.message;
    throw error;
  }
};

/** Of the checkpoints that are passed over, so many are said with their reasons. */
const MOST_REASONS = 3;

interface Refused {
  readonly step: number;
  readonly why: string;
}

const refusedLine = (refused: readonly Refused[]): string => {
  const [first, ...others] = refused.slice(0, MOST_REASONS);
  const more = refused.length - MOST_REASONS;
  return [
    `the checkpoint of step ${first?.step} is refused: ${first?.why}`,
    ...others.map(({step, why}) => `that of step ${step}: ${why}`),
    ...(more > 0 ? [`${more} more before them`] : []),
  ].join('; ');
};

/**
 * Goes on from the newest checkpoint that is whole, however many are passed over: somebody may have published any number of
 * which nobody has the files. Undefined where the run has none.
 *
 * The policy before training is gone on from where nothing else can be. Where several checkpoints left a folder here it is
 * not: what is damaged may be put back, and to begin at step 0 would write over it.
 *
 * @param restore loads a checkpoint, by `withPolicy` and `trainingFile`; a TerminalError of it refuses that checkpoint.
 * @throws TerminalError where none can be gone on from: that of the newest.
 */
export const resumeFrom = async <T>(
  {bus, runFolder, warn}: Pick<Place, 'bus' | 'runFolder' | 'warn'>,
  restore: (checkpoint: Checkpoint) => Promise<T>,
): Promise<
  {readonly restored: T; readonly entry: Entry<Checkpoint>; readonly newest: Entry<Checkpoint>} | undefined
> => {
  const newest = await bus.last('checkpoints');
  if (newest === undefined) return undefined;
  const refused: Refused[] = [];
  const damaged = new Set<string>();
  let first: Entry<Checkpoint> | undefined;
  const goOnFrom = async (entry: Entry<Checkpoint>) => {
    const restored = await restore(entry.message);
    if (refused.length > 0)
      warn(`${refusedLine(refused)}; going on from the checkpoint of step ${entry.message.step}`);
    return {restored, entry, newest};
  };
  for await (const entry of backwards(bus, newest)) {
    const {step, policyVersion, folder} = entry.message;
    if (policyVersion === 0) {
      first = entry;
      continue;
    }
    try {
      return await goOnFrom(entry);
    } catch (error) {
      if (!(error instanceof TerminalError)) throw error;
      refused.push({step, why: error.message});
      if (existsSync(resolve(runFolder, folder))) damaged.add(folder);
    }
  }
  if (first !== undefined && damaged.size < RESUMABLE_STEPS) return goOnFrom(first);
  throw new TerminalError(
    `none of the run's checkpoints can be gone on from: ${refusedLine(refused)}; put back what is missing under ${runFolder}, ` +
      'or begin another --run',
  );
};

/** The newest checkpoint of each of so many steps, from one on towards the first. */
export const newestOfSteps = async (
  bus: Bus,
  from: Entry<Checkpoint>,
  count: number,
): Promise<Checkpoint[]> => {
  const bySteps = new Map<number, Checkpoint>();
  for await (const {message} of backwards(bus, from)) {
    if (bySteps.has(message.step)) continue;
    bySteps.set(message.step, message);
    if (bySteps.size === count) break;
  }
  return [...bySteps.values()];
};

async function* backwards(bus: Bus, newest: Entry<Checkpoint>): AsyncGenerator<Entry<Checkpoint>> {
  yield newest;
  for (let sequence = newest.sequence - 1; sequence > 0; sequence--) {
    const log = bus.read('checkpoints', {sequence, through: sequence});
    const {value} = await log.next();
    await log.return?.();
    if (value !== undefined) yield value;
  }
}

/** The path of a file that a learner goes on from: in the run's folder, where it is brought from the bus if it must be. */
export const trainingFile = async (
  {bus, runFolder, signal, warn}: Place,
  file: ContentFile,
): Promise<string> => {
  if (!/^training\/\w[\w.-]*$/.test(file.path))
    throw new TerminalError(
      `a checkpoint names the file ${JSON.stringify(file.path)}, which is not in training/`,
    );
  const path = resolve(runFolder, file.path);
  if (await hasContent(path, file)) return path;
  try {
    await bus.blobs.get(file, path, signal);
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    throw new TerminalError(`${path}: missing or altered, and ${error.message}`);
  }
  warn(`${path}: missing or altered; taken from the bus`);
  return path;
};

/**
 * Removes what a learner would go on from, of a checkpoint that it no longer will.
 *
 * @param kept files of those that it will: what they name too stays.
 */
export const forgetTrainingFiles = async (
  {bus, runFolder, warn}: Pick<Place, 'bus' | 'runFolder' | 'warn'>,
  {training}: Pick<Fleet, 'training'>,
  files: readonly ContentFile[],
  kept: readonly ContentFile[],
): Promise<void> => {
  for (const {path, sha256} of files) {
    if (!kept.some((other) => other.path === path) && !(await removeFromRun(runFolder, path)))
      warn(`${join(runFolder, path)}: not in the run's folder, and not removed`);
    if (training.share === 'bus' && !kept.some((other) => other.sha256 === sha256))
      await bus.blobs.delete(sha256);
  }
};
