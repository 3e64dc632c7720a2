/** The logits of one sequence, by the model's own graph. */
import * as tf from '@tensorflow/tfjs-core';
import type {ModelCheckpoint} from '../../runtime/model/files/model-checkpoint.js';
import {hiddenStates, logits} from '../../runtime/model/layers/transformer.js';
import type {Executor, HostTensor} from '../../runtime/tensor/executor.js';

/** Logits [T, V] of one row of tokens, padded to `length`. */
export async function logitsOf(
  executor: Executor,
  {config, weights}: Pick<ModelCheckpoint, 'config' | 'weights'>,
  ids: readonly number[],
  length = ids.length,
): Promise<HostTensor> {
  const state = executor.createState(weights);
  const program = await executor.compile(
    {
      name: `logits ${length}`,
      inputs: {tokens: {shape: [1, length], dtype: 'int32'}},
      body: ({tokens}, tensors) => {
        const hidden = hiddenStates(config, tensors, tokens as tf.Tensor2D);
        return {outputs: {logits: logits(config, tensors, tf.reshape(hidden, [length, config.hiddenSize]))}};
      },
    },
    state,
  );
  const tokens = new Int32Array(length).fill(3);
  tokens.set(ids);
  const result = await program.run({tokens});
  await program.dispose();
  state.dispose();
  return result.logits;
}

/** The largest difference, as a share of the largest expected entry. */
export const relativeError = (actual: HostTensor, expected: HostTensor): number => {
  const differences = Array.from(actual.data, (value, i) =>
    Math.abs(value - (expected.data[i] ?? Number.NaN)),
  );
  return Math.max(...differences) / Math.max(...Array.from(expected.data, Math.abs));
};
