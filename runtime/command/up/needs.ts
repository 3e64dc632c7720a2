/** What a fleet needs of this machine: what learns, memory and disk, in lines for a person. */
import {existsSync} from 'node:fs';
import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import {isMissing, TerminalError} from '../../errors.js';
import {RESUMABLE_STEPS} from '../../fleet/checkpoints/checkpoints.js';
import {evaluatorCache, samplerCache} from '../../fleet/file/cache-memory.js';
import {evaluationsOf} from '../../fleet/file/evaluations.js';
import {learnerMemory, learnerNeeds} from '../../fleet/file/learner-memory.js';
import {hasLearner} from '../../fleet/file/pairs-only.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {evaluatorAsks, samplerAsks} from '../../fleet/fleet-actors.js';
import {DEFAULT_KEPT_BYTES} from '../../learning/batch-memory.js';
import {expectedMemoryBytes, memoryLine, scoringMemoryBytes} from '../../learning/memory-plan.js';
import {sizeText} from '../../machine/memory-size.js';
import {type ModelConfig, readModelConfig} from '../../model/files/config.js';
import {modelFilesOf} from '../../model/files/model-checkpoint.js';
import {parametersText} from '../../model/files/parameters.js';
import {cacheLine} from '../../model/generation/cache-memory.js';
import {generationMemoryBytes} from '../../model/generation/generation-memory.js';
import {measuresTexts} from '../../suites/suites.js';

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
    const policyBytes = await bytesOf(policy.model);
    if (!hasLearner(fleet)) return [`memory     ${othersText(fleet, config)}`, ...cacheLines(fleet, config)];
    return [
      `trains     ${parametersIn(needs.learnedBytes)} of ${parametersIn(weightBytes)} parameters`,
      `memory     each learner ${memory}; ${othersText(fleet, config)}`,
      ...cacheLines(fleet, config),
      `disk       ${diskText(training, needs.learnedBytes, policyBytes)}`,
    ];
  } catch (error) {
    if (!(error instanceof TerminalError || isMissing(error))) throw error;
    // Weights that are not there, a model that is not supported, targets that it does not have, too little memory: `lackingOf` says which.
    return [];
  }
};

/** What the other actors take that hold a model: at most, where weights change and all rows are full. */
const othersText = (fleet: Fleet, config: ModelConfig): string => {
  const {training} = fleet;
  const evaluations = evaluationsOf(fleet);
  // An adapter is added to the policy before training; what measures texts has weights of its own.
  const others = training.lora === undefined ? 0 : 1;
  const scoring = evaluations.some(measuresTexts) ? 1 : 0;
  const samplerBytes = (): number =>
    generationMemoryBytes(config, samplerCache(fleet, config), {backend: 'onnx', others});
  const scoringBytes = scoringMemoryBytes(config, learnerNeeds(fleet, config, 'onnx'));
  const evaluator =
    evaluatorAsks(fleet) === undefined
      ? `at most ${sizeText(
          generationMemoryBytes(config, evaluatorCache(fleet, config), {
            backend: 'onnx',
            others: others + scoring,
          }),
        )}`
      : `about ${sizeText(scoringBytes)}`;
  const evaluates = evaluations.length > 0 && (evaluatorAsks(fleet) === undefined || scoring > 0);
  return [
    ...(samplerAsks(fleet) === undefined ? [`each sampler at most ${sizeText(samplerBytes())}`] : []),
    `each reference about ${sizeText(scoringBytes)}`,
    ...(evaluates ? [`each evaluator ${evaluator}`] : []),
  ].join(', ');
};

const cacheLines = (fleet: Fleet, config: ModelConfig): string[] => [
  ...(samplerAsks(fleet) === undefined
    ? [`cache      each sampler ${cacheLine(config, samplerCache(fleet, config))}`]
    : []),
  ...(fleet.evaluation === undefined || evaluatorAsks(fleet) !== undefined
    ? []
    : [`cache      each evaluator ${cacheLine(config, evaluatorCache(fleet, config))}`]),
];

const parametersIn = (bytes: number): string => parametersText(bytes / Float32Array.BYTES_PER_ELEMENT);

/**
 * A checkpoint is what learns; what is gone on from has the optimizer's state beside it. The server holds the newest ones too,
 * and the policy before training, which machines without its folder take from there.
 */
const diskText = (
  {steps, checkpointEverySteps, keep, share}: Fleet['training'],
  learnedBytes: number,
  policyBytes: number,
): string => {
  const all = Math.max(1, Math.ceil(steps / checkpointEverySteps));
  const kept =
    keep === undefined ? all : Math.min(all, keep.last + keep.best + (keep.every === undefined ? 0 : all));
  const here = (kept + RESUMABLE_STEPS) * learnedBytes;
  const [total, what] =
    share === 'bus'
      ? [
          2 * here + policyBytes,
          'the copies on the server, one of the policy among them, and the optimizer’s state',
        ]
      : [here, 'the optimizer’s state'];
  return `${sizeText(learnedBytes)} a checkpoint, ${kept} of them; about ${sizeText(total)} with ${what}`;
};

const bytesOf = async (folder: string): Promise<number> => {
  const sizes = (await modelFilesOf(folder)).map(async (name) => (await stat(join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};
