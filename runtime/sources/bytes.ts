/** The bytes of a text file, unpacked where it is packed with gzip; known by its first two bytes, whatever its name. */
import {createReadStream} from 'node:fs';
import {pipeline} from 'node:stream';
import {createGunzip} from 'node:zlib';

/** Bytes that were looked at, and all from the first on. */
export interface Peeked {
  /** At least as many as were asked for, where the file has them. */
  readonly head: Buffer;
  readonly bytes: AsyncIterable<Buffer>;
  /** For whoever does not read them. */
  close(): Promise<void>;
}

const READ_BYTES = 256 * 1024;

/** What a file holds, unpacked. A damaged package rejects the reading with zlib's reason. */
export async function unpacked(file: string): Promise<AsyncIterable<Buffer>> {
  const {head, bytes} = await peek(createReadStream(file, {highWaterMark: READ_BYTES}), 2);
  if (head[0] !== 0x1f || head[1] !== 0x8b) return bytes;
  // Whoever reads is told of a failure of either; the callback is there because it must be.
  const gunzip = createGunzip({chunkSize: READ_BYTES});
  pipeline(bytes, gunzip, () => undefined);
  return gunzip;
}

/** Looks at the first bytes; the rest is read as it is asked for. */
export async function peek(source: AsyncIterable<Buffer>, atLeast: number): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Buffer[] = [];
  let length = 0;
  let isOver = false;
  while (length < atLeast && !isOver) {
    const {done = false, value} = await iterator.next();
    isOver = done;
    if (done) break;
    chunks.push(value);
    length += value.length;
  }
  const head = Buffer.concat(chunks);
  const close = async (): Promise<void> => {
    await iterator.return?.();
  };
  return {head, bytes: joined(head, iterator), close};
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield head;
    yield* {[Symbol.asyncIterator]: () => rest};
  } finally {
    await rest.return?.();
  }
}
