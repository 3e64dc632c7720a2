/**
 * Content too large for a message, by its SHA-256: what a checkpoint's files travel as between machines that share nothing
 * but the server.
 *
 * B1 A blob is on the bus when its size is: that is written after all of its chunks, so a writer that was killed leaves none.
 * B2 What is there is not uploaded again, whoever has it.
 * B3 What arrives is held to the hash before anyone sees it.
 */
import {createHash} from 'node:crypto';
import {type FileHandle, open} from 'node:fs/promises';
import {dirname} from 'node:path';
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {ensureFolder} from '../../machine/ensure-folder.js';
import {replaceWhole} from '../../machine/whole-file.js';
import {SHA256_PATTERN} from '../channels/doors.js';
import {blobsStreamOf, blobsSubjectOf} from '../channels/subjects.js';
import {exists, failureOf, unlessMissing} from '../connection/failures.js';
import type {Link} from '../connection/link.js';
import {reach} from '../connection/reach.js';
import {withRetries} from '../connection/retries.js';
import {madeInOrder, takenInOrder} from './window.js';

/** Larger chunks travel no faster. */
const MAX_CHUNK_BYTES = 1024 * 1024;
const LEAST_CHUNK_BYTES = 512;
/** Room for the headers that the server adds to a chunk when it delivers it. */
const HEADER_BYTES = 4096;
/** Chunks on their way at once: what a transfer holds in memory. */
const WINDOW = 8;
const REACH_PAUSE_MS = 250;

