/** Generation's attention: whole on ONNX Runtime, composed elsewhere, the same values. */
import type * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
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

for (const [headCount, keyValueHeadCount, headDim] of shapes) {
  const configOf = async () => ({
    ...(await readModelConfig(goldenPath('llama'))),
    headCount,
    keyValueHeadCount,
    headDim,
  });
  const headsOf = (tokens: number): Record<string, HostTensor> => ({
    queries: wave([tokens, headCount, 1, headDim], 1),
    keys: wave([tokens, keyValueHeadCount, 1, headDim], 2),
    values: wave([tokens, keyValueHeadCount, 1, headDim], 3),
  });
  const named = (inputs: Readonly<Record<string, tf.Tensor>>) =>
    inputs as Record<'queries' | 'keys' | 'values' | 'pastKeys' | 'pastValues', tf.Tensor4D> & {
      places: tf.Tensor2D;
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

  test(`prompts among themselves: ${title}`, async (t) => {
    const config = await configOf();
    const body: Body = (inputs) => {
      const {queries, keys, values, places, ends, total} = named(inputs);
      return {outputs: {mixed: attendSequences(config, {queries, keys, values}, {places, ends, total})}};
    };
    const [rows, length] = [3, 11];
    const places = Array.from({length: rows * length}, (_, i) => i % length);
    const error = await compare(body, {
      ...headsOf(rows * length),
      places: integers([rows, length], places),
      ends: integers([rows], [10, 10, 10]),
      total: integers([1], [length]),
    });
    t.true(error <= 1e-5, `${error}`);
  });

  test(`one token a row over pasts of different lengths, none and a full one among them: ${title}`, async (t) => {
    const config = await configOf();
    const body: Body = (inputs) => {
      const {queries, keys, values, places, ends, total, pastKeys, pastValues} = named(inputs);
      const past = {keys: pastKeys, values: pastValues, lengths: ends};
      const sequences = {places, ends, total, past};
      return {outputs: {mixed: attendSequences(config, {queries, keys, values}, sequences)}};
    };
    const lengths = [4, 0, 24, 1];
    const [rows, span] = [lengths.length, 24];
    const error = await compare(body, {
      ...headsOf(rows),
      places: integers([rows, 1], lengths),
      ends: integers([rows], lengths),
      total: integers([1], [25]),
      pastKeys: wave([rows, keyValueHeadCount, span, headDim], 4),
      pastValues: wave([rows, keyValueHeadCount, span, headDim], 5),
    });
    t.true(error <= 1e-5, `${error}`);
  });
}
