/** The files of a repository that are needed, in the cache as Hugging Face's own libraries keep it: they find them, too. */

import {existsSync} from 'node:fs';
import {lstat, readFile, rm, statfs, symlink} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';
import {datasetInfo, listFiles, modelInfo} from '@huggingface/hub';
import {messageOf, TerminalError} from '../errors.js';
import {isOutOfRoom} from '../machine/disk-room.js';
import {ensureFolder} from '../machine/ensure-folder.js';
import {sizeText} from '../machine/memory-size.js';
import {writeWhole} from '../machine/whole-file.js';
import {fetchFile, type ListedFile} from './fetch-file.js';
import {type Hub, repositoryFolder, snapshotFolder} from './hub.js';
import {type HubName, isCommit, type Pinned, type RepositoryKind} from './hub-name.js';
import {type Asked, hubComplaint, hubFetch} from './requests.js';

export interface SnapshotRequest {
  readonly hub: Hub;
  readonly kind: RepositoryKind;
  readonly name: HubName;
  /** The files that are wanted, of the paths that the repository lists; a TerminalError where what is needed is not there. */
  choose(paths: readonly string[]): readonly string[];
  /** Begins what is wrong: that no folder of the name is here, where one could be meant. */
  readonly before?: string;
  /** Told what is done, a line at a time. */
  tell(line: string): void;
  readonly signal?: AbortSignal | undefined;
}

/** What a fetch would do. */
export interface Planned {
  readonly pinned: Pinned;
  readonly files: readonly ListedFile[];
  /** Of them, those that are not in the cache. */
  readonly missing: readonly ListedFile[];
}

const asText = ({repository, revision}: HubName): string =>
  revision === undefined ? repository : `${repository}@${revision}`;

/**
 * Fetches the files that are not in the cache yet; resolves to the folder of the snapshot.
 *
 * @throws TerminalError in one line that begins with the name.
 */
export const fetchSnapshot = async (request: SnapshotRequest): Promise<string> => {
  const {hub, kind, name, tell} = request;
  const fetch = hubFetch(hub);
  try {
    const {pinned, files, missing} = await planSnapshot(request);
    const folder = snapshotFolder(hub, kind, pinned.repository, pinned.commit);
    const blobs = join(repositoryFolder(hub, kind, name.repository), 'blobs');
    await requireRoom(hub, missing);
    await noteRevision(request, pinned.commit);
    const shown = `${name.repository}@${pinned.commit.slice(0, 8)}`;
    if (missing.length > 0)
      tell(`fetching   ${shown} from ${hub.endpoint}: ${filesText(missing)} into ${hub.cache}`);
    const progress = progressOf(missing, shown, tell);
    const blobOf = new Map<string, string>();
    for (const file of files) {
      const onBytes = missing.includes(file) ? progress.onBytes : () => undefined;
      const asked = {hub, fetch, pinned, blobs, onBytes, signal: request.signal};
      blobOf.set(file.path, await fetchFile(asked, file));
    }
    // Last, so that a snapshot of which a part has come is not taken for the whole of it.
    for (const [path, blob] of blobOf) await pointTo(blob, join(folder, path));
    if (missing.length > 0) tell(`fetched    ${shown}: ${filesText(missing)} in ${progress.seconds()} s`);
    return folder;
  } catch (error) {
    throw await complaint(request, error);
  }
};

/**
 * Looks what of a repository is wanted, and what of that is missing. Only the list is fetched.
 *
 * @throws TerminalError in one line that begins with the name.
 */
export const plannedSnapshot = async (request: SnapshotRequest): Promise<Planned> => {
  try {
    return await planSnapshot(request);
  } catch (error) {
    throw await complaint(request, error);
  }
};

const planSnapshot = async (request: SnapshotRequest): Promise<Planned> => {
  const {hub, kind, name, before = ''} = request;
  if (hub.isOffline)
    throw new TerminalError(
      `${asText(name)}: ${before}${hub.cache} has not all of it, and HF_HUB_OFFLINE is set: fetch it where there is a network, or unset that`,
    );
  const pinned = await pin(request);
  const listed = await listOf(hub, pinned);
  const wanted = new Set(request.choose([...listed.keys()]));
  const files = [...listed.values()].filter(({path}) => wanted.has(path));
  const blobs = join(repositoryFolder(hub, kind, name.repository), 'blobs');
  return {pinned, files, missing: files.filter(({hash}) => !existsSync(join(blobs, hash)))};
};

const pin = async ({hub, kind, name: {repository, revision = 'main'}}: SnapshotRequest): Promise<Pinned> => {
  const asked = {name: repository, revision, hubUrl: hub.endpoint, fetch: hubFetch(hub)};
  const {sha: commit} =
    kind === 'model'
      ? await modelInfo({...asked, additionalFields: ['sha']})
      : await datasetInfo({...asked, additionalFields: ['sha']});
  if (typeof commit === 'string' && isCommit(commit)) return {kind, repository, commit};
  throw new Error('no commit in what it says of the repository');
};