/** What content is: its SHA-256, hexadecimal, and how many bytes it has. */
export interface BlobName {
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface Blobs {
  /**
   * Uploads a file unless the run has that content already. Resolves to whether it was uploaded.
   *
   * @throws TerminalError where the file is not that content.
   */
  put(blob: BlobName, path: string, signal?: AbortSignal): Promise<boolean>;
  has(sha256: string): Promise<boolean>;
  /**
   * Downloads to a file, which is written beside and renamed when it is whole.
   *
   * @throws TerminalError where the run does not have that content, or what arrives is not it.
   */
  get(blob: BlobName, path: string, signal?: AbortSignal): Promise<void>;
  /** Deletes content; what is not there is none. */
  delete(sha256: string): Promise<void>;
}

/** As the bus says it. Smaller chunks than any server has us cut would be more of them than there can be. */
const sizeSchema = z.object({
  sizeBytes: z.int().nonnegative(),
  chunkBytes: z.int().min(LEAST_CHUNK_BYTES).max(MAX_CHUNK_BYTES),
});

/**
 * @param openLink opens the connection that content travels on; called once, when it is first needed.
 * @param serverAwayMs how long it is tried to be opened.
 */
export const openBlobs = (
  run: string,
  openLink: () => Promise<Link>,
  serverAwayMs: number,
): {readonly blobs: Blobs; close(): Promise<void>} => {
  const stream = blobsStreamOf(run);
  const subjectOf = (sha256: string, part: number | 'size' | '>'): string => {
    // In a subject, a point or a star would make it another one.
    if (!SHA256_PATTERN.test(sha256)) throw new TerminalError(`${JSON.stringify(sha256)} is no SHA-256`);
    return `${blobsSubjectOf(run)}.${sha256}.${part}`;
  };
  let opening: Promise<Link> | undefined;
  const linkOf = (): Promise<Link> => {
    opening ??= reach(openLink, {serverAwayMs, pauseMs: () => REACH_PAUSE_MS}).catch((error) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  let ensuring: Promise<void> | undefined;
  const ensure = (link: Link): Promise<void> => {
    ensuring ??= withRetries(link, () => link.ensureStore(stream, blobsSubjectOf(run)), {
      doing: 'preparing for content',
    }).catch((error) => {
      ensuring = undefined;
      throw error;
    });
    return ensuring;
  };
  const retries = (link: Link, doing: string, signal?: AbortSignal) => ({
    doing,
    signal,
    exists: () => exists(link, stream),
  });

  /** What the bus says of a blob; undefined where it has none of that hash. */
  const sizeOf = async (link: Link, sha256: string): Promise<z.infer<typeof sizeSchema> | undefined> => {
    const ask = async (): Promise<Uint8Array | undefined> => {
      try {
        // A direct get from a stream that was never made would not be answered at all.
        await link.streamState(stream);
        return await link.directGet(stream, subjectOf(sha256, 'size'));
      } catch (error) {
        if (failureOf(error) === 'missing') return undefined;
        throw error;
      }
    };
    const data = await withRetries(link, ask, {doing: `asking for ${sha256}`});
    return data === undefined ? undefined : sizeIn(data, sha256);
  };

  const remove = async (link: Link, sha256: string): Promise<void> => {
    const purge = async (): Promise<void> => {
      try {
        await link.purge(stream, subjectOf(sha256, '>'));
      } catch (error) {
        if (failureOf(error) !== 'missing') throw error;
      }
    };
    await withRetries(link, purge, {doing: `deleting ${sha256}`});
  };

  const upload = async (
    link: Link,
    {sha256, sizeBytes}: BlobName,
    path: string,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    const chunkBytes = Math.min(MAX_CHUNK_BYTES, link.maxPayloadBytes()) - HEADER_BYTES;
    const hash = createHash('sha256');
    const doing = `uploading ${path}`;
    const send = (part: number | 'size', data: Uint8Array): Promise<void> =>
      withRetries(link, () => link.put(subjectOf(sha256, part), data), retries(link, doing, signal));
    let read = 0;
    const file = await open(path, 'r');
    try {
      await madeInOrder(
        chunksOf(sizeBytes, chunkBytes),
        WINDOW,
        async ({index, begin, bytes}) => {
          const data = await readAt(file, begin, bytes);
          hash.update(data);
          read += data.length;
          return {index, data};
        },
        ({index, data}) => send(index, data),
      );
    } finally {
      await file.close();
    }
    if (read !== sizeBytes || hash.digest('hex') !== sha256) {
      await remove(link, sha256);
      throw new TerminalError(`${path}: altered since it was written: it is not ${sha256}`);
    }
    await send('size', Buffer.from(JSON.stringify({sizeBytes, chunkBytes}))); // B1
  };

  const download = async (
    link: Link,
    {sha256, sizeBytes}: BlobName,
    chunkBytes: number,
    file: FileHandle,
    signal: AbortSignal | undefined,
  ): Promise<string> => {
    const hash = createHash('sha256');
    const doing = `downloading ${sha256}`;
    const receive = async ({index, bytes}: Chunk): Promise<Uint8Array> => {
      const ask = () => unlessMissing(link.directGet(stream, subjectOf(sha256, index)));
      const data = await withRetries(link, ask, retries(link, doing, signal));
      // Before it is written: what does not end would fill the disk.
      if (data?.length === bytes) return data;
      throw new TerminalError(
        `${sha256}: part ${index} on the run's server has ${data?.length ?? 0} bytes, not ${bytes}`,
      );
    };
    await takenInOrder(chunksOf(sizeBytes, chunkBytes), WINDOW, receive, async (data) => {
      hash.update(data);
      await file.write(data);
    });
    return hash.digest('hex');
  };

  const blobs: Blobs = {
    async put(blob, path, signal) {
      const link = await linkOf();
      await ensure(link);
      if ((await sizeOf(link, blob.sha256)) !== undefined) return false; // B2
      await upload(link, blob, path, signal);
      return true;
    },

    has: async (sha256) => (await sizeOf(await linkOf(), sha256)) !== undefined,

    async get(blob, path, signal) {
      const link = await linkOf();
      const {sha256, sizeBytes} = blob;
      const size = await sizeOf(link, sha256);
      if (size === undefined || size.sizeBytes !== sizeBytes)
        throw new TerminalError(`${sha256}: the run's server does not have this content`);
      await ensureFolder(dirname(path));
      await replaceWhole(path, async (draft) => {
        const file = await open(draft, 'wx');
        let arrived: string;
        try {
          arrived = await download(link, blob, size.chunkBytes, file, signal);
          await file.sync();
        } finally {
          await file.close();
        }
        if (arrived !== sha256)
          throw new TerminalError(`${sha256}: what arrived of this content is ${arrived}`); // B3
      });
    },

    async delete(sha256) {
      await remove(await linkOf(), sha256);
    },
  };
  return {
    blobs,
    async close() {
      await (await opening?.catch(() => undefined))?.close();
    },
  };
};

const sizeIn = (data: Uint8Array, sha256: string): z.infer<typeof sizeSchema> => {
  try {
    return sizeSchema.parse(JSON.parse(Buffer.from(data).toString()));
  } catch {
    throw new TerminalError(`${sha256}: what the run's server says of its size is no size`);
  }
};

interface Chunk {
  readonly index: number;
  readonly begin: number;
  readonly bytes: number;
}

function* chunksOf(sizeBytes: number, chunkBytes: number): Generator<Chunk> {
  for (let index = 0; index * chunkBytes < sizeBytes; index++) {
    const begin = index * chunkBytes;
    yield {index, begin, bytes: Math.min(chunkBytes, sizeBytes - begin)};
  }
}

const readAt = async (file: FileHandle, begin: number, bytes: number): Promise<Uint8Array> => {
  const data = Buffer.allocUnsafe(bytes);
  let filled = 0;
  while (filled < bytes) {
    const {bytesRead} = await file.read(data, filled, bytes - filled, begin + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return data.subarray(0, filled);
};
