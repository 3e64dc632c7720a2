/** What has come from other members: chunks in any order, once or several times, put together where they will be used. */
import {bytesOf, type Frame} from './frames.js';

export interface Arrivals {
  /** Takes in a chunk. Whether its values are whole now, for the first time. */
  add(frame: Frame): boolean;
  /** Values that are whole, handed over once. */
  take(from: number, tag: string): Float32Array | undefined;
  /** The first chunk of them that has not come. */
  missing(from: number, tag: string): number;
  /** Forgets tags, whole or not. */
  forget(isOld: (tag: string) => boolean): void;
}

interface Arrival {
  readonly tag: string;
  /** Undefined once they were handed over: chunks that come again are known by that. */
  values: Float32Array | undefined;
  readonly has: Uint8Array;
  left: number;
}

export const keyOf = (member: number | 'all', tag: string): string => `${member} ${tag}`;

export function arrivals(): Arrivals {
  const all = new Map<string, Arrival>();
  return {
    add(frame) {
      const {from, tag, length, chunk, chunks, first} = frame;
      const key = keyOf(from, tag);
      let arrival = all.get(key);
      if (arrival === undefined) {
        arrival = {tag, values: new Float32Array(length), has: new Uint8Array(chunks), left: chunks};
        all.set(key, arrival);
      }
      const {values, has} = arrival;
      // Another cut than that of the chunks before would leave holes.
      if (values?.length !== length || has.length !== chunks || has[chunk] === 1) return false;
      place(frame, values, first);
      has[chunk] = 1;
      arrival.left -= 1;
      return arrival.left === 0;
    },
    take(from, tag) {
      const arrival = all.get(keyOf(from, tag));
      if (arrival === undefined || arrival.left > 0) return undefined;
      const {values} = arrival;
      arrival.values = undefined;
      return values;
    },
    missing: (from, tag) => Math.max(0, all.get(keyOf(from, tag))?.has.indexOf(0) ?? 0),
    forget(isOld) {
      for (const [key, {tag}] of all) if (isOld(tag)) all.delete(key);
    },
  };
}

/** The only copy between the connection and whoever asked for the values. */
function place({type, payload}: Frame, values: Float32Array, first: number): void {
  if (type === 'float32') {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    bytes.set(payload, first * bytesOf(type));
    return;
  }
  // Byte by byte: the payload may begin at an odd place.
  const words = new Uint32Array(values.buffer, values.byteOffset + first * 4, payload.length / 2);
  for (let i = 0; i < words.length; i++) {
    words[i] = ((payload[2 * i] ?? 0) << 16) | ((payload[2 * i + 1] ?? 0) << 24);
  }
}
