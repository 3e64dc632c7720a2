/** `anchorage replay`: the pairs of a run, in their order, trained by another objective. */
import {join, resolve} from 'node:path';
import {Command} from 'commander';
import {RUN_PATTERN} from '../../bus/channels/subjects.js';
import {writeReport} from '../../dashboard/report.js';
import {TerminalError} from '../../errors.js';
import {comparisonsOf, isAuto} from '../../fleet/anchor/settings.js';
import {withHubFiles} from '../../fleet/file/hub-files.js';
import {checkedFleet, readFleet} from '../../fleet/file/load.js';
import {hasLearner} from '../../fleet/file/pairs-only.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {RUNS_FOLDER} from '../../fleet/run/run-folder.js';
import {interruptible} from '../offline/interruptible.js';
import {progressLine} from '../offline/progress-line.js';
import {runFolderOf} from '../options/run-folder-of.js';
import {collect, collectSettings, positive, wholeFrom} from '../options/values.js';
import {type ReplaySource, readReplaySource, withHeldOut} from './replay-source.js';
import {runReplay, stepsOf} from './run-replay.js';

interface ReplayOptions {
  readonly objective: string;
  readonly beta?: number;
  readonly learningRate?: number;
  readonly setting: Readonly<Record<string, number>>;
  readonly run?: string;
  readonly fleet?: string;
  readonly set: readonly string[];
  readonly threads?: number;
}

export const replayCommand = (): Command =>
  new Command('replay')
    .argument('<run>', 'the run whose pairs are trained on: its id under ./runs, or its folder')
    .requiredOption('--objective <name>', 'what they are trained by; a name, or a weighted sum')
    .option('--beta <number>', "its strength; the run's unless given", positive)
    .option('--learning-rate <number>', "its peak; the run's unless given", positive)
    .option('--setting <name=number>', 'of the objective; may be given again', collectSettings, {})
    .option('--run <id>', 'names the new run; RUN-OBJECTIVE unless given')
    .option(
      '--fleet <file>',
      'whose training and evaluation hold instead of those of the run: for a run that made pairs alone',
    )
    .option('--set <key=value>', 'changes one key of that file; may be given again', collect, [])
    .option('--threads <number>', "for it; the learner's of the run unless given", wholeFrom(1))
    .addHelpText(
      'after',
      `
The new run is under ./runs, with its pairs, checkpoints, scores and report; replay.json says what it came from. Ctrl-C ends it
after the step under way; the same command goes on from the last checkpoint, also after a kill. The objective in force before counts for nothing: all
steps are taken by the one that is given.

Examples:
  anchorage replay first --objective dpo
  anchorage replay first --objective apo_down --beta 0.5 --run first-down
  anchorage replay pairs-only --fleet fleet.yaml --objective sft`,
    )
    .action(async (run: string, options: ReplayOptions) => {
      process.exitCode = await interruptible((signal) => replay(run, options, signal));
    });

const replay = async (of: string, options: ReplayOptions, signal: AbortSignal): Promise<boolean> => {
  const read = await readReplaySource(runFolderOf(of));
  const asked = fleetOf(await trainingOf(read, options), options);
  const source = withHeldOut(read, asked);
  // Of prompts that nobody counted, as many as the pairs fill: the replay's own file says so, and can be read again.
  const steps = asked.training.steps > 0 ? asked.training.steps : await stepsOf({source, fleet: asked});
  const fleet = {...asked, training: {...asked.training, steps}};
  const run = options.run ?? `${source.run}-${options.objective.replaceAll(/[^\w-]+/g, '-')}`;
  if (!RUN_PATTERN.test(run))
    throw new TerminalError(`--run ${run}: letters, digits, - and _ only, at most 64; give one`);
  const path = resolve(join(RUNS_FOLDER, run));
  if (path === resolve(source.folder))
    throw new TerminalError(`--run ${run}: is the run itself; give another`);
  const progress = progressLine();
  try {
    const isComplete = await runReplay({
      ...{source, fleet, run, path, progress, signal},
      threads: options.threads,
    });
    await writeReport(path);
    progress.print(
      isComplete
        ? `complete   ${path}: its report is in report.html${hasLearner(source.fleet) ? `; compare them with: anchorage compare ${source.run} ${run}` : ''}`
        : `stopped    as asked; the same command goes on`,
    );
    return isComplete;
  } finally {
    progress.end();
  }
};

const trainingOf = async (
  {fleet, run, folder}: Pick<ReplaySource, 'fleet' | 'run' | 'folder'>,
  {fleet: file, set}: ReplayOptions,
): Promise<Fleet> => {
  // A name on the Hub is the commit that the run's pairs are of.
  if (file !== undefined) return withHubFiles(file, await readFleet(file, set), join(folder, 'fleet.json'));
  if (set.length > 0)
    throw new TerminalError('--set: changes the file of --fleet; give that too, or leave it out');
  if (hasLearner(fleet)) return fleet;
  throw new TerminalError(
    `run ${run} made pairs alone, and says nothing of training; give --fleet fleet.yaml with objective, training and evaluation`,
  );
};

/** 0, of prompts that nobody counted, is nothing that a file may say. */
const withoutNoSteps = (fleet: Fleet): object => {
  const {steps, ...training} = fleet.training;
  return {...fleet, training: {...training, ...(steps > 0 && {steps})}};
};

/** @throws TerminalError naming the option of what no learner can have. */
const fleetOf = (fleet: Fleet, {objective: name, beta, learningRate, setting}: ReplayOptions): Fleet => {
  const replayed = checkedFleet(`--objective ${name}`, {
    ...withoutNoSteps(fleet),
    objective: {
      name,
      beta: beta ?? fleet.objective.beta,
      learningRate: learningRate ?? fleet.objective.learningRate,
      settings: setting,
    },
    // A judge that was there for the advice is none too many.
    ...(isAuto(fleet) ? {anchor: {comparisons: comparisonsOf(fleet)}} : {}),
  });
  if (isAuto(replayed))
    throw new TerminalError(
      '--objective auto: follows the advice of a live run, which a replay has none of; name apo_zero or apo_down',
    );
  return replayed;
};
