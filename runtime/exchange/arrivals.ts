/** What has come from other members: chunks in any order, once or several times, put together where they will be used. */
import {bytesOf, type Frame} from './frames.js';

export interface Arrivals {
  /** Takes in a chunk. Whether its values are whole now, for the first time. */
  add(frame: Frame): boolean;
  has(from: number, tag: string): boolean;
  /** Tags that something is known of. */
  count(): number;
  /** Values that are whole, handed over once. */
  take(from: number, tag: string): Float32Array | undefined;
  /** The first chunk of them that has not come. */
  missing(from: number, tag: string): number;
  /** Forgets tags, whole or not. */
  forget(isOld: (tag: string) => boolean): void;
  /** Takes the memory of values that were handed over before back, for others. */
  reclaim(): void;
}

interface Arrival {
  readonly tag: string;
  /** Undefined once they were handed over: chunks that come again are known by that. */
  values: Float32Array | undefined;
  readonly has: Uint8Array;
  left: number;
}

/** Memory that is kept for values to come: for new arrays the collector would run several times a step. */
const SPARE_BYTES = 64 * 1024 * 1024;
/** Small ones are the caller's for good. */
const RECLAIMED_LENGTH = 16 * 1024;

export const keyOf = (member: number | 'all', tag: string): string => `${member} ${tag}`;

export function arrivals(): Arrivals {
  const all = new Map<string, Arrival>();
  let given: Float32Array[] = [];
  let spare: Float32Array[] = [];
  const arrayOf = (length: number): Float32Array => {
    const at = spare.findIndex((values) => values.length === length);
    return spare.splice(at, at < 0 ? 0 : 1)[0] ?? new Float32Array(length);
  };
  return {
    add(frame) {
      const {from, tag, length, chunk, chunks, first} = frame;
      const key = keyOf(from, tag);
      let arrival = all.get(key);
      if (arrival === undefined) {
        arrival = {tag, values: arrayOf(length), has: new Uint8Array(chunks), left: chunks};
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
    has: (from, tag) => all.has(keyOf(from, tag)),
    count: () => all.size,
    take(from, tag) {
      const arrival = all.get(keyOf(from, tag));
      if (arrival === undefined || arrival.left > 0) return undefined;
      const {values} = arrival;
      arrival.values = undefined;
      if (values !== undefined && values.length >= RECLAIMED_LENGTH) given.push(values);
      return values;
    },
    missing: (from, tag) => Math.max(0, all.get(keyOf(from, tag))?.has.indexOf(0) ?? 0),
    forget(isOld) {
      for (const [key, {tag}] of all) if (isOld(tag)) all.delete(key);
    },
    reclaim() {
      let bytes = 0;
      // The newest first: those of lengths that are not in use any more soon gone.
      spare = [...given, ...spare].filter(({byteLength}) => {
        bytes += byteLength;
        return bytes <= SPARE_BYTES;
      });
      given = [];
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
