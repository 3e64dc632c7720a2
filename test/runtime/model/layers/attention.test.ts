/** Generation's attention: whole on ONNX Runtime, composed elsewhere, the same values. */
import type * as tf from '@tensorflow/tfjs-core';
import test, {type ExecutionContext} from 'ava';
import {readModelConfig} from '../../../../runtime/model/files/config.js';
import {attendSequences} from '../../../../runtime/model/layers/attention.js';
import type {HostTensor} from '../../../../runtime/tensor/executor.js';
import {goldenPath} from '../../../helpers/goldens.js';
import {type Body, floats, integers, relativeError, runOn, wave} from '../../tensor/both.js';

/** Heads, key heads and their width; some of a width that ONNX Runtime does not take, one too narrow to be read in place. */
const shapes = [
  [4, 2, 16],
  [6, 2, 20],
  [8, 4, 36],
  [4, 4, 32],
] as const;

/** Each row in one block. */
const oneBlockEach = (held: readonly number[]): Record<string, HostTensor> => {
  const rows = held.length;
  const each = [...held.keys()];
  const counted = floats([rows, 1], new Array<number>(rows).fill(1));
  return {
    held: integers([rows], held),
    owners: integers([rows], each),
    order: integers([rows, 1], each),
    counted,
  };
};

const llama = await readModelConfig(goldenPath('llama'));

