/** A run of `anchorage train`, from its files to the model that it leaves. */
import {type FileHandle, open} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import * as z from 'zod';
import {messageOf, TerminalError} from '../../../errors.js';
import {memoryLine} from '../../../learning/memory-plan.js';
import {type TrainingRow, trainingRows} from '../../../learning/offline.js';
import {forkOf} from '../../../learning/packing/row-layout.js';
import {digestOf, type EncodedPairLine, type EncodedPairs} from '../../../learning/pairs/encoded-pairs.js';
import type {PairLogps} from '../../../learning/pairs/references.js';
import {type TrainingPlan, trainingPlan} from '../../../learning/training-plan.js';
import {ensureFolder} from '../../../machine/ensure-folder.js';
import type {Adapter} from '../../../model/files/adapter.js';
import {filesOf} from '../../../sources/split.js';
import {interruptible} from '../interruptible.js';
import {requireDistinct} from '../output/distinct-files.js';
import {checkpointFolder, forgetEmptyOutput, METRICS_FILE, prepareOutput} from '../output/output-folder.js';
import {openPolicy, type Policy} from '../policy-options.js';
import {policyLogps, readPairsFor} from '../policy-pairs.js';
import {type ProgressLine, progressLine} from '../progress-line.js';
import {
  checkLearnerOptions,
  memoryOf,
  type OfflineLearner,
  openAdapter,
  openLearner,
} from './offline-learner.js';
import {paceOf} from './pace.js';
import {promote} from './promotion.js';
import {completeSave, findSave, optimizerOf, type ResumePoint, type RunSource} from './resume-point.js';
import {checkTogether, type TrainOptions, warmupSteps} from './train-options.js';

type References = ReadonlyMap<EncodedPairLine, PairLogps>;

interface Run {
  readonly options: TrainOptions;
  readonly policy: Policy;
  readonly adapter: Adapter | undefined;
  readonly data: EncodedPairs;
  readonly plan: TrainingPlan;
  readonly source: RunSource;
  /** Undefined where it begins. */
  readonly from: ResumePoint | undefined;
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
    await filesOf({path: options.pairs, split: options.split, keys: '--'});
    await prepareOutput(options.out, options.resume);
    const progress = progressLine();
    try {
      const policy = await openPolicy(options, 'training', signal);
      for (const line of policy.lines) progress.print(line);
      // Before the pairs are read and scored, which may take hours: what is wrong with these shows at once.
      const adapter = await openAdapter(policy.model, options);
      const metrics = await openMetrics(options.metrics ?? join(options.out, METRICS_FILE));
      try {
        const data = await readPairsFor(policy, options, progress);
        const plan = planOf(options, data);
        const source = {
          weightsSha256: policy.model.weightsSha256,
          pairsSha256: digestOf(data.pairs),
        };
        const from = options.resume ? await findSave(options.out, options, source) : undefined;
        if (from === undefined) await prepareOutput(options.out);
        if (from !== undefined && from.step >= plan.steps) {
          // A kill may have come after the last save, and before it was in its place.
          if (from.folder !== options.out) await promote(from.folder, options.out, 'goes');
          progress.print(`done       ${options.out} has all ${plan.steps} steps`);
          return true;
        }
        await keepRows(metrics, from?.step ?? 0);
        return await train({options, policy, adapter, data, plan, source, from, metrics, progress, signal});
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
  const {options, policy, adapter, data, plan, from, progress} = run;
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
    if (from !== undefined) {
      await learner.restore(from.folder, await optimizerOf(from), from.step);
      progress.print(`resumed    after step ${from.step} of ${plan.steps}, from ${from.folder}`);
    }
    const step = await takeSteps(run, learner, references);
    const folder = checkpointFolder(options.out, step);
    if (isSavedAt(run, step)) await promote(folder, options.out, 'stays');
    else {
      await saveTo(run, learner, {folder, step});
      await promote(folder, options.out, 'goes');
    }
    progress.print(`saved      ${options.out}`);
    if (step < plan.steps)
      progress.print(`stopped after step ${step} of ${plan.steps}, as asked; --resume goes on`);
    return step === plan.steps;
  } finally {
    await learner.dispose();
  }
};

/** Whether `--save-every` has a checkpoint of the step. */
const isSavedAt = ({options: {saveEvery}, plan}: Run, step: number): boolean =>
  saveEvery !== undefined && step % saveEvery === 0 && step < plan.steps;

/** Writes a folder that can be gone on from. */
const saveTo = async (
  {options, source, plan}: Run,
  learner: OfflineLearner,
  {folder, step}: ResumePoint,
): Promise<void> => {
  await learner.save(folder);
  const optimizer = step < plan.steps ? {optimizer: await learner.optimizerState()} : {};
  await completeSave(folder, {options, source, step, ...optimizer});
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

/** The number of steps taken, those before included. */
const takeSteps = async (run: Run, learner: OfflineLearner, references: References): Promise<number> => {
  const {options, data, plan, from, metrics, progress, signal} = run;
  const {takeStep} = learner;
  const pace = paceOf(plan.steps);
  let done = from?.step ?? 0;
  let text = '';
  // The first step compiles, and one that is waited for may take minutes: until it is there this is all to see.
  const showUnderWay = (): void => progress.show(`step       ${done + 1} of ${plan.steps} is under way`);
  const onStop = (): void => {
    progress.print('stopping   after the step under way, and saves; a second Ctrl-C ends at once, unsaved');
    showUnderWay();
  };
  signal.addEventListener('abort', onStop, {once: true});
  showUnderWay();
  for await (const row of trainingRows({plan, pairs: data.pairs, references, takeStep, from: done})) {
    await metrics.appendFile(`${JSON.stringify(row)}\n`);
    const {step} = row;
    done = step;
    text = `${rowText(row, plan)}; ${pace(row)}`;
    progress.show(text);
    if (isSavedAt(run, step)) {
      const folder = checkpointFolder(options.out, step);
      await saveTo(run, learner, {folder, step});
      progress.print(`saved      ${folder}`);
    }
    if (signal.aborted) break;
  }
  signal.removeEventListener('abort', onStop);
  progress.print(text);
  return done;
};

const openMetrics = async (path: string): Promise<FileHandle> => {
  try {
    await ensureFolder(dirname(path));
    return await open(path, 'a+');
  } catch (error) {
    throw new TerminalError(`--metrics ${path}: ${messageOf(error)}; give a file that can be written`);
  }
};

/** Leaves the rows of steps up to `last`: those after it are taken again. */
const keepRows = async (metrics: FileHandle, last: number): Promise<void> => {
  let kept = 0;
  if (last > 0) {
    const text = await metrics.readFile('utf8');
    for (const line of text.split('\n').slice(0, -1)) {
      if (stepOf(line) > last) break;
      kept += Buffer.byteLength(line) + 1;
    }
  }
  await metrics.truncate(kept);
};

/** Infinity where a line is no row: a kill may have left a part of one. */
const stepOf = (line: string): number => {
  try {
    return rowSchema.parse(JSON.parse(line)).step;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};
const rowSchema = z.looseObject({step: z.int().positive()});

const rowText = (row: TrainingRow, {steps}: TrainingPlan): string =>
  [
    `step       ${row.step} of ${steps}`,
    `loss ${row.loss.toFixed(4)}`,
    `margin ${row['rewards/margins'].toFixed(4)}`,
    `accuracy ${row['rewards/accuracies'].toFixed(2)}`,
  ].join(', ');
