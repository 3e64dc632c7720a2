/** A run of `anchorage train`, from its files to the model that it leaves. */
import {type FileHandle, mkdir, open, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {messageOf, TerminalError} from '../../errors.js';
import type {EncodedPairLine, EncodedPairs} from '../../learning/encoded-pairs.js';
import {forkOf} from '../../learning/layout.js';
import {memoryLine} from '../../learning/memory-plan.js';
import {type TrainingRow, trainingRows} from '../../learning/offline.js';
import type {PairLogps} from '../../learning/references.js';
import {type TrainingPlan, trainingPlan} from '../../learning/training-plan.js';
import type {Adapter} from '../../model/adapter.js';
import {requireDistinct} from './distinct-files.js';
import {interruptible} from './interruptible.js';
import {
  checkLearnerOptions,
  memoryOf,
  type OfflineLearner,
  openAdapter,
  openLearner,
} from './offline-learner.js';
import {checkpointFolder, forgetEmptyOutput, METRICS_FILE, prepareOutput, saveInto} from './output-folder.js';
import {openPolicy, type Policy} from './policy-options.js';
import {policyLogps, readPairsFor} from './policy-pairs.js';
import {type ProgressLine, progressLine} from './progress-line.js';
import {checkTogether, type TrainOptions, warmupSteps} from './train-options.js';

type References = ReadonlyMap<EncodedPairLine, PairLogps>;

interface Run {
  readonly options: TrainOptions;
  readonly policy: Policy;
  readonly adapter: Adapter | undefined;
  readonly data: EncodedPairs;
  readonly plan: TrainingPlan;
  readonly metrics: FileHandle;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

/** Trains and saves; resolves to the exit code. Where it is asked to end, the step under way is the last, and is saved. */
export const runTrain = (options: TrainOptions): Promise<number> =>
  interruptible(async (signal) => {
    checkTogether(options);
    checkLearnerOptions(options);
    if (options.metrics !== undefined)
      await requireDistinct(['--metrics', options.metrics], ['--pairs', options.pairs]);
    await prepareOutput(options.out);
    const progress = progressLine();
    try {
      const policy = await openPolicy(options, 'training');
      for (const line of policy.lines) progress.print(line);
      // Before the pairs are read and scored, which may take hours: what is wrong with these shows at once.
      const adapter = await openAdapter(policy.model, options);
      const metrics = await openMetrics(options.metrics ?? join(options.out, METRICS_FILE));
      try {
        const data = await readPairsFor(policy, options.pairs, progress);
        const plan = planOf(options, data);
        return await train({options, policy, adapter, data, plan, metrics, progress, signal});
      } finally {
        await metrics.close();
      }
    } finally {
      progress.end();
      await forgetEmptyOutput(options.out);
    }
  });

const planOf = (options: TrainOptions, {pairs}: EncodedPairs): TrainingPlan => {
  const {steps, epochs = 1, batch: batchSize, shuffle, seed} = options;
  const length = steps === undefined ? {epochs} : {steps};
  return trainingPlan({pairs: pairs.length, batchSize, length, shuffle, seed});
};

const train = async (run: Run): Promise<boolean> => {
  const {options, policy, adapter, data, plan, progress} = run;
  // Before the reference's pass, which may take hours.
  const longestPair = data.pairs.reduce((most, pair) => Math.max(most, forkOf(pair).length), 0);
  const memory = memoryOf(options, {...policy, adapter, longestPair});
  progress.print(`memory     ${memoryLine(memory)}`);
  const needs = {
    memory,
    adapter,
    steps: plan.steps,
    warmupSteps: warmupSteps(options, plan.steps),
    maxTokens: data.longest,
  };
  const references = await referencesOf(run);
  if (references === undefined) {
    progress.print('stopped before the first step; what was scored is kept');
    return false;
  }
  const learner = await openLearner(policy, options, needs);
  try {
    const step = await takeSteps(run, learner, references);
    await saveInto(options.out, (folder) => learner.save(folder));
    await writeFile(join(options.out, 'training.json'), `${JSON.stringify({...options, step}, null, 2)}\n`);
    progress.print(`saved      ${options.out}`);
    return step === plan.steps;
  } finally {
    await learner.dispose();
  }
};

/** Of all pairs that the plan takes; undefined where the run was asked to end. */
const referencesOf = async (run: Run): Promise<References | undefined> => {
  const {options, policy, data, plan, progress, signal} = run;
  const pairs = plan.taken().flatMap((index) => data.pairs[index] ?? []);
  try {
    return await policyLogps({policy, pairs, cache: options.cache, progress, signal});
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  }
};

/** The number of steps taken. */
const takeSteps = async (run: Run, learner: OfflineLearner, references: References): Promise<number> => {
  const {options, data, plan, metrics, progress, signal} = run;
  const {takeStep} = learner;
  const begun = performance.now();
  let last: TrainingRow | undefined;
  for await (const row of trainingRows({plan, pairs: data.pairs, references, takeStep})) {
    await metrics.appendFile(`${JSON.stringify(row)}\n`);
    last = row;
    progress.show(rowText(row, plan));
    const {step} = row;
    if (options.saveEvery !== undefined && step % options.saveEvery === 0 && step < plan.steps) {
      await learner.save(checkpointFolder(options.out, step));
      progress.print(`saved      ${checkpointFolder(options.out, step)}`);
    }
    if (signal.aborted) break;
  }
  if (last === undefined) return 0;
  const seconds = (performance.now() - begun) / 1000;
  progress.print(`${rowText(last, plan)}; ${seconds.toFixed(1)} s`);
  if (last.step < plan.steps) progress.print(`stopped after step ${last.step} of ${plan.steps}, as asked`);
  return last.step;
};

const openMetrics = async (path: string): Promise<FileHandle> => {
  try {
    await mkdir(dirname(path), {recursive: true});
    return await open(path, 'w');
  } catch (error) {
    throw new TerminalError(`--metrics ${path}: ${messageOf(error)}; give a file that can be written`);
  }
};

const rowText = (row: TrainingRow, {steps}: TrainingPlan): string =>
  [
    `step       ${row.step} of ${steps}`,
    `loss ${row.loss.toFixed(4)}`,
    `margin ${row['rewards/margins'].toFixed(4)}`,
    `accuracy ${row['rewards/accuracies'].toFixed(2)}`,
  ].join(', ');
