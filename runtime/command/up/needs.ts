/** What a fleet needs of this machine: what learns, memory and disk, in lines for a person. */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {TerminalError} from '../../errors.js';
import {RESUMABLE_STEPS} from '../../fleet/checkpoints/checkpoints.js';
import {cacheFor} from '../../fleet/file/cache-memory.js';
import {learnerMemory, learnerNeeds} from '../../fleet/file/learner-memory.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {DEFAULT_KEPT_BYTES} from '../../learning/memory.js';
import {expectedMemoryBytes, memoryLine} from '../../learning/memory-plan.js';
import {sizeText} from '../../memory-size.js';
import {readModelConfig} from '../../model/files/config.js';
import {cacheLine} from '../../model/generation/cache-memory.js';

/** Estimates by count; none where the policy cannot be read, which is another line's complaint. */
export const needsOf = async (fleet: Fleet): Promise<string[]> => {
  const {policy, training} = fleet;
  if (!existsSync(join(policy.model, 'config.json'))) return [];
  try {
    const config = await readModelConfig(policy.model);
    // The one that takes the least; `tensorflow` takes 0.3 GB more a process.
    const needs = learnerNeeds(fleet, config, 'onnx');
    const weightBytes = Math.max(needs.frozenBytes, needs.learnedBytes);
    const plan = learnerMemory(fleet, config, 'onnx');
    const memory =
      plan === undefined
        ? `about ${sizeText(expectedMemoryBytes(needs, DEFAULT_KEPT_BYTES, training.batchSize))}`
        : memoryLine(plan);
    return [
      `trains     ${parametersText(needs.learnedBytes)} of ${parametersText(weightBytes)} parameters`,
      `memory     each learner ${memory}; ${sizeText(weightBytes)} of weights in each sampler, reference and evaluator`,
      `cache      each sampler ${cacheLine(config, cacheFor(policy, config, fleet.actors.sampler.batchSize))}`,
      `disk       ${diskText(training, needs.learnedBytes)}`,
    ];
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    // A model that is not supported, targets that it does not have, too little memory: `lackingOf` says which.
    return [];
  }
};

const parametersText = (bytes: number): string => {
  const parameters = bytes / Float32Array.BYTES_PER_ELEMENT;
  if (parameters < 1e6) return `${Math.round(parameters / 1e3)}K`;
  return parameters < 1e9 ? `${(parameters / 1e6).toFixed(1)}M` : `${(parameters / 1e9).toFixed(1)}B`;
};

/** A checkpoint is what learns; what is gone on from has the optimizer's state beside it; the server holds the newest ones too. */
const diskText = ({steps, checkpointEverySteps, keep}: Fleet['training'], learnedBytes: number): string => {
  const all = Math.max(1, Math.ceil(steps / checkpointEverySteps));
  const kept =
    keep === undefined ? all : Math.min(all, keep.last + keep.best + (keep.every === undefined ? 0 : all));
  const total = (2 * kept + 2 * RESUMABLE_STEPS) * learnedBytes;
  return `${sizeText(learnedBytes)} a checkpoint, ${kept} of them; about ${sizeText(total)} with the copies on the server and the optimizer’s state`;
};
