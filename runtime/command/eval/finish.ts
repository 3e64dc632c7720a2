/** Where an evaluation works, and how it ends. */
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {holdRun} from '../../fleet/run/hold.js';
import {folderHold} from '../../fleet/run/hold-stores.js';
import {writeWholeJson} from '../../machine/whole-file.js';
import {unscoredIn} from '../../suites/grade.js';
import type {Summary} from '../../suites/summary.js';
import type {EvalOptions, Running} from './eval-options.js';
import type {Evaluated, KeptItem} from './evaluate.js';
import {resultLines} from './result.js';
import {beginIn, makeFolder, type Settings} from './settings.js';

/** Works in the evaluation's folder, alone. */
export const inFolder = async (
  {out}: Pick<EvalOptions, 'out'>,
  settings: Settings,
  work: (folder: string) => Promise<boolean>,
): Promise<boolean> => {
  await makeFolder(out);
  const hold = await holdRun(folderHold(out), `in ${out}`, {choice: '--out'});
  try {
    await beginIn(out, settings);
    return await work(out);
  } finally {
    await hold.release();
  }
};

/** Says and writes the result; of one that was asked to stop, how far it is. */
export const finish = async <I extends {readonly weight?: number}>(
  {options: {out, limit}, progress}: Pick<Running, 'options' | 'progress'>,
  evaluated: Evaluated<I>,
  facts: Settings,
): Promise<boolean> => {
  if (evaluated.kind === 'stopped') {
    progress.print(`stopped, as asked, after ${evaluated.done} items; the same command goes on`);
    return false;
  }
  const {graded, summary} = evaluated;
  const unscored = unscoredIn(graded);
  await writeResult(out, graded, summary, {...facts, ...(limit === undefined ? {} : {limit}), unscored});
  for (const line of resultLines(summary, unscored)) progress.print(line);
  progress.print(`written    ${join(out, 'result.json')}, and each item in ${join(out, 'items.jsonl')}`);
  return true;
};

/** items.jsonl, the suite's own files, and result.json last: where it is, all is. */
const writeResult = async <I extends object>(
  folder: string,
  graded: readonly KeptItem<I>[],
  {files = {}, ...summary}: Summary,
  facts: Settings,
): Promise<void> => {
  const lines = graded.map((each, place) => `${JSON.stringify(lineOf(each, place))}\n`);
  await writeFile(join(folder, 'items.jsonl'), lines.join(''));
  for (const [name, rows] of Object.entries(files)) await writeWholeJson(join(folder, name), rows);
  await writeWholeJson(join(folder, 'result.json'), {...facts, ...summary, score: summary.score ?? null});
};

const lineOf = <I extends object>(
  {item, grade: {score, unscored, details}, answers, finishReasons, likelihoods}: KeptItem<I>,
  place: number,
): object => ({
  item: place,
  ...item,
  score: score ?? null,
  unscored,
  answers,
  finish_reasons: finishReasons?.length === 0 ? undefined : finishReasons,
  likelihoods,
  ...details,
});