for (const [headCount, keyValueHeadCount, headDim] of shapes) {
  const config = {...llama, headCount, keyValueHeadCount, headDim};
  const headsOf = (tokens: number): Record<string, HostTensor> => ({
    queries: wave([tokens, headCount, 1, headDim], 1),
    keys: wave([tokens, keyValueHeadCount, 1, headDim], 2),
    values: wave([tokens, keyValueHeadCount, 1, headDim], 3),
  });
  const named = (inputs: Readonly<Record<string, tf.Tensor>>) =>
    inputs as Record<'queries' | 'keys' | 'values' | 'pastKeys' | 'pastValues', tf.Tensor4D> & {
      places: tf.Tensor2D;
      order: tf.Tensor2D;
      counted: tf.Tensor2D;
      held: tf.Tensor1D;
      owners: tf.Tensor1D;
      ends: tf.Tensor1D;
      total: tf.Tensor1D;
    };
  const compare = async (body: Body, inputs: Readonly<Record<string, HostTensor>>): Promise<number> => {
    const [whole, composed] = [await runOn('onnx', body, inputs), await runOn('eager', body, inputs)];
    const {mixed} = whole.outputs;
    if (mixed === undefined || composed.outputs.mixed === undefined) throw new Error('no output');
    return relativeError(mixed, composed.outputs.mixed);
  };
  const title = `${headCount} heads over ${keyValueHeadCount} of ${headDim}`;

  const body: Body = (inputs) => {
    const {queries, keys, values, pastKeys, pastValues, ...rest} = named(inputs);
    const sequences = {...rest, keys: pastKeys, values: pastValues};
    return {outputs: {mixed: attendSequences(config, {queries, keys, values}, sequences)}};
  };
  /** Rows of `count` new tokens after as many held ones as `lengths` says, in a cache of `span`. */
  const check = async (t: ExecutionContext, lengths: readonly number[], count: number, span: number) => {
    const rows = lengths.length;
    const ends = lengths.map((length) => length + count - 1);
    const error = await compare(body, {
      ...headsOf(rows * count),
      places: integers([rows, count], new Array<number>(rows * count).fill(0)),
      ...oneBlockEach(lengths),
      ends: integers([rows], ends),
      total: integers([1], [Math.max(...ends) + 1]),
      pastKeys: wave([rows, keyValueHeadCount, span, headDim], 4),
      pastValues: wave([rows, keyValueHeadCount, span, headDim], 5),
    });
    t.true(error <= 1e-5, `${error}`);
  };

  test(`prompts among themselves: ${title}`, (t) => check(t, [0, 0, 0], 11, 1));

  test(`one token a row over what rows of different lengths hold, nothing and all of the span among them: ${title}`, (t) =>
    check(t, [4, 0, 24, 1], 1, 24));

  test(`one token a row gives the same bits alone and beside others, whatever lies behind what is held: ${title}`, async (t) => {
    const lengths = [4, 0, 23, 1];
    const run = async (
      rows: readonly number[],
      span: number,
      phase: number,
    ): Promise<readonly number[][]> => {
      const width = keyValueHeadCount * headDim;
      const held = (part: number): HostTensor => {
        const behind = wave([rows.length, keyValueHeadCount, span, headDim], phase, 100);
        for (const [place, row] of rows.entries()) {
          const lines = wave([24, width], 10 * part + row).data;
          for (let head = 0; head < keyValueHeadCount; head++) {
            for (let position = 0; position < (lengths[row] ?? 0); position++) {
              const begin = position * width + head * headDim;
              const line = (place * keyValueHeadCount + head) * span + position;
              behind.data.set(lines.subarray(begin, begin + headDim), line * headDim);
            }
          }
        }
        return behind;
      };
      const of = (heads: number, part: number): HostTensor => {
        const data = rows.flatMap((row) => [...wave([heads * headDim], 10 * part + row).data]);
        return floats([rows.length, heads, 1, headDim], data);
      };
      const ends = rows.map((row) => lengths[row] ?? 0);
      const {outputs} = await runOn('onnx', body, {
        ...{queries: of(headCount, 1), keys: of(keyValueHeadCount, 2), values: of(keyValueHeadCount, 3)},
        places: integers([rows.length, 1], ends),
        ...oneBlockEach(ends),
        ends: integers([rows.length], ends),
        total: integers([1], [Math.max(...ends) + 1]),
        ...{pastKeys: held(4), pastValues: held(5)},
      });
      const size = headCount * headDim;
      const data = [...(outputs.mixed?.data ?? [])];
      return rows.map((_, place) => data.slice(place * size, (place + 1) * size));
    };
    const together = await run([0, 1, 2, 3], 24, 6);
    t.deepEqual(await run([0, 1, 2, 3], 400, 7), together);
    for (const row of [0, 1, 2, 3]) t.deepEqual(await run([row], 32, 8), [together[row]]);
  });

  test(`a prompt's part over the parts before it: ${title}`, (t) => check(t, [19], 11, 24));

  if (keyValueHeadCount * headDim < 64) continue;
  test(`one token a row over several blocks of each row, in any order, is that over one block: ${title}`, async (t) => {
    const lengths = [17, 0, 24, 3];
    const rows = lengths.length;
    const ends = integers([rows], lengths);
    const total = integers([1], [Math.max(...lengths) + 1]);
    const common = {
      ...headsOf(rows),
      places: integers([rows, 1], new Array<number>(rows).fill(0)),
      ends,
      total,
    };
    const whole = {
      pastKeys: wave([rows, keyValueHeadCount, 24, headDim], 4),
      pastValues: wave([rows, keyValueHeadCount, 24, headDim], 5),
    };
    const {outputs} = await runOn('eager', body, {...common, ...oneBlockEach(lengths), ...whole});
    /** Row and place in it of each block of 8 positions. */
    const blocks = [
      [2, 1],
      [0, 0],
      [3, 0],
      [0, 2],
      [2, 0],
      [1, 0],
      [2, 2],
      [0, 1],
    ] as const;
    const cut = ({data}: HostTensor): HostTensor => {
      const parts = blocks.flatMap(([row, place]) =>
        Array.from({length: keyValueHeadCount}, (_, head) => {
          const begin = ((row * keyValueHeadCount + head) * 24 + 8 * place) * headDim;
          return [...data.subarray(begin, begin + 8 * headDim)];
        }),
      );
      return floats([blocks.length, keyValueHeadCount, 8, headDim], parts.flat());
    };
    const reach = 8;
    const ofRow = (row: number): number[] =>
      blocks
        .flatMap(([owner], block) => (owner === row ? [block] : []))
        .sort((a, b) => (blocks[a]?.[1] ?? 0) - (blocks[b]?.[1] ?? 0));
    const order = lengths.flatMap((_, row) =>
      Array.from({length: reach}, (_, place) => ofRow(row)[place] ?? ofRow(row)[0] ?? 0),
    );
    const counted = lengths.flatMap((_, row) =>
      Array.from({length: reach}, (_, place) => (place < ofRow(row).length ? 1 : 0)),
    );
    const inBlocks = {
      ...common,
      held: integers(
        [blocks.length],
        blocks.map(([row, place]) => Math.max(0, Math.min(8, (lengths[row] ?? 0) - 8 * place))),
      ),
      owners: integers(
        [blocks.length],
        blocks.map(([row]) => row),
      ),
      order: integers([rows, reach], order),
      counted: floats([rows, reach], counted),
      ...{pastKeys: cut(whole.pastKeys), pastValues: cut(whole.pastValues)},
    };
    for (const backend of ['onnx', 'eager'] as const) {
      const {mixed} = (await runOn(backend, body, inBlocks)).outputs;
      if (mixed === undefined || outputs.mixed === undefined) return t.fail();
      t.true(relativeError(mixed, outputs.mixed) <= 1e-5, backend);
    }
  });
}
