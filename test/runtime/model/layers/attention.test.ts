/** Generation's attention: whole on ONNX Runtime, composed elsewhere, the same values. */
import type * as tf from '@tensorflow/tfjs-core';
import test, {type ExecutionContext} from 'ava';
import {readModelConfig} from '../../../../runtime/model/files/config.js';
import {attendSequences} from '../../../../runtime/model/layers/attention.js';
import type {HostTensor} from '../../../../runtime/tensor/executor.js';
import {goldenPath} from '../../../helpers/goldens.js';
import {type Body, integers, relativeError, runOn, wave} from '../../tensor/both.js';

/** Heads, key heads and their width; the second has a width that ONNX Runtime does not take. */
const shapes = [
  [4, 2, 16],
  [6, 2, 20],
  [3, 3, 32],
] as const;

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
      lengths: tf.Tensor1D;
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
      lengths: integers([rows], lengths),
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

  test(`a prompt's part over the parts before it: ${title}`, (t) => check(t, [19], 11, 24));
}
