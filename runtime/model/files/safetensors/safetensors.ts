/**
 * Safetensors files, read and written in chunks at given positions: memory holds little besides the tensors, and neither a
 * file nor a tensor is too large for one read, one write or one buffer.
 */
import {createHash, type Hash} from 'node:crypto';
import {type FileHandle, open, realpath} from 'node:fs/promises';
import {endianness} from 'node:os';
import {TerminalError} from '../../../errors.js';
import type {FilePlace, HostTensor, TensorSpec} from '../../../tensor/executor.js';
import {sizeOf} from '../../../tensor/graph/graph.js';
import {
  narrowToBfloat16,
  narrowToFloat16,
  widenBfloat16,
  widenFloat16,
} from '../../../tensor/half-precision.js';
import {
  BYTES_PER_VALUE,
  formatHeader,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  parseHeader,
  type StoredTensor,
  type StoredType,
} from './header.js';
import {altered, fill, identityAt, identityOf, openFile} from './open-file.js';
import {readRows} from './rows.js';

/** A whole number of values of every type. */
const CHUNK_BYTES = 8 * 1024 * 1024;

/** A chunk of halves is twice as many bytes in memory. */
const MOST_PART_BYTES = 2 * CHUNK_BYTES;

const isLittleEndian = endianness() === 'LE';

/** What a file holds, and the digest of all its bytes. */
export interface SafetensorsFile {
  readonly tensors: Map<string, HostTensor>;
  readonly sha256: string;
}

/** An open file: its header is read and checked, its tensors are read when they are asked for. */
export interface SafetensorsReader {
  readonly path: string;
  /** By name, in the order of their bytes. */
  readonly stored: ReadonlyMap<string, StoredTensor>;
  /** F16 and BF16 become float32, I32 stays int32. Throws a TerminalError where the file has no such tensor or ends in it. */
  read(name: string): Promise<HostTensor>;
  /** Every tensor in turn with, at the end, the SHA-256 of all bytes, taken in the one pass over them. */
  readAll(take: (name: string, tensor: HostTensor) => void): Promise<string>;
  /** The same part after part, each where the one before was: `first` is the place of a part's first value in its tensor. */
  scan(see: (name: string, part: HostTensor, first: number) => void): Promise<string>;
  /** Where a tensor's values are, if they are there as they are in memory and the path is still this file. */
  placeOf(name: string): Promise<FilePlace | undefined>;
  /** Rows of a matrix, one after another, as float32. Throws a TerminalError where the file was written to since it was opened. */
  readRows(name: string, rows: Int32Array): Promise<Float32Array>;
  /** Throws a TerminalError where the file was written to since it was opened. */
  verify(): Promise<void>;
  close(): Promise<void>;
}

/** Every tensor of a file. Throws a TerminalError that names file and tensor. */
export async function readSafetensors(path: string): Promise<Map<string, HostTensor>> {
  return (await readSafetensorsFile(path)).tensors;
}

/** The same with the file's SHA-256. */
export async function readSafetensorsFile(path: string): Promise<SafetensorsFile> {
  const reader = await openSafetensors(path);
  try {
    const tensors = new Map<string, HostTensor>();
    const sha256 = await reader.readAll((name, tensor) => tensors.set(name, tensor));
    return {tensors, sha256};
  } finally {
    await reader.close();
  }
}

