/**
 * Safetensors files: an 8-byte little-endian header length, a JSON header (name → dtype, shape, data_offsets), then the
 * tensors' bytes without gaps. Read tensor by tensor from given positions, so that memory holds little besides the result.
 */
import {createHash} from 'node:crypto';
import {type FileHandle, open} from 'node:fs/promises';
import {z} from 'zod';
import {messageOf, TerminalError} from '../errors.js';
import type {HostTensor} from '../tensor/executor.js';
import {sizeOf} from '../tensor/graph.js';
import {checked, isMissing, parseJson} from './json-file.js';

const LENGTH_BYTES = 8;
/** The format's own bound. */
const MAX_HEADER_BYTES = 100_000_000;
const BYTES_PER_VALUE = {F32: 4, F16: 2, BF16: 2, I32: 4} as const;
type StoredType = keyof typeof BYTES_PER_VALUE;
const isStoredType = (name: string): name is StoredType => Object.hasOwn(BYTES_PER_VALUE, name);

const headerSchema = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(z.int().nonnegative()),
    data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
);

interface Entry {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  /** From the file's first byte. */
  readonly begin: number;
  readonly end: number;
}

/** What a file holds, and the digest of all its bytes. */
export interface SafetensorsFile {
  readonly tensors: Map<string, HostTensor>;
  readonly sha256: string;
}

/** Every tensor of a file; F16 and BF16 become float32, I32 stays int32. Throws a TerminalError that names file and tensor. */
export async function readSafetensors(path: string): Promise<Map<string, HostTensor>> {
  return (await readSafetensorsFile(path)).tensors;
}

/** The same with the file's SHA-256, taken in the one pass over its bytes. */
export async function readSafetensorsFile(path: string): Promise<SafetensorsFile> {
  const file = await openFile(path);
  try {
    const {header, entries} = await readHeader(path, file);
    const hash = createHash('sha256').update(header);
    const tensors = new Map<string, HostTensor>();
    for (const entry of entries) {
      const bytes = await readBytes(file, entry.begin, entry.end - entry.begin);
      if (bytes === undefined)
        throw new TerminalError(`${path}: truncated in tensor "${entry.name}"; copy it again`);
      hash.update(bytes);
      tensors.set(entry.name, decode(entry, bytes));
    }
    return {tensors, sha256: hash.digest('hex')};
  } finally {
    await file.close();
  }
}

/**
 * Writes float32 and int32 tensors in the order given, flushed to the disk, and returns the file's SHA-256.
 * `metadata` is the header's `__metadata__`; transformers refuses a file whose metadata lacks `format`.
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<readonly [string, HostTensor]>,
  metadata?: Readonly<Record<string, string>>,
): Promise<string> {
  const listed = [...tensors];
  const header: Record<string, unknown> = metadata === undefined ? {} : {__metadata__: metadata};
  let offset = 0;
  for (const [name, {shape, dtype, data}] of listed) {
    const end = offset + data.byteLength;
    header[name] = {dtype: dtype === 'int32' ? 'I32' : 'F32', shape, data_offsets: [offset, end]};
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  // Spaces after the JSON align the first tensor to 8 bytes.
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(padded.length));

  const hash = createHash('sha256');
  const file = await open(path, 'w');
  try {
    const parts = [length, padded, ...listed.map(([, {data}]) => bytesOf(data))];
    for (const bytes of parts) {
      hash.update(bytes);
      await file.writeFile(bytes);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) throw new TerminalError(`${path}: no such file; the model's weights are missing`);
    throw new TerminalError(`${path}: cannot be opened: ${messageOf(error)}`);
  }
}

/** The header's bytes with their length, and the tensors in the order of their bytes. */
async function readHeader(path: string, file: FileHandle): Promise<{header: Buffer; entries: Entry[]}> {
  const {size} = await file.stat();
  const length = await readBytes(file, 0, LENGTH_BYTES);
  const headerBytes = length === undefined ? -1 : Number(length.readBigUInt64LE());
  if (length === undefined || headerBytes > MAX_HEADER_BYTES || LENGTH_BYTES + headerBytes > size) {
    throw new TerminalError(`${path}: truncated or not a safetensors file (${size} bytes); copy it again`);
  }
  const text = await readBytes(file, LENGTH_BYTES, headerBytes);
  if (text === undefined) throw new TerminalError(`${path}: truncated in the header; copy it again`);
  const dataBegin = LENGTH_BYTES + headerBytes;
  const entries = parseEntries(path, text.toString('utf8'), dataBegin);
  let position = dataBegin;
  for (const {name, begin, end} of entries) {
    if (begin !== position) {
      throw new TerminalError(
        `${path}: tensor "${name}" overlaps another or leaves a gap; the file was altered`,
      );
    }
    if (end > size)
      throw new TerminalError(`${path}: truncated in tensor "${name}" (${size} bytes); copy it again`);
    position = end;
  }
  if (position !== size) {
    throw new TerminalError(`${path}: ${size - position} bytes after the last tensor; the file was altered`);
  }
  return {header: Buffer.concat([length, text]), entries};
}

function parseEntries(path: string, text: string, dataBegin: number): Entry[] {
  // `__metadata__` maps strings to strings: nothing that a tensor is read by.
  const {__metadata__: _, ...header} = parseJson(path, text, z.record(z.string(), z.unknown()));
  const entries = Object.entries(checked(path, header, headerSchema)).map(([name, stored]): Entry => {
    if (!isStoredType(stored.dtype)) {
      const supported = Object.keys(BYTES_PER_VALUE).join(', ');
      throw new TerminalError(`${path}: tensor "${name}" is ${stored.dtype}; supported are ${supported}`);
    }
    const [begin, end] = stored.data_offsets;
    if (end - begin !== sizeOf(stored.shape) * BYTES_PER_VALUE[stored.dtype]) {
      throw new TerminalError(
        `${path}: tensor "${name}": its bytes do not fit shape [${stored.shape}]; the file was altered`,
      );
    }
    return {name, type: stored.dtype, shape: stored.shape, begin: dataBegin + begin, end: dataBegin + end};
  });
  return entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
}

/** Exactly `length` bytes from `position`, or undefined where the file ends before. */
async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer | undefined> {
  // Not from the shared pool: the buffer becomes the tensor's own memory, from its first byte.
  const bytes = Buffer.from(new ArrayBuffer(length));
  for (let done = 0; done < length; ) {
    const {bytesRead} = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) return undefined;
    done += bytesRead;
  }
  return bytes;
}

function decode({type, shape}: Entry, bytes: Buffer): HostTensor {
  switch (type) {
    case 'F32':
      return {shape, dtype: 'float32', data: new Float32Array(bytes.buffer)};
    case 'I32':
      return {shape, dtype: 'int32', data: new Int32Array(bytes.buffer)};
    case 'BF16':
      return {shape, dtype: 'float32', data: fromBfloat16(new Uint16Array(bytes.buffer))};
    case 'F16':
      return {shape, dtype: 'float32', data: fromFloat16(new Uint16Array(bytes.buffer))};
  }
}

/** bfloat16 is the upper half of a float32. */
function fromBfloat16(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = (halves[i] ?? 0) << 16;
  return new Float32Array(words.buffer);
}

/** IEEE half precision: sign, 5 exponent bits (bias 15), 10 fraction bits. */
function fromFloat16(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] ?? 0;
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) values[i] = sign * fraction * 2 ** -24;
    else if (exponent === 0x1f) values[i] = fraction === 0 ? sign * Infinity : Number.NaN;
    else values[i] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return values;
}

const bytesOf = (data: Float32Array | Int32Array): Buffer =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength);
