/** The adapter of a run that trains one, and the policies that are made of it. */
import type {Checkpoint} from '../../../proto/messages.js';
import {
  type Adapter,
  initialAdapter,
  isAdapterFolder,
  loadAdapter,
  mergeAdapter,
} from '../../model/files/adapter.js';
import type {ModelConfig} from '../../model/files/config.js';
import {loadCheckpoint, loadWeights, type ModelCheckpoint} from '../../model/files/model-checkpoint.js';
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
): Promise<ModelCheckpoint['weights']> =>
  withPolicy(place, checkpoint, async (folder) => {
    const {weightsSha256} = checkpoint;
    if (!isAdapterFolder(folder)) return (await loadWeights(folder, config, weightsSha256)).weights;
    const adapter = await loadAdapter(folder, config, weightsSha256);
    const {weights} = await withFirstPolicy(place, fleet, (first, sha256) =>
      loadWeights(first, config, sha256),
    );
    return mergeAdapter(weights, adapter);
  });

/** A policy as it answers: a checkpoint's, or the one before training. */
export const loadPolicy = async (
  place: Place,
  fleet: Fleet,
  checkpoint: Checkpoint | undefined,
): Promise<ModelCheckpoint> => {
  if (checkpoint !== undefined && fleet.training.lora === undefined)
    return withPolicy(place, checkpoint, (folder) => loadCheckpoint(folder, checkpoint.weightsSha256));
  const first = await withFirstPolicy(place, fleet, loadCheckpoint);
  if (checkpoint === undefined) return first;
  return {...first, weights: await policyWeights(place, fleet, checkpoint, first.config)};
};
