/** Rows of a stored matrix, read where they are: who looks up a few of many does not hold them all. */
import type {FileHandle} from 'node:fs/promises';
import {TerminalError} from '../../../errors.js';
import {widenBfloat16, widenFloat16} from '../../../tensor/half-precision.js';
import {BYTES_PER_VALUE, type StoredTensor} from './header.js';
import {fill} from './open-file.js';

/**
 * @returns the rows one after another, F16 and BF16 widened to float32
 * @throws Error for a row that there is none of; TerminalError where the file ends before it
 */
export async function readRows(
  path: string,
  file: FileHandle,
  {name, type, shape, begin}: StoredTensor,
  rows: Int32Array,
): Promise<Float32Array> {
  const [count = 0, width = 0] = shape;
  if (shape.length !== 2 || type === 'I32')
    throw new Error(`${path}: tensor "${name}" is no matrix of numbers`);
  const strange = rows.find((row) => row < 0 || row >= count);
  if (strange !== undefined) throw new Error(`${path}: tensor "${name}" has no row ${strange}`);
  const rowBytes = width * BYTES_PER_VALUE[type];
  const values = new Float32Array(rows.length * width);
  const halves = type === 'F32' ? undefined : new Uint16Array(values.length);
  const {buffer} = halves ?? values;
  const reads = Array.from(rows, (row, index) =>
    fill(file, new Uint8Array(buffer, index * rowBytes, rowBytes), begin + row * rowBytes),
  );
  if ((await Promise.all(reads)).includes(false))
    throw new TerminalError(`${path}: truncated in tensor "${name}"; copy it again`);
  if (halves !== undefined) (type === 'BF16' ? widenBfloat16 : widenFloat16)(halves, values);
  return values;
}
