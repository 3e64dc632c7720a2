/** Safetensors files, whole and damaged. */
import {createHash} from 'node:crypto';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../../../runtime/errors.js';
import {
  readSafetensors,
  readSafetensorsFile,
  writeSafetensors,
} from '../../../../../runtime/model/files/safetensors/safetensors.js';
import type {HostTensor} from '../../../../../runtime/tensor/executor.js';
import {goldenPath} from '../../../../helpers/goldens.js';
import {temporaryFolder} from '../../../../helpers/temporary.js';

interface Stored {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** A file with exactly this header and these bytes. */
async function fileOf(t: ExecutionContext, header: Record<string, Stored> | string, bytes: Uint8Array) {
  const path = join(temporaryFolder(t), 'some.safetensors');
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  await writeFile(path, Buffer.concat([length, json, bytes]));
  return path;
}

test('what is written is read back, and the digest is that of the file’s bytes', async (t) => {
  const path = join(temporaryFolder(t), 'model.safetensors');
  const tensors: [string, HostTensor][] = [
    ['b', {shape: [2, 3], dtype: 'float32', data: Float32Array.of(1, -2.5, 3e-40, 4, -0, 6)}],
    ['a', {shape: [], dtype: 'float32', data: Float32Array.of(7)}],
    ['ids', {shape: [2], dtype: 'int32', data: Int32Array.of(-1, 2 ** 31 - 1)}],
    ['none', {shape: [0, 4], dtype: 'float32', data: new Float32Array()}],
  ];
  const sha256 = await writeSafetensors(path, tensors, {metadata: {format: 'pt'}});
  const bytes = await readFile(path);
  t.is(sha256, createHash('sha256').update(bytes).digest('hex'));
  t.is((8 + Number(bytes.readBigUInt64LE())) % 8, 0);
  const read = await readSafetensorsFile(path);
  t.is(read.sha256, sha256);
  t.deepEqual(read.tensors, new Map(tensors));
});

test('a view into a larger array is written without its surroundings', async (t) => {
  const path = join(temporaryFolder(t), 'view.safetensors');
  const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
  await writeSafetensors(path, [['view', {shape: [2], dtype: 'float32', data}]]);
  t.deepEqual((await readSafetensors(path)).get('view')?.data, Float32Array.of(1, 2));
});

for (const dtype of ['float32', 'bfloat16', 'float16'] as const) {
  test(`a tensor of several chunks is written and read as ${dtype}, with the digest of its bytes`, async (t) => {
    const path = join(temporaryFolder(t), 'large.safetensors');
    // Multiples of 1/64 below 2, which all three types have; 12 MB in float32.
    const data = Float32Array.from({length: 3_000_001}, (_, i) => ((i % 255) - 127) / 64);
    const large: HostTensor = {shape: [data.length], dtype: 'float32', data};
    const lazy = {...large, load: async () => large};
    const sha256 = await writeSafetensors(path, [['large', lazy]], {dtype});
    t.is(
      sha256,
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    );
    const read = await readSafetensorsFile(path);
    t.is(read.sha256, sha256);
    t.true(
      Buffer.from(read.tensors.get('large')?.data.buffer ?? new ArrayBuffer(0)).equals(
        Buffer.from(data.buffer),
      ),
    );
  });
}

test('a file that transformers wrote is read', async (t) => {
  const tensors = await readSafetensors(goldenPath('llama/model.safetensors'));
  t.deepEqual(tensors.get('model.embed_tokens.weight')?.shape, [512, 64]);
  t.is(tensors.get('model.norm.weight')?.data.length, 64);
});

test('bfloat16 becomes float32: 1, -2, 3.140625, infinity', async (t) => {
  const bytes = Buffer.from(Uint16Array.of(0x3f80, 0xc000, 0x4049, 0x7f80).buffer);
  const path = await fileOf(t, {x: {dtype: 'BF16', shape: [4], data_offsets: [0, 8]}}, bytes);
  t.deepEqual((await readSafetensors(path)).get('x'), {
    shape: [4],
    dtype: 'float32',
    data: Float32Array.of(1, -2, 3.140625, Infinity),
  });
});

test('float16 becomes float32: normal, subnormal, signed zero, infinity and NaN', async (t) => {
  const halves = Uint16Array.of(0x3c00, 0xc100, 0x7bff, 0x0001, 0x03ff, 0x8000, 0xfc00, 0x7e00);
  const path = await fileOf(
    t,
    {x: {dtype: 'F16', shape: [8], data_offsets: [0, 16]}},
    Buffer.from(halves.buffer),
  );
  const values = (await readSafetensors(path)).get('x')?.data;
  t.deepEqual(values, Float32Array.of(1, -2.5, 65504, 2 ** -24, 1023 * 2 ** -24, -0, -Infinity, NaN));
});

const two = (
  first: readonly [number, number],
  second: readonly [number, number],
): Record<string, Stored> => ({
  first: {dtype: 'F32', shape: [2], data_offsets: first},
  second: {dtype: 'F32', shape: [2], data_offsets: second},
});
const damaged: [claim: string, header: Record<string, Stored> | string, bytes: number, message: RegExp][] = [
  ['the second tensor is cut off', two([0, 8], [8, 16]), 12, /truncated in tensor "second"/],
  ['two tensors overlap', two([0, 8], [4, 12]), 12, /tensor "second" overlaps/],
  ['there is a gap', two([0, 8], [12, 20]), 20, /tensor "second" overlaps another or leaves a gap/],
  ['bytes follow the last tensor', two([0, 8], [8, 16]), 20, /4 bytes after the last tensor/],
  [
    'the shape needs other bytes',
    two([0, 8], [8, 20]),
    20,
    /tensor "second": its bytes do not fit shape \[2\]/,
  ],
  ['offsets run backwards', two([0, 8], [16, 8]), 16, /tensor "second"/],
  [
    'the type is unknown',
    {x: {dtype: 'F8_E4M3', shape: [8], data_offsets: [0, 8]}},
    8,
    /tensor "x" is F8_E4M3/,
  ],
  ['a field is missing', '{"x": {"dtype": "F32", "shape": [2]}}', 8, /"x\.data_offsets"/],
  ['the header is not JSON', '{"x": ', 8, /not valid JSON/],
];
for (const [claim, header, bytes, message] of damaged) {
  test(`a file is refused where ${claim}`, async (t) => {
    const path = await fileOf(t, header, new Uint8Array(bytes));
    const error = await t.throwsAsync(readSafetensors(path), {instanceOf: TerminalError, message});
    t.true(error?.message.startsWith(path));
    t.notRegex(error?.message ?? '', /\n/);
  });
}

test('a file cut inside its header, an empty one and a missing one are refused by name', async (t) => {
  const path = join(temporaryFolder(t), 'model.safetensors');
  await t.throwsAsync(readSafetensors(path), {
    instanceOf: TerminalError,
    message: /model\.safetensors: no such file/,
  });
  const whole = await readFile(goldenPath('llama/model.safetensors'));
  for (const size of [0, 5, 100]) {
    await writeFile(path, whole.subarray(0, size));
    await t.throwsAsync(readSafetensors(path), {
      instanceOf: TerminalError,
      message: /truncated or not a safetensors file/,
    });
  }
});