/** A repository of more files is no model's, and no data set's that is read here. */
const MOST_FILES = 100_000;

const listOf = async (hub: Hub, {kind, repository, commit}: Pinned): Promise<Map<string, ListedFile>> => {
  const files = new Map<string, ListedFile>();
  const entries = listFiles({
    repo: {type: kind, name: repository},
    revision: commit,
    recursive: true,
    hubUrl: hub.endpoint,
    fetch: hubFetch(hub),
  });
  for await (const {type, path, size, oid, lfs} of entries) {
    if (type !== 'file') continue;
    const hash = lfs?.oid ?? oid ?? '';
    const isInside =
      typeof path === 'string' &&
      path.split('/').every((part) => part !== '' && part !== '.' && part !== '..') &&
      !/[\\\0]/.test(path);
    if (!isInside)
      throw new TerminalError(
        `${repository}: lists ${JSON.stringify(path)}, which is no file within it; nothing of it was fetched`,
      );
    if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hash) || !Number.isSafeInteger(size) || size < 0)
      throw new Error(`no size and hash in what it lists of ${path}`);
    files.set(path, {path, size, hash});
    if (files.size > MOST_FILES) throw new TerminalError(`${repository}: lists over ${MOST_FILES} files`);
  }
  return files;
};

const requireRoom = async ({cache}: Hub, missing: readonly ListedFile[]): Promise<void> => {
  await ensureFolder(cache);
  const {bavail, bsize} = await statfs(cache);
  if (bytesOf(missing) > bavail * bsize) throw await noRoom(cache, filesText(missing));
};

const noRoom = async (cache: string, what: string): Promise<TerminalError> => {
  const {bavail, bsize} = await statfs(cache);
  return new TerminalError(
    `${cache}: its disk has no room for ${what}: ${sizeText(bavail * bsize)} are free; free some, or set HF_HOME to a folder on another`,
  );
};

const bytesOf = (files: readonly ListedFile[]): number => files.reduce((sum, {size}) => sum + size, 0);
export const filesText = (files: readonly ListedFile[]): string =>
  `${files.length} file${files.length === 1 ? '' : 's'}, ${sizeText(bytesOf(files))}`;

/** Which commit a branch or tag is, for whoever asks the cache next. */
const noteRevision = async ({hub, kind, name}: SnapshotRequest, commit: string): Promise<void> => {
  const {repository, revision = 'main'} = name;
  if (isCommit(revision)) return;
  const ref = join(repositoryFolder(hub, kind, repository), 'refs', revision);
  if ((await readFile(ref, 'utf8').catch(() => '')) === commit) return;
  await ensureFolder(dirname(ref));
  await writeWhole(ref, commit);
};

/** Puts a link to a blob in its place in the snapshot. */
const pointTo = async (blob: string, pointer: string): Promise<void> => {
  if (existsSync(pointer)) return;
  await ensureFolder(dirname(pointer));
  // A link to what was removed since.
  const isThere = await lstat(pointer).catch(() => undefined);
  if (isThere !== undefined) await rm(pointer, {force: true});
  try {
    await symlink(relative(dirname(pointer), blob), pointer);
  } catch (error) {
    // Another process was first.
    if (!existsSync(pointer)) throw error;
  }
};

const TELL_MS = 5_000;

const progressOf = (files: readonly ListedFile[], shown: string, tell: (line: string) => void) => {
  const all = bytesOf(files);
  const begun = performance.now();
  let done = 0;
  let toldAt = begun;
  return {
    onBytes: (bytes: number): void => {
      done += bytes;
      const now = performance.now();
      if (now - toldAt < TELL_MS) return;
      toldAt = now;
      tell(`fetching   ${shown}: ${sizeText(done)} of ${sizeText(all)}`);
    },
    seconds: (): string => ((performance.now() - begun) / 1000).toFixed(1),
  };
};

const complaint = async (request: SnapshotRequest, error: unknown): Promise<unknown> => {
  const {hub, kind, name, before, signal} = request;
  if (signal?.aborted) return error;
  if (isOutOfRoom(error)) return noRoom(hub.cache, asText(name));
  const asked: Asked = {kind, name: asText(name), to: 'read', before};
  const said = hubComplaint(hub, asked, error);
  if (said instanceof TerminalError) return said;
  if (error instanceof Error && 'syscall' in error)
    return new TerminalError(
      `${asked.name}: ${messageOf(error)}; set HF_HOME to a folder that can be written`,
      {cause: error},
    );
  return new TerminalError(
    `${asked.name}: ${before ?? ''}the Hub at ${hub.endpoint} gives no answer of a Hub (${messageOf(error)}); check HF_ENDPOINT`,
    {cause: error},
  );
};
