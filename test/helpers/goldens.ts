/** The reference values under test/fixtures/goldens, made with transformers and TRL. */
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import * as z from 'zod';
import type {TrainingPair} from '../../runtime/learning/pair.js';
import {createPairScorer} from '../../runtime/learning/pair-scorer.js';
import {loadCheckpoint, type ModelCheckpoint} from '../../runtime/model/files/model-checkpoint.js';
import {readSafetensors} from '../../runtime/model/files/safetensors/safetensors.js';
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
  const scorer = createPairScorer(model, executor, 1024);
  const referenced: TrainingPair[] = [];
  for (const pair of pairs) {
    const {chosen, rejected} = await scorer.logps(pair);
    referenced.push({...pair, referenceChosenLogps: chosen, referenceRejectedLogps: rejected});
  }
  await scorer.dispose();
  return referenced;
}
