/** The adapter of a run that trains one, and the policies that are made of it. */
import type {Checkpoint} from '../../../proto/messages.js';
import {type Adapter, initialAdapter, isAdapterFolder, loadAdapter} from '../../model/files/adapter.js';
import type {ModelConfig} from '../../model/files/config.js';
import {
  type LazyCheckpoint,
  type LazyTensors,
  mergeLazily,
  openCheckpoint,
  openLazyWeights,
} from '../../model/files/lazy-weights.js';
import {releaseGiven} from '../../tensor/given.js';
import type {Fleet} from '../file/schema.js';
import {type Place, withFirstPolicy, withPolicy} from './policy.js';

/**
 * The adapter before training, which changes nothing yet; undefined where all weights learn.
 *
 * @throws TerminalError for a target that is no linear layer of the model.
 */
export const firstAdapterOf = (
  {training: {lora}, seed}: Pick<Fleet, 'training' | 'seed'>,
  config: ModelConfig,
): Adapter | undefined => {
  if (lora === undefined) return undefined;
  const {rank, alpha = 2 * rank, dropout, targets: targetModules = 'all-linear'} = lora;
  return initialAdapter(config, {rank, alpha, dropout, targetModules}, seed);
};

/** The weights that a checkpoint's policy answers by: an adapter's are added to those of the policy before training. */
export const policyWeights = async (
  place: Place,
  fleet: Fleet,
  checkpoint: Checkpoint,
  config: ModelConfig,
): Promise<LazyTensors> =>
  withPolicy(place, checkpoint, async (folder) => {
    const {weightsSha256} = checkpoint;
    if (!isAdapterFolder(folder)) return (await openLazyWeights(folder, config, weightsSha256)).weights;
    const adapter = await loadAdapter(folder, config, weightsSha256);
    const {weights} = await withFirstPolicy(place, fleet, (first, sha256) =>
      openLazyWeights(first, config, sha256),
    );
    return mergeLazily(weights, adapter);
  });

/** A policy as it answers: a checkpoint's, or the one before training. */
export const loadPolicy = async (
  place: Place,
  fleet: Fleet,
  checkpoint: Checkpoint | undefined,
): Promise<LazyCheckpoint> => {
  if (checkpoint !== undefined && fleet.training.lora === undefined)
    return withPolicy(place, checkpoint, (folder) => openCheckpoint(folder, checkpoint.weightsSha256));
  const first = await withFirstPolicy(place, fleet, openCheckpoint);
  if (checkpoint === undefined) return first;
  releaseGiven(first.weights);
  return {...first, weights: await policyWeights(place, fleet, checkpoint, first.config)};
};
