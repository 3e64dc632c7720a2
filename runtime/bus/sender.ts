/** Values in chunks onto a connection, no more of them at once than a few MiB that the server has not taken yet. */
import {bytesOf, frameOf, type Header, headerBytes} from './frames.js';
import type {Line} from './link.js';

/** Bytes on their way at once: what a member may hold beside the values, and enough to keep the connection busy. */
const WINDOW_BYTES = 4 * 1024 * 1024;
/** Larger chunks travel no faster. */
const MAX_CHUNK_BYTES = 512 * 1024;

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

/** What was lost with the connection is not on its way any more. */
const settled = (flushed: Promise<void>): Promise<void> => flushed.catch(() => undefined);

export function chunkedSender(line: Line): ChunkedSender {
  // Once: a part that is sent again must be cut as before.
  const chunkBytes = Math.min(MAX_CHUNK_BYTES, line.maxPayloadBytes());
  let unflushed = 0;
  let last: Promise<void> = Promise.resolve();
  /** Oldest first, as they end. */
  const flushing: Promise<void>[] = [];

  /** Resolves when there is room, which is the caller's then. */
  async function room(bytes: number): Promise<void> {
    while (unflushed > 0 && unflushed + bytes > WINDOW_BYTES) await flushing[0];
    unflushed += bytes;
  }
  function put(subject: string, frame: Uint8Array): void {
    try {
      line.send(subject, frame);
    } catch (error) {
      // The connection is closed: others that wait for room are to learn the same.
      unflushed -= frame.length;
      throw error;
    }
    const flushed = settled(line.flush()).then(() => {
      unflushed -= frame.length;
      flushing.splice(0, 1);
    });
    flushing.push(flushed);
    last = flushed;
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
          await room(headerBytes(header.tag) + part.length * bytesOf(header.type));
          put(subject, frameOf({...header, length: values.length, chunk, chunks, first}, part));
        }
      };
      const handedOver = all();
      const taken = handedOver.then(
        () => last,
        () => undefined,
      );
      return {handedOver, taken};
    },
  };
}
