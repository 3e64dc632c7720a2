/**
 * A checkpoint's policy on this machine, wherever it was written.
 *
 * P1 The run's folder comes first, where the learner writes; then what was fetched before, by hash; then the bus.
 * P2 Whatever is loaded is held to the hashes of the checkpoint's message. A file that is altered is said to be, and taken
 *    from the bus instead.
 * P3 Fetched content is kept once a machine and removed when no process uses it any more.
 */
import {existsSync} from 'node:fs';
import {readdir, rm, stat} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {firstValueFrom} from 'rxjs';
import type {Checkpoint, ContentFile} from '../../../proto/messages.js';
import type {ActorContext} from '../../actor/context.js';
import {isMissing, TerminalError} from '../../errors.js';
import {linkOrCopy} from '../../machine/whole-file.js';
import {publishFolder} from '../../model/files/folder.js';
import {modelFilesOf} from '../../model/files/model-checkpoint.js';
import {aborted} from '../abort.js';
import {hasLearner} from '../file/pairs-only.js';
import type {Fleet} from '../file/schema.js';
import {originOf, requireSamePolicy} from '../run/origin.js';
import {contentOf, hasContent, hasSize, requirePlainName} from './content.js';

/** What an actor's context says of where it is. */
export type Place = Pick<ActorContext<Fleet>, 'bus' | 'runFolder' | 'name' | 'index' | 'signal' | 'warn'>;

/** Thrown where neither this machine nor the bus has what a checkpoint's message names: it may be nobody's of this run. */
export class ContentMissing extends TerminalError {
  override name = 'ContentMissing';
}

/** Files above it are weights, whose hash is taken as they are loaded. */
const SMALL_BYTES = 32 * 1024 * 1024;
/** A blob that no folder uses may be one that another process has only just fetched. */
const UNUSED_MS = 10 * 60_000;

/**
 * Loads a checkpoint's policy from a folder of this machine.
 *
 * @param use the policy before training has a folder of its own: where an adapter learns it is needed again and again.
 * @param load must hold the weights to `checkpoint.weightsSha256`; called again, with another folder, where it throws a
 * TerminalError.
 * @throws ContentMissing where neither this machine nor the bus has the files.
 */
export const withPolicy = async <T>(
  place: Place,
  checkpoint: Checkpoint,
  load: (folder: string) => Promise<T>,
  use: 'newest' | 'first' = 'newest',
): Promise<T> => {
  const folder = resolve(place.runFolder, checkpoint.folder);
  if (checkpoint.files.length === 0) return load(folder);
  const wrong = await firstWrong(folder, checkpoint.files);
  if (wrong === undefined) {
    try {
      return await load(folder);
    } catch (error) {
      if (!(error instanceof TerminalError)) throw error;
      place.warn(`${error.message}; taking the policy of step ${checkpoint.step} from the bus`);
    }
  } else if (existsSync(folder)) {
    place.warn(`${wrong}: missing or altered; taking the policy of step ${checkpoint.step} from the bus`);
  }
  return load(await fetchPolicy(place, checkpoint, use));
};

/**
 * The same of the policy before training, which a machine may have where the fleet says, or else waits for.
 *
 * @throws TerminalError where the policy of this machine is not the one that the run began with, and where it is not there and
 * nobody trains, who would send it.
 */
export const withFirstPolicy = async <T>(
  place: Place,
  fleet: Fleet,
  load: (folder: string, weightsSha256?: string) => Promise<T>,
): Promise<T> => {
  const {policy} = fleet;
  if (existsSync(join(policy.model, 'config.json'))) {
    const began = await firstPolicyOf(place.bus);
    if (began === undefined) return load(policy.model);
    requireSamePolicy(place.bus.run, policy.model, began.files, await filesLike(policy.model, began.files));
    return load(policy.model, began.weightsSha256);
  }
  if (!hasLearner(fleet))
    throw new TerminalError(
      `policy.model: ${policy.model} is not on this machine, and a run without a learner sends it to none; copy it there, or ` +
        'say where it is with --set policy.model=...',
    );
  const {message} = await firstValueFrom(
    place.bus.entries('checkpoints', {sequence: 1}).pipe(aborted(place.signal)),
  );
  return withPolicy(place, message, (folder) => load(folder, message.weightsSha256), 'first');
};

/** What the run began with; undefined where nobody has said it yet, as where an actor is started without `anchorage up`. */
const firstPolicyOf = async (
  bus: Place['bus'],
): Promise<Pick<Checkpoint, 'files' | 'weightsSha256'> | undefined> => {
  const origin = await originOf(bus);
  if (origin !== undefined) return {...origin.policy, files: [...origin.policy.files]};
  const {lastSequence: through} = await bus.state('checkpoints');
  if (through === 0) return undefined;
  const log = bus.read('checkpoints', {sequence: 1, through});
  const {value: first} = await log.next();
  await log.return?.();
  return first?.message.step === 0 && first.message.files.length > 0 ? first.message : undefined;
};

/** A folder's files; large ones count as the same where their size is: weights are held to their hash as they are loaded. */
const filesLike = async (folder: string, known: readonly ContentFile[]): Promise<ContentFile[]> => {
  const files: ContentFile[] = [];
  for (const path of await modelFilesOf(folder)) {
    const like = known.find((file) => file.path === path && file.sizeBytes > SMALL_BYTES);
    const isLike = like !== undefined && (await hasSize(join(folder, path), like));
    files.push(isLike ? like : await contentOf(folder, path));
  }
  return files;
};

/** The first file of a folder that is not what the message says, as far as can be told without reading the weights. */
const firstWrong = async (folder: string, files: readonly ContentFile[]): Promise<string | undefined> => {
  for (const file of files) {
    const path = join(folder, file.path);
    const isRight = file.sizeBytes > SMALL_BYTES ? hasSize : hasContent;
    if (!(await isRight(path, file))) return path;
  }
  return undefined;
};

/** A folder of this process with a checkpoint's files; the one before it is replaced. */
const fetchPolicy = async (
  place: Place,
  {folder, files}: Checkpoint,
  use: 'newest' | 'first',
): Promise<string> => {
  const fetched = join(place.runFolder, 'fetched');
  const target = join(fetched, `${place.name}-${place.index}${use === 'first' ? '-first' : ''}`);
  const own = resolve(place.runFolder, folder);
  await publishFolder(target, async (draft) => {
    for (const file of files) {
      requirePlainName(file);
      const source = await fetchFile(place, file, join(own, file.path), join(fetched, 'blobs', file.sha256));
      await linkOrCopy(source, join(draft, file.path));
    }
  });
  await removeUnused(join(fetched, 'blobs'));
  return target;
};

/** The path of a file's content on this machine. */
const fetchFile = async (
  {bus, signal}: Place,
  file: ContentFile,
  own: string,
  cached: string,
): Promise<string> => {
  for (const path of [own, cached]) if (await hasContent(path, file)) return path;
  try {
    await bus.blobs.get(file, cached, signal);
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    throw new ContentMissing(`${own}: missing or altered, and ${error.message}`);
  }
  return cached;
};

/** Removes what no folder is linked to any more. */
const removeUnused = async (blobs: string): Promise<void> => {
  const names = await readdir(blobs).catch(() => []);
  for (const name of names) {
    try {
      const {nlink, mtimeMs} = await stat(join(blobs, name));
      if (nlink === 1 && Date.now() - mtimeMs > UNUSED_MS) await rm(join(blobs, name), {force: true});
    } catch (error) {
      if (!isMissing(error)) throw error; // another process was first
    }
  }
};
