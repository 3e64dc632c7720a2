/** Tensors compared by their bits. */
import {createHash} from 'node:crypto';

/**
 * A value with each typed array in it as its type, its length and the SHA-256 of its bytes. `t.deepEqual` walks arrays entry by
 * entry, a third of the time of a file that compares weights; and of two that differ it would print every entry.
 */
export const bitsOf = (value: unknown): unknown => {
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return `${value.constructor.name} of ${bytes.length} bytes, ${createHash('sha256').update(bytes).digest('hex')}`;
  }
  if (value instanceof Map) return new Map([...value].map(([key, entry]) => [key, bitsOf(entry)]));
  if (Array.isArray(value)) return value.map(bitsOf);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, bitsOf(entry)]));
};
