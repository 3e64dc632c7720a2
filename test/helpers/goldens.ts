/** The reference values under test/fixtures/goldens, made with transformers and TRL. */
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import {z} from 'zod';
import type {TrainingPair} from '../../runtime/learning/batch.js';
import {packPairs} from '../../runtime/learning/batch.js';
import {loadCheckpoint, type ModelCheckpoint} from '../../runtime/model/checkpoint.js';
import {completionLogps} from '../../runtime/model/logps.js';
import {readSafetensors} from '../../runtime/model/safetensors.js';
import {packageRoot} from '../../runtime/paths.js';
import type {Executor} from '../../runtime/tensor/executor.js';

export const goldenPath = (name: string): string => join(packageRoot, 'test', 'fixtures', 'goldens', name);

export const readGolden = async <T>(name: string, schema: z.ZodType<T>): Promise<T> =>
  schema.parse(JSON.parse(await readFile(goldenPath(name), 'utf8')));

/** The tiny Llama: V 512, D 64, 2 layers. `weights` names another file of the same shapes. */
export async function goldenModel(weights?: string): Promise<ModelCheckpoint> {
  const model = await loadCheckpoint(goldenPath('llama'));
  if (weights === undefined) return model;
  const trained = await readSafetensors(goldenPath(weights));
  return {
    ...model,
    weights: new Map([...model.weights.keys()].map((name) => [name, tensorOf(trained, name)])),
  };
}

export function tensorOf<T>(tensors: ReadonlyMap<string, T>, name: string): T {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`no tensor ${name}`);
  return tensor;
}

const tokenIds = z.object({
  prompt_ids: z.array(z.int()),
  chosen_ids: z.array(z.int()),
  rejected_ids: z.array(z.int()),
});

/** The pairs as TRL tokenizes them, with the reference's log-probabilities still to be filled in. */
export async function goldenTokens(): Promise<TrainingPair[]> {
  const {pairs} = await readGolden('tokenization.json', z.object({pairs: z.array(tokenIds)}));
  return pairs.map(({prompt_ids, chosen_ids, rejected_ids}) => ({
    promptIds: prompt_ids,
    chosenIds: chosen_ids,
    rejectedIds: rejected_ids,
    referenceChosenLogps: 0,
    referenceRejectedLogps: 0,
  }));
}

/** The same pairs with what `model` says of them as the reference. */
export async function withReference(
  pairs: readonly TrainingPair[],
  model: ModelCheckpoint,
  executor: Executor,
): Promise<TrainingPair[]> {
  const batchSize = pairs.length;
  const {length, tokens, completionMask} = packPairs(pairs, {batchSize, maxTokens: 1024, padTokenId: 0});
  const state = executor.createState(model.weights);
  const program = await executor.compile(
    {
      name: 'reference',
      inputs: {
        tokens: {shape: [2 * batchSize, length], dtype: 'int32'},
        completionMask: {shape: [2 * batchSize, length], dtype: 'float32'},
      },
      body: (inputs, weights) => ({
        outputs: {
          logps: completionLogps(model.config, weights, {
            tokens: inputs.tokens as tf.Tensor2D,
            completionMask: inputs.completionMask as tf.Tensor2D,
          }),
        },
      }),
    },
    state,
  );
  const {logps} = await program.run({tokens, completionMask});
  await program.dispose();
  state.dispose();
  return pairs.map((pair, row) => ({
    ...pair,
    referenceChosenLogps: logps.data[row] ?? Number.NaN,
    referenceRejectedLogps: logps.data[batchSize + row] ?? Number.NaN,
  }));
}
