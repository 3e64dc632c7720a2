/** Values in chunks onto a connection, no more of them at once than a few MiB that the server has not taken yet. */

import type {CoreLink} from '../bus/connection/link.js';
import {bytesOf, frameBytes, frameOf, type Header, headerBytes} from './frames.js';

/** Bytes on their way at once: what a member may hold beside the values, and enough to keep the connection busy. */
export const WINDOW_BYTES = 4 * 1024 * 1024;
/** Half of what a socket hands over at once: the client puts larger messages together in memory that grows. */
export const MAX_CHUNK_BYTES = 32 * 1024;
/** The server is asked this often what it has taken. */
export const FLUSH_BYTES = 512 * 1024;

export interface Sending {
  /** Resolves when the connection has all of it. */
  readonly handedOver: Promise<void>;
  /** Resolves when the server has, or never will. */
  readonly taken: Promise<void>;
}

export interface ChunkedSender {
  send(
    subject: string,
    header: Pick<Header, 'kind' | 'epoch' | 'from' | 'tag' | 'type'>,
    values: Float32Array,
    fromChunk: number,
  ): Sending;
}

export function chunkedSender(link: CoreLink): ChunkedSender {
  // Once: a part that is sent again must be cut as before.
  const chunkBytes = Math.min(MAX_CHUNK_BYTES, link.maxPayloadBytes());
  /** Sent or about to be, and not known to be taken. */
  let onTheirWay = 0;
  /** Memory of frames that the connection does not need any more: new memory for each would keep the collector busy. */
  const free: Buffer[] = [];
  let unflushed: Buffer[] = [];
  let unflushedBytes = 0;
  /** Oldest first, as they end. */
  const flushing: Promise<void>[] = [];
  let last: Promise<void> = Promise.resolve();

  function flush(): Promise<void> {
    const [frames, bytes] = [unflushed, unflushedBytes];
    if (bytes === 0) return last;
    unflushed = [];
    unflushedBytes = 0;
    const done = (): void => {
      onTheirWay -= bytes;
      free.push(...frames);
      flushing.splice(0, 1);
    };
    // What was lost with the connection is not on its way any more.
    const flushed = link.flush().then(done, done);
    flushing.push(flushed);
    last = flushed;
    return flushed;
  }

  /** Resolves when there is room, which is the caller's then. */
  async function room(bytes: number): Promise<void> {
    while (onTheirWay > 0 && onTheirWay + bytes > WINDOW_BYTES) await (flushing[0] ?? flush());
    onTheirWay += bytes;
  }

  function put(subject: string, header: Header, part: Float32Array): void {
    const memory = free.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
    const frame = frameOf(header, part, memory);
    try {
      link.publish(subject, frame);
    } catch (error) {
      // The connection is closed: others that wait for room are to learn the same.
      onTheirWay -= frame.length;
      throw error;
    }
    unflushed.push(memory);
    unflushedBytes += frame.length;
    if (unflushedBytes >= FLUSH_BYTES) last = flush();
  }

  return {
    send(subject, header, values, fromChunk) {
      const perChunk = Math.floor((chunkBytes - headerBytes(header.tag)) / 4) * (4 / bytesOf(header.type));
      if (perChunk < 1) throw new Error(`the server takes no message of ${header.tag}'s size`);
      const chunks = Math.max(1, Math.ceil(values.length / perChunk));
      const all = async (): Promise<void> => {
        for (let chunk = fromChunk; chunk < chunks; chunk++) {
          const first = chunk * perChunk;
          const part = values.subarray(first, first + perChunk);
          await room(frameBytes(header, part.length));
          put(subject, {...header, length: values.length, chunk, chunks, first}, part);
        }
      };
      const handedOver = all();
      return {handedOver, taken: handedOver.then(flush, () => undefined)};
    },
  };
}
