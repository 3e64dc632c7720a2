/**
 * One file of a repository, into the blobs of the cache.
 *
 * F1 A blob has its name, which is its hash, only when its content has that hash: who finds one need not look at it.
 * F2 What is not whole yet is a draft of this fetch alone, so that two that fetch the same waste time and nothing else. A draft
 *    that nobody is at any more is taken over, and gone on from.
 */
import {createHash, type Hash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {type FileHandle, open, readdir, rm, stat} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {TransportError} from '../endpoints/transport.js';
import {isMissing, messageOf, TerminalError} from '../errors.js';
import {isOutOfRoom} from '../machine/disk-room.js';
import {ensureFolder} from '../machine/ensure-folder.js';
import {lifeOf, ownIdentity} from '../machine/process-alive.js';
import {putInPlace} from '../machine/whole-file.js';
import type {Hub} from './hub.js';
import type {Pinned} from './hub-name.js';
import {HubRefused} from './requests.js';

/** A file, as its repository lists it. */
export interface ListedFile {
  readonly path: string;
  readonly size: number;
  /** SHA-256, or the SHA-1 that git gives a small one; hexadecimal. */
  readonly hash: string;
}

export interface FetchFile {
  readonly hub: Hub;
  readonly fetch: typeof globalThis.fetch;
  readonly pinned: Pinned;
  /** The folder of the repository's blobs. */
  readonly blobs: string;
  /** Told of bytes as they come; of those that were there already, too. */
  readonly onBytes: (bytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** In a row without a byte between them. */
const MOST_FAILURES = 5;

/**
 * Fetches what is not there yet.
 *
 * @throws TerminalError where what comes is not what is listed; what the requests throw, where they do not succeed; the file
 * system's error.
 */
export const fetchFile = async (request: FetchFile, file: ListedFile): Promise<string> => {
  const {blobs, onBytes} = request;
  const blob = join(blobs, file.hash);
  if (existsSync(blob)) {
    onBytes(file.size);
    return blob;
  }
  await ensureFolder(blobs);
  const draft = await ownDraft(blob);
  try {
    await complete(request, file, draft);
    await putInPlace(draft, blob); // F1
    return blob;
  } finally {
    inUse.delete(draft);
  }
};

const complete = async (request: FetchFile, file: ListedFile, draft: string): Promise<void> => {
  const {hub, onBytes, signal} = request;
  const resumed = await sizeOf(draft);
  let failures = 0;
  let told = 0;
  const tell = (bytes: number): void => {
    // What is fetched again is told once.
    if (bytes > told) onBytes(bytes - told);
    told = Math.max(told, bytes);
  };
  for (let isFresh = resumed === 0; ; ) {
    const before = await sizeOf(draft);
    try {
      const hash = await append(request, file, draft, tell);
      if (hash === file.hash) return;
      await rm(draft, {force: true});
      if (isFresh)
        throw new TerminalError(
          `${shown(request, file)}: what came has another hash than the Hub lists; try again later`,
        );
      isFresh = true; // what was left of another time may have been damaged since
    } catch (error) {
      if (
        signal?.aborted ||
        error instanceof TerminalError ||
        error instanceof HubRefused ||
        isOutOfRoom(error)
      )
        throw error;
      failures = (await sizeOf(draft)) > before ? 1 : failures + 1;
      if (failures === MOST_FAILURES || error instanceof TransportError)
        throw error instanceof TransportError ? error : broken(request, file, error);
      await sleep(hub.waitMs(failures), undefined, {signal});
    }
  }
};

const shown = ({pinned: {repository, commit}}: FetchFile, {path}: ListedFile): string =>
  `${path} of ${repository}@${commit.slice(0, 8)}`;

const broken = (request: FetchFile, file: ListedFile, error: unknown): TerminalError =>
  new TerminalError(
    `${shown(request, file)}: the connection ended again and again (${messageOf(error)}); run the same command again, it goes on from there`,
    {cause: error},
  );

/** Appends what is missing; resolves to the hash of the whole. */
const append = async (
  request: FetchFile,
  file: ListedFile,
  draft: string,
  tell: (bytes: number) => void,
): Promise<string> => {
  const output = await open(draft, 'a+');
  try {
    let {size: have} = await output.stat();
    if (have > file.size) {
      await output.truncate(0);
      have = 0;
    }
    if (have === file.size) return await hashOf(output, file, have).then((hash) => hash.digest('hex'));
    const response = await ask(request, file, have);
    if (response.status !== 206 && have > 0) {
      // It gives all from the beginning.
      await output.truncate(0);
      have = 0;
    }
    const hash = await hashOf(output, file, have);
    tell(have);
    for await (const chunk of response.body ?? []) {
      have += chunk.byteLength;
      if (have > file.size) {
        await output.truncate(0);
        throw new TerminalError(
          `${shown(request, file)}: more came than the ${file.size} bytes that the Hub lists; try again later`,
        );
      }
      hash.update(chunk);
      await output.appendFile(chunk);
      tell(have);
    }
    if (have < file.size) throw new Error(`after ${have} of ${file.size} bytes`);
    await output.sync();
    return hash.digest('hex');
  } finally {
    await output.close();
  }
};

const ask = (
  {hub, fetch, pinned, signal}: FetchFile,
  {path}: ListedFile,
  from: number,
): Promise<Response> => {
  const {kind, repository, commit} = pinned;
  const place = `${kind === 'dataset' ? 'datasets/' : ''}${repository}/resolve/${commit}`;
  const range = from === 0 ? {} : {range: `bytes=${from}-`};
  return fetch(`${hub.endpoint}/${place}/${path.split('/').map(encodeURIComponent).join('/')}`, {
    // Of what is packed on its way, no part can be asked for.
    headers: {...range, 'accept-encoding': 'identity'},
    ...(signal === undefined ? {} : {signal}),
  });
};

const SHA256_DIGITS = 64;

/** Of the first bytes of a file, to go on with. */
const hashOf = async (input: FileHandle, {hash, size}: ListedFile, bytes: number): Promise<Hash> => {
  // Git hashes a small file's kind and size before its content.
  const isGit = hash.length < SHA256_DIGITS;
  const made = createHash(isGit ? 'sha1' : 'sha256');
  if (isGit) made.update(`blob ${size}\0`);
  if (bytes === 0) return made;
  for await (const chunk of input.createReadStream({start: 0, end: bytes - 1, autoClose: false}))
    made.update(chunk as Buffer);
  return made;
};

const sizeOf = async (path: string): Promise<number> =>
  stat(path).then(
    ({size}) => size,
    (error) => {
      if (isMissing(error)) return 0;
      throw error;
    },
  );

/** How long a draft of a process into which this one cannot see must have stood still. */
const STALE_MS = 10 * 60_000;

/** Drafts that this process is at. */
const inUse = new Set<string>();

/** `HASH.PLACE.PID-NUMBER.TICKS.incomplete`. */
const draftName = (hash: string, number: number): string => {
  const {place, pid, startTicks} = ownIdentity();
  return [hash, shortHash(place), `${pid}-${number}`, startTicks ?? '', 'incomplete'].join('.');
};

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** The path of a draft that is this process's own; with what another left of it, where there is such. */
const ownDraft = async (blob: string): Promise<string> => {
  const folder = dirname(blob);
  let number = 0;
  while (inUse.has(join(folder, draftName(basename(blob), number)))) number += 1;
  const own = join(folder, draftName(basename(blob), number));
  inUse.add(own);
  if (existsSync(own)) return own;
  for (const name of await readdir(folder)) {
    const left = join(folder, name);
    if (!name.startsWith(`${basename(blob)}.`) || !(await isLeft(left))) continue;
    try {
      // One of two that find it gets it.
      await putInPlace(left, own);
      return own;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return own;
};

/** Whether the process that wrote a draft is gone. */
const isLeft = async (draft: string): Promise<boolean> => {
  const [, whose, pid = '', ticks = ''] =
    /^[0-9a-f]+\.([0-9a-f]{12})\.(\d+)-\d+\.(\d*)\.incomplete$/.exec(basename(draft)) ?? [];
  if (whose === undefined) return false;
  const {place} = ownIdentity();
  if (whose === shortHash(place)) {
    const startTicks = ticks === '' ? undefined : Number(ticks);
    return lifeOf({place, pid: Number(pid), startTicks}, place) === 'gone';
  }
  const found = await stat(draft).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > STALE_MS;
};
