/** What must hold of a run that ended, whatever was killed in it. Pure: from its logs alone. */
import type {Progress} from '../../runtime/fleet/progress.js';
import {type Logs, stepRowsOf} from './logs.js';

export interface Expected {
  readonly prompts: number;
  readonly epochs: number;
  readonly batchSize: number;
}

export interface Counts {
  /** Prompts that are neither a pair nor a rejection, and pairs that no checkpoint holds. */
  readonly lost: number;
  /** Prompts resolved more than once, and pairs trained more than once an epoch. */
  readonly twice: number;
  /** One line for each thing that is wrong. */
  readonly wrong: readonly string[];
}

const repeated = (ids: readonly string[]): string[] => ids.filter((id, index) => ids.indexOf(id) !== index);

export const countsOf = (
  logs: Logs,
  progress: Progress | undefined,
  {prompts, epochs, batchSize}: Expected,
): Counts => {
  const {pairs, rejections, checkpoints} = logs;
  const wrong: string[] = [];
  const ids = [...pairs, ...rejections].map(({promptId}) => promptId);
  const resolved = new Set(ids);
  const missing = Array.from({length: prompts}, (_, id) => String(id)).filter((id) => !resolved.has(id));
  const again = repeated(ids);
  if (missing.length > 0) wrong.push(`prompts not resolved: ${missing.join(' ')}`);
  if (again.length > 0) wrong.push(`prompts resolved again: ${again.join(' ')}`);
  const foreign = ids.filter((id) => !(Number(id) < prompts));
  if (foreign.length > 0) wrong.push(`prompts that were never asked: ${foreign.join(' ')}`);

  const last = checkpoints.at(-1);
  const steps = epochs * Math.ceil(pairs.length / batchSize);
  const trained = epochs * pairs.length;
  if (last?.final !== true) wrong.push('the last checkpoint is not the final one');
  if (last?.step !== steps) wrong.push(`the last checkpoint is of step ${last?.step}, not ${steps}`);
  if (last?.pairSequence !== pairs.length)
    wrong.push(`the last checkpoint holds pairs up to ${last?.pairSequence}, the log ${pairs.length}`);
  if (progress?.pairsTrained !== trained)
    wrong.push(`${progress?.pairsTrained} pairs are trained on, of ${trained}`);

  const after = pairsAfterSteps(pairs.length, epochs, batchSize);
  const rows = stepRowsOf(logs);
  for (const {step, pairs: said} of rows)
    if (said !== after[step - 1])
      wrong.push(`after step ${step}, ${said} pairs are trained on, not ${after[step - 1]}`);
  const untaken = after.flatMap((_, index) => (rows.some(({step}) => step === index + 1) ? [] : [index + 1]));
  // A row may be lost with the server that it was sent to; a step may not, which the weights show.
  const difference = (progress?.pairsTrained ?? 0) - trained;
  return {
    lost: missing.length + Math.max(0, -difference),
    twice: again.length + Math.max(0, difference),
    wrong: [...wrong, ...(untaken.length > steps / 2 ? [`no row of steps ${untaken.join(' ')}`] : [])],
  };
};

/** Pairs trained on after each step: each epoch's batches are full but for its last. */
export const pairsAfterSteps = (pairs: number, epochs: number, batchSize: number): number[] => {
  const perEpoch = Math.ceil(pairs / batchSize);
  return Array.from({length: epochs * perEpoch}, (_, index) => {
    const inEpoch = Math.min(((index % perEpoch) + 1) * batchSize, pairs);
    return Math.floor(index / perEpoch) * pairs + inEpoch;
  });
};
