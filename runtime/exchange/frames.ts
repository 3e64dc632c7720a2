/**
 * The messages of an exchange between learner shards, as bytes. All numbers are little-endian, as this machine's are.
 *
 *    0  u32 magic, whose last byte is the version       16  u32 values in all
 *    4  u32 CRC-32 of everything from byte 8            20  u32 which chunk
 *    8  u32 epoch                                       24  u32 chunks in all
 *   12  u16 sender                                      28  u32 where the chunk's values begin
 *   14  u8  kind                                        32  u32 bytes of the tag, without the zeros after it
 *   15  u8  type of the values                          36  tag, UTF-8, zeros up to a multiple of 4, then the values
 */
import {crc32} from 'node:zlib';
import {narrowToBfloat16} from '../tensor/half-precision.js';

/** `ANX` and a version; a frame of another is nobody's here. */
const MAGIC = 0x0158_4e41;
const CHECKED_FROM = 8;
const HEADER_BYTES = 36;
const kinds = ['values', 'ask', 'left'] as const;
const types = ['float32', 'bfloat16'] as const;
/** Tags are a few short words. */
const MOST_TAG_BYTES = 256;

/** What a value is on its way. */
export type WireType = (typeof types)[number];
export const bytesOf = (type: WireType): number => (type === 'float32' ? 4 : 2);

export interface Header {
  /** Values under a tag; an ask for them, from the chunk on that it names; or that the sender has left. */
  readonly kind: (typeof kinds)[number];
  readonly epoch: number;
  readonly from: number;
  readonly tag: string;
  readonly type: WireType;
  /** Values of all chunks together. */
  readonly length: number;
  readonly chunk: number;
  readonly chunks: number;
  /** Which of all values is the chunk's first. */
  readonly first: number;
}

export interface Frame extends Header {
  /** The values' bytes: those of the message, not a copy, and aligned to nothing. */
  readonly payload: Uint8Array;
}

/** Room that the header of a tag takes. */
export const headerBytes = (tag: string): number => HEADER_BYTES + padded(Buffer.byteLength(tag));
const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

/** Bytes of a frame with so many values. */
export const frameBytes = ({tag, type}: Pick<Header, 'tag' | 'type'>, values: number): number =>
  headerBytes(tag) + values * bytesOf(type);

/** A frame with a chunk's values, rounded where the type is narrower. `memory`, all of a buffer, is written over. */
export function frameOf(
  header: Header,
  values: Float32Array = new Float32Array(),
  memory: Buffer = Buffer.allocUnsafeSlow(frameBytes(header, values.length)),
): Uint8Array {
  const {kind, epoch, from, tag, type, length, chunk, chunks, first} = header;
  const begin = headerBytes(tag);
  const bytes = memory.subarray(0, frameBytes(header, values.length));
  bytes.fill(0, HEADER_BYTES, begin);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt32LE(epoch, 8);
  bytes.writeUInt16LE(from, 12);
  bytes.writeUInt8(kinds.indexOf(kind), 14);
  bytes.writeUInt8(types.indexOf(type), 15);
  bytes.writeUInt32LE(length, 16);
  bytes.writeUInt32LE(chunk, 20);
  bytes.writeUInt32LE(chunks, 24);
  bytes.writeUInt32LE(first, 28);
  bytes.writeUInt32LE(bytes.write(tag, HEADER_BYTES), 32);
  if (type === 'float32') new Float32Array(bytes.buffer, begin, values.length).set(values);
  else narrowToBfloat16(values, new Uint16Array(bytes.buffer, begin, values.length));
  bytes.writeUInt32LE(crc32(bytes.subarray(CHECKED_FROM)), 4);
  return bytes;
}

/** What a message says, believed or not; undefined where it is no frame of this version. */
export function readFrame(message: Uint8Array): Frame | undefined {
  if (message.length < HEADER_BYTES) return undefined;
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  if (bytes.readUInt32LE(0) !== MAGIC) return undefined;
  const [kind, type] = [kinds[bytes.readUInt8(14)], types[bytes.readUInt8(15)]];
  const tagEnd = HEADER_BYTES + bytes.readUInt32LE(32);
  if (kind === undefined || type === undefined || tagEnd > bytes.length) return undefined;
  if (tagEnd - HEADER_BYTES > MOST_TAG_BYTES) return undefined;
  return {
    kind,
    type,
    epoch: bytes.readUInt32LE(8),
    from: bytes.readUInt16LE(12),
    tag: bytes.toString('utf8', HEADER_BYTES, tagEnd),
    length: bytes.readUInt32LE(16),
    chunk: bytes.readUInt32LE(20),
    chunks: bytes.readUInt32LE(24),
    first: bytes.readUInt32LE(28),
    payload: bytes.subarray(padded(tagEnd)),
  };
}

/** Whether a frame arrived as it was sent, its chunk lies where it can, and there are no more chunks than values. */
export function isIntact(
  message: Uint8Array,
  {kind, length, chunk, chunks, first, payload, type}: Frame,
): boolean {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  if (crc32(bytes.subarray(CHECKED_FROM)) !== bytes.readUInt32LE(4)) return false;
  const values = payload.length / bytesOf(type);
  if (!Number.isInteger(values) || first + values > length || chunk >= chunks) return false;
  // Of an ask it is the chunk that counts, and of nothing there is one.
  return kind === 'ask' || (chunks <= Math.max(1, length) && (values > 0 || length === 0));
}
