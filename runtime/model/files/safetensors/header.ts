/**
 * The header of a safetensors file: 8 bytes of little-endian length, then JSON (name → dtype, shape, data_offsets). The
 * tensors' bytes follow without gaps.
 */
import * as z from 'zod';
import {TerminalError} from '../../../errors.js';
import {checked, parseJson} from '../../../json/json-file.js';
import type {TensorSpec} from '../../../tensor/executor.js';
import {sizeOf} from '../../../tensor/graph/graph.js';

export const LENGTH_BYTES = 8;
/** The format's own bound is 100 MB; the largest models stay below a tenth of this, and what is parsed takes many times its size. */
export const MAX_HEADER_BYTES = 16 * 1024 * 1024;
export const BYTES_PER_VALUE = {F32: 4, F16: 2, BF16: 2, I32: 4} as const;
export type StoredType = keyof typeof BYTES_PER_VALUE;
const isStoredType = (name: string): name is StoredType => Object.hasOwn(BYTES_PER_VALUE, name);

/** Where a tensor lies in its file. `dtype` is what it becomes in memory. */
export interface StoredTensor extends TensorSpec {
  readonly name: string;
  readonly type: StoredType;
  /** Bytes from the file's first. */
  readonly begin: number;
  readonly end: number;
}

const headerSchema = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(z.int().nonnegative()),
    data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
);

/**
 * The tensors of a header (length and JSON) in the order of their bytes, held to a file of `fileBytes`. Throws a TerminalError that names file and
 * tensor where one is of a type that is not read, overlaps another, leaves a gap or is cut off.
 */
export function parseHeader(path: string, header: Buffer, fileBytes: number): StoredTensor[] {
  const json = header.toString('utf8', LENGTH_BYTES);
  // `__metadata__` maps strings to strings: nothing that a tensor is read by.
  const {__metadata__: _, ...entries} = parseJson(path, json, z.record(z.string(), z.unknown()));
  const tensors = Object.entries(checked(path, entries, headerSchema)).map(([name, stored]): StoredTensor => {
    const {dtype: type, shape} = stored;
    if (!isStoredType(type)) {
      const supported = Object.keys(BYTES_PER_VALUE).join(', ');
      throw new TerminalError(`${path}: tensor "${name}" is ${type}; supported are ${supported}`);
    }
    const [begin, end] = stored.data_offsets;
    if (end - begin !== sizeOf(shape) * BYTES_PER_VALUE[type]) {
      throw new TerminalError(
        `${path}: tensor "${name}": its bytes do not fit shape [${shape}]; the file was altered`,
      );
    }
    const dtype = type === 'I32' ? 'int32' : 'float32';
    return {name, type, shape, dtype, begin: header.length + begin, end: header.length + end};
  });
  tensors.sort((a, b) => a.begin - b.begin || a.end - b.end);
  requireContiguous(path, tensors, header.length, fileBytes);
  return tensors;
}

function requireContiguous(
  path: string,
  tensors: readonly StoredTensor[],
  dataBegin: number,
  fileBytes: number,
): void {
  let position = dataBegin;
  for (const {name, begin, end} of tensors) {
    if (begin !== position) {
      throw new TerminalError(
        `${path}: tensor "${name}" overlaps another or leaves a gap; the file was altered`,
      );
    }
    if (end > fileBytes)
      throw new TerminalError(`${path}: truncated in tensor "${name}" (${fileBytes} bytes); copy it again`);
    position = end;
  }
  if (position !== fileBytes) {
    throw new TerminalError(
      `${path}: ${fileBytes - position} bytes after the last tensor; the file was altered`,
    );
  }
}

/** The header's bytes, length included, for tensors that are written one after another in this order. */
export function formatHeader(
  tensors: Iterable<readonly [name: string, type: StoredType, shape: readonly number[]]>,
  metadata?: Readonly<Record<string, string>>,
): Buffer {
  const header: Record<string, unknown> = metadata === undefined ? {} : {__metadata__: metadata};
  let offset = 0;
  for (const [name, dtype, shape] of tensors) {
    const end = offset + sizeOf(shape) * BYTES_PER_VALUE[dtype];
    header[name] = {dtype, shape, data_offsets: [offset, end]};
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  // Spaces after the JSON align the first tensor to 8 bytes.
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(LENGTH_BYTES + padded, ' ');
  bytes.writeBigUInt64LE(BigInt(padded));
  json.copy(bytes, LENGTH_BYTES);
  return bytes;
}
