import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {loadCheckpoint} from '../../../../runtime/model/files/model-checkpoint.js';
import {readSafetensors} from '../../../../runtime/model/files/safetensors/safetensors.js';
import {rotaryFrequencies} from '../../../../runtime/model/layers/rotary.js';
import type {HostTensor} from '../../../../runtime/tensor/executor.js';
import {openExecutor} from '../../../../runtime/tensor/open.js';
import {presentExecutors} from '../../../helpers/executors.js';
import {goldenPath, goldenTokens} from '../../../helpers/goldens.js';
import {logitsOf} from '../../../helpers/logits.js';

const FAMILIES = ['llama', 'llama3-rope', 'mistral', 'qwen2', 'qwen3'];

const peakOf = ({data}: HostTensor): number => Math.max(...data.map(Math.abs));
const worstDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? Number.NaN))));

/** Pair 1: prompt and chosen completion, 84 tokens. */
async function sequence(): Promise<number[]> {
  const pair = (await goldenTokens())[1];
  if (pair === undefined) throw new Error('the goldens have 48 pairs');
  return [...pair.promptIds, ...pair.chosenIds];
}

for (const backend of [...presentExecutors(), 'eager'] as const) {
  for (const family of FAMILIES) {
    test(`${family} on ${backend} gives transformers' logits to 1e-5 of the largest`, async (t) => {
      const {executor} = await openExecutor({backend, threads: 1});
      const model = await loadCheckpoint(goldenPath(family));
      const [expected] = (
        await readSafetensors(goldenPath(`${family}/expected-logits.safetensors`))
      ).values();
      if (expected === undefined) throw new Error('no expected logits');
      const actual = await logitsOf(executor, model, await sequence());
      t.deepEqual(actual.shape, expected.shape);
      const error = worstDifference(actual.data, expected.data) / peakOf(expected);
      t.true(error < 1e-5, `${error}`);
    });
  }
}

test('what follows a token never matters to it', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const model = await loadCheckpoint(goldenPath('qwen3'));
  const ids = await sequence();
  const alone = await logitsOf(executor, model, ids);
  const padded = await logitsOf(executor, model, ids, 96);
  const error = worstDifference(alone.data, padded.data.subarray(0, alone.data.length));
  t.true(error < 1e-5, `${error}`);
});

test('a sequence beyond the model’s positions is refused', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const model = await loadCheckpoint(goldenPath('llama'));
  const short = {...model, config: {...model.config, maxPositions: 80}};
  await t.throwsAsync(logitsOf(executor, short, await sequence()), {
    instanceOf: TerminalError,
    message: /84 tokens are beyond the model's 80 positions/,
  });
});

test('llama3 scaling keeps fast frequencies, divides slow ones and blends between', (t) => {
  // θ = 16, headDim 8: frequencies 1, 1/2, 1/4, 1/8; wavelengths 2π, 4π, 8π, 16π.
  const scaling = {kind: 'llama3', factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4} as const;
  // 48 positions: wavelengths under 12 stay, over 48 are divided, 4π and 8π blend by (48/λ − 1)/3.
  const scaled = rotaryFrequencies({theta: 16, scaling: {...scaling, originalMaxPositions: 48}}, 8);
  const blend = (frequency: number, share: number) => (1 - share) * (frequency / 8) + share * frequency;
  const expected = [
    1,
    blend(1 / 2, (48 / (4 * Math.PI) - 1) / 3),
    blend(1 / 4, (48 / (8 * Math.PI) - 1) / 3),
    1 / 64,
  ];
  t.true(worstDifference(scaled, expected) < 1e-7, `${scaled}`);
  t.deepEqual([...rotaryFrequencies({theta: 16, scaling: {kind: 'linear', factor: 2}}, 4)], [0.5, 0.125]);
});
