/** How a folder of weights was made, as far as its run or `anchorage train` has written it down. No path of this machine is in it. */
import {existsSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import * as z from 'zod';
import {askers} from '../../actors.js';
import {type RunFiles, readRunFiles} from '../../dashboard/read/run-files.js';
import {summarize} from '../../dashboard/summary.js';
import {recipesOf} from '../../datasets.js';
import {objectiveText} from '../../fleet/control/run-objective.js';
import {pinnedBy, readHubName} from '../../hub/hub-name.js';
import {readJson} from '../../json/json-file.js';
import {scoresPairs} from '../../suites/suites.js';

export interface Made {
  /** `ORG/NAME` of the model that was trained; undefined where it is only a folder here. */
  readonly base: string | undefined;
  readonly baseCommit: string | undefined;
  /** Data sets on the Hub. */
  readonly datasets: readonly string[];
  /** Words by which others look for it: the objective, the recipes. */
  readonly tags: readonly string[];
  readonly facts: readonly (readonly [label: string, value: string | undefined])[];
  readonly scores: readonly (readonly [label: string, value: string | undefined])[];
}

export const UNKNOWN_MADE: Made = {
  base: undefined,
  baseCommit: undefined,
  datasets: [],
  tags: [],
  facts: [],
  scores: [],
};

/** The run that a checkpoint lies in, or is; undefined where there is none. */
export const runOf = (folder: string): string | undefined => {
  const path = resolve(folder);
  return [path, dirname(path), dirname(dirname(path))].find((each) =>
    ['run.json', 'fleet.json'].every((file) => existsSync(join(each, file))),
  );
};

/** The folder that a run's stands for: its best checkpoint by score, or else its last; any other folder for itself. */
export const weightsFolder = async (folder: string): Promise<string> => {
  if (runOf(folder) !== resolve(folder)) return folder;
  const {best_checkpoint: best, last_checkpoint: last} = summarize(await readRunFiles(folder));
  return [best, last].find((place) => place !== null && place.step > 0)?.folder ?? folder;
};

/** What is known of a folder. */
export const madeOf = async (folder: string): Promise<Made> => {
  const run = runOf(folder);
  if (run !== undefined) return madeInRun(run, folder);
  const training = join(folder, 'training.json');
  return existsSync(training) ? madeByTrain(training) : UNKNOWN_MADE;
};

const madeInRun = async (run: string, folder: string): Promise<Made> => {
  const files = await readRunFiles(run);
  const summary = summarize(files);
  const {fleet, checkpoints, scores} = files;
  const checkpoint = checkpoints.find((each) => resolve(run, each.folder) === resolve(folder));
  const score = scores.find((each) => each.policy_version === checkpoint?.policy_version);
  const policy = fleet && pinnedBy(fleet.policy.model);
  const prompts = fleet && 'file' in fleet.prompts ? pinnedBy(fleet.prompts.file)?.repository : undefined;
  const recipes = fleet === undefined ? [] : recipesOf(fleet).map(({name}) => name);
  const objectives = summary.objectives.map(
    ({name, beta, settings, from_step: from}) =>
      `${objectiveText({name, beta: beta ?? 0, settings})}${summary.objectives.length > 1 ? ` from step ${from}` : ''}`,
  );
  const asked = askers.flatMap((actor) => {
    const model = fleet?.actors[actor]?.model;
    return model === undefined ? [] : [`${actor} ${model}`];
  });
  const training = fleet?.training;
  return {
    base: policy?.repository,
    baseCommit: policy?.commit,
    datasets: prompts === undefined ? [] : [prompts],
    tags: [...new Set([...summary.objectives.map(({name}) => name), ...recipes])],
    facts: [
      ['Objective', objectives.join('; ') || (fleet && objectiveText(fleet.objective))],
      ['Recipe of the pairs', recipes.join(', ') || undefined],
      ['Models asked', asked.join(', ') || undefined],
      ['Pairs', pairsText(files, checkpoint?.step)],
      ['Step', checkpoint && `${checkpoint.step} of ${training?.steps ?? summary.steps}`],
      [
        'Batch',
        training &&
          `${training.batchSize} pairs, ${training.epochs === 1 ? '1 epoch' : `${training.epochs} epochs`}`,
      ],
      ['Learning rate', fleet && `${fleet.objective.learningRate} at its peak, falling linearly`],
      [
        'LoRA',
        training?.lora &&
          `rank ${training.lora.rank}, alpha ${training.lora.alpha ?? 2 * training.lora.rank}`,
      ],
      ['Seed', fleet && String(fleet.seed)],
      ['Backend', summary.backend ?? undefined],
    ],
    scores:
      score === undefined
        ? []
        : [
            ['Suite', `${score.suite}, ${score.items} items`],
            ['Before training', summary.base_score === null ? undefined : shown(summary.base_score)],
            [
              scoresPairs(score.suite)
                ? 'Held-out pairs in which chosen has the higher reward'
                : 'This checkpoint',
              shown(score.score),
            ],
            ['Margin', score.margin === undefined ? undefined : `${score.margin.toFixed(3)} nats`],
          ],
  };
};

const pairsText = ({pairs, steps}: RunFiles, step: number | undefined): string => {
  const trained = steps.find((row) => row.step === step)?.pairs;
  return `${pairs.count} made${trained === undefined ? '' : `; by this step ${trained} were trained on, each once an epoch`}`;
};

const shown = (score: number): string => score.toFixed(3);

const trainingSchema = z.looseObject({
  step: z.int(),
  model: z.string(),
  pairs: z.string(),
  objective: z.string(),
  beta: z.number().optional(),
  setting: z.record(z.string(), z.number()).default({}),
  learningRate: z.number(),
  optimizer: z.string(),
  schedule: z.string(),
  batch: z.int(),
  seed: z.int(),
  lora: z.int().optional(),
  loraAlpha: z.number().optional(),
});

const madeByTrain = async (file: string): Promise<Made> => {
  const made = await readJson(file, trainingSchema);
  const model = existsSync(made.model) ? pinnedBy(resolve(made.model)) : undefined;
  const named = existsSync(made.model) ? undefined : readHubName(made.model);
  const pairs = existsSync(made.pairs) ? undefined : readHubName(made.pairs);
  const {objective, beta = 0, setting: settings} = made;
  return {
    base: model?.repository ?? named?.repository,
    baseCommit: model?.commit,
    datasets: pairs === undefined ? [] : [pairs.repository],
    tags: [objective],
    facts: [
      ['Objective', objectiveText({name: objective, beta, settings})],
      ['Step', String(made.step)],
      ['Batch', `${made.batch} pairs`],
      ['Optimizer', `${made.optimizer}, learning rate ${made.learningRate} at its peak, ${made.schedule}`],
      [
        'LoRA',
        made.lora === undefined ? undefined : `rank ${made.lora}, alpha ${made.loraAlpha ?? 2 * made.lora}`,
      ],
      ['Seed', String(made.seed)],
    ],
    scores: [],
  };
};