/** Opens a file and reads its header. Throws a TerminalError that names the file, and the tensor that is at fault. */
export async function openSafetensors(path: string): Promise<SafetensorsReader> {
  const file = await openFile(path);
  try {
    const header = await readHeader(path, file);
    const {size} = await file.stat();
    const real = await realpath(path);
    const opened = await identityOf(file);
    const isSame = async (): Promise<boolean> =>
      (await identityOf(file)) === opened && (await identityAt(real)) === opened;
    const listed = parseHeader(path, header, size);
    const stored = new Map(listed.map((tensor) => [tensor.name, tensor]));
    const storedOf = (name: string): StoredTensor => {
      const tensor = stored.get(name);
      if (tensor === undefined) throw new TerminalError(`${path}: tensor "${name}" is missing`);
      return tensor;
    };
    const verify = async (): Promise<void> => {
      if ((await identityOf(file)) !== opened) throw altered(path);
    };
    return {
      path,
      stored,
      read: async (name) => readTensor(path, file, storedOf(name)),
      readAll: async (take) => {
        const hash = createHash('sha256').update(header);
        for (const tensor of listed) take(tensor.name, await readTensor(path, file, tensor, hash));
        return hash.digest('hex');
      },
      scan: async (see) => {
        const hash = createHash('sha256').update(header);
        const room = new ArrayBuffer(MOST_PART_BYTES);
        for (const {name, dtype, shape, ...stored} of listed) {
          const values = dtype === 'int32' ? new Int32Array(room) : new Float32Array(room);
          await readParts(path, file, {name, dtype, shape, ...stored}, hash, (first, count) => {
            const data = values.subarray(0, count);
            return {data, done: () => see(name, {dtype, shape, data}, first)};
          });
        }
        return hash.digest('hex');
      },
      placeOf: async (name) => {
        const tensor = stored.get(name);
        const isThere = tensor?.type === 'F32' || tensor?.type === 'I32';
        if (!isThere || !isLittleEndian || !(await isSame())) return undefined;
        const verifyPlace = async (): Promise<void> => {
          if (!(await isSame())) throw altered(path);
        };
        return {path: real, firstByte: tensor.begin, verify: verifyPlace};
      },
      readRows: async (name, rows) => {
        const read = await readRows(path, file, storedOf(name), rows);
        await verify();
        return read;
      },
      verify,
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The types in which weights are stored. */
export type WeightsDtype = 'float32' | 'bfloat16' | 'float16';
const STORED_AS = {float32: 'F32', bfloat16: 'BF16', float16: 'F16'} as const;
export const bytesPerWeight = (dtype: WeightsDtype): number => BYTES_PER_VALUE[STORED_AS[dtype]];

/** A tensor whose values are made when it is their turn to be written, so that not all are in memory at once. */
export interface LazyTensor extends TensorSpec {
  readonly load: () => Promise<HostTensor>;
}
export type WritableTensor = HostTensor | LazyTensor;

export interface WriteOptions {
  /** The header's `__metadata__`; transformers refuses a file whose metadata lacks `format`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** What float32 tensors are stored as, rounded to nearest, ties to even; float32 by default. */
  readonly dtype?: WeightsDtype;
}

/**
 * Writes tensors in the order given, flushed to the disk, and returns the file's SHA-256. Throws a TerminalError that names
 * the tensor where a finite value is beyond the type asked for.
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<readonly [string, WritableTensor]>,
  {metadata, dtype = 'float32'}: WriteOptions = {},
): Promise<string> {
  const listed = [...tensors];
  const typeOf = (tensor: TensorSpec): StoredType => (tensor.dtype === 'int32' ? 'I32' : STORED_AS[dtype]);
  const header = formatHeader(
    listed.map(([name, tensor]) => [name, typeOf(tensor), tensor.shape] as const),
    metadata,
  );
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  try {
    await append(file, header, hash);
    for (const [name, tensor] of listed) {
      const {data, shape} = 'load' in tensor ? await tensor.load() : tensor;
      if (data.length !== sizeOf(tensor.shape) || shape.join() !== tensor.shape.join())
        throw new Error(`tensor ${name}: ${data.length} values for shape [${tensor.shape}]`);
      for (const bytes of encoded(path, name, typeOf(tensor), data)) await append(file, bytes, hash);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

/** The header's bytes with their length. */
async function readHeader(path: string, file: FileHandle): Promise<Buffer> {
  const {size} = await file.stat();
  const length = Buffer.alloc(LENGTH_BYTES);
  const jsonBytes = (await fill(file, length, 0)) ? Number(length.readBigUInt64LE()) : -1;
  if (jsonBytes < 0 || jsonBytes > MAX_HEADER_BYTES || LENGTH_BYTES + jsonBytes > size) {
    throw new TerminalError(`${path}: truncated or not a safetensors file (${size} bytes); copy it again`);
  }
  const header = Buffer.alloc(LENGTH_BYTES + jsonBytes);
  if (!(await fill(file, header, 0)))
    throw new TerminalError(`${path}: truncated in the header; copy it again`);
  return header;
}

async function readTensor(
  path: string,
  file: FileHandle,
  tensor: StoredTensor,
  hash?: Hash,
): Promise<HostTensor> {
  const {shape, dtype} = tensor;
  const count = sizeOf(shape);
  const values = dtype === 'int32' ? new Int32Array(count) : new Float32Array(count);
  await readParts(path, file, tensor, hash, (first, count) => ({
    data: values.subarray(first, first + count),
  }));
  return {shape, dtype, data: values};
}

/** Reads a tensor in parts: `room` says where each goes, and is told when it is there. */
async function readParts(
  path: string,
  file: FileHandle,
  {name, type, shape, begin, end}: StoredTensor,
  hash: Hash | undefined,
  room: (
    first: number,
    count: number,
  ) => {
    readonly data: Float32Array | Int32Array;
    readonly done?: () => void;
  },
): Promise<void> {
  const width = BYTES_PER_VALUE[type];
  const isHalf = width === 2;
  const halves = new Uint16Array(isHalf ? Math.min(sizeOf(shape), CHUNK_BYTES / 2) : 0);
  for (let at = begin; at < end; at += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, end - at);
    const {data: values, done} = room((at - begin) / width, length / width);
    // Four-byte types are read to where they stay; the others pass through one chunk.
    const chunk = isHalf
      ? new Uint8Array(halves.buffer, 0, length)
      : new Uint8Array(values.buffer, values.byteOffset, length);
    if (!(await fill(file, chunk, at)))
      throw new TerminalError(`${path}: truncated in tensor "${name}"; copy it again`);
    hash?.update(chunk);
    if (isHalf && values instanceof Float32Array) {
      const widen = type === 'BF16' ? widenBfloat16 : widenFloat16;
      widen(halves.subarray(0, length / 2), values);
    }
    done?.();
  }
}

/** A tensor's bytes as they are stored, chunk by chunk; each is good until the next is asked for. */
function* encoded(
  path: string,
  name: string,
  type: StoredType,
  data: Float32Array | Int32Array,
): Generator<Uint8Array> {
  const step = CHUNK_BYTES / 4;
  const halves = new Uint16Array(BYTES_PER_VALUE[type] === 2 ? Math.min(data.length, step) : 0);
  for (let at = 0; at < data.length; at += step) {
    const values = data.subarray(at, at + step);
    if (halves.length === 0 || !(values instanceof Float32Array)) {
      yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      continue;
    }
    const narrow = type === 'BF16' ? narrowToBfloat16 : narrowToFloat16;
    const overflowed = narrow(values, halves);
    if (overflowed >= 0) {
      throw new TerminalError(
        `${path}: tensor "${name}" holds ${values[overflowed]}, beyond ${type}; save in another dtype`,
      );
    }
    yield new Uint8Array(halves.buffer, 0, values.length * 2);
  }
}

async function append(file: FileHandle, bytes: Uint8Array, hash: Hash): Promise<void> {
  hash.update(bytes);
  for (let done = 0; done < bytes.length; ) {
    const {bytesWritten} = await file.write(bytes, done, bytes.length - done);
    done += bytesWritten;
  }
}
