/** Runs that are compared, from their folders. */
import {join} from 'node:path';
import {chartsOf} from '../../dashboard/html/curves.js';
import {readRunFiles} from '../../dashboard/read/run-files.js';
import {TerminalError} from '../../errors.js';
import {readOptionalText} from '../../json/json-file.js';
import type {Compared, ComparedRun} from '../../tables/compared.js';
import {type GradesById, pairedDifference, settingDifferences} from '../../tables/comparison.js';
import {readItemGrades} from '../grid/read-cells.js';
import {runFolderOf} from '../options/run-folder-of.js';
import type {ItemGrades} from '../replay/replay-folder.js';

/** @throws TerminalError where there are fewer than two, one is there twice, or is no run's folder. */
export const readCompared = async (given: readonly string[]): Promise<Compared> => {
  const folders = given.map(runFolderOf);
  if (folders.length < 2) throw new TerminalError('compare: two runs at least; give another one');
  const twice = given.find((_, index) => folders.indexOf(folders[index] ?? '') !== index);
  if (twice !== undefined) throw new TerminalError(`compare: ${twice} is there twice; leave one out`);
  const read = await Promise.all(folders.map(readRun));
  const [first] = read;
  if (first === undefined) throw new TerminalError('compare: no run');
  const runs = read.map((each, index): ComparedRun => {
    const {run, objective, scores, base, best, last, curves} = each;
    const against = (of: 'best' | 'last') =>
      index === 0 ? undefined : differenceOf(each.grades[of], first.grades[of], each.weights);
    return {
      run,
      objective,
      scores,
      base,
      best,
      last,
      curves,
      againstFirst: {best: against('best'), last: against('last')},
    };
  });
  const suites = [...new Set(read.map(({suite}) => suite ?? 'none'))];
  return {
    runs,
    suites,
    settings: settingDifferences(read.map(({settings}) => settings)),
  };
};

const differenceOf = (
  one: GradesById | undefined,
  other: GradesById | undefined,
  weights: ReadonlyMap<string, number>,
) => (one === undefined || other === undefined ? undefined : pairedDifference(one, other, weights));

const readRun = async (folder: string) => {
  const files = await readRunFiles(folder);
  const scores = files.scores.map(({step, score, suite}) => ({step, score, suite}));
  const trained = scores.filter(({step}) => step > 0);
  const best = trained.reduce<(typeof trained)[number] | undefined>(
    (most, each) => (most === undefined || each.score > most.score ? each : most),
    undefined,
  );
  const last = trained.at(-1);
  const items = await readItemGrades(folder);
  const at = (step: number | undefined): GradesById | undefined => {
    const line = items.findLast((each) => each.step === step);
    return line && gradesOf(line);
  };
  const fleet = await readOptionalText(join(folder, 'fleet.json'));
  return {
    run: files.run,
    objective: files.steps.at(-1)?.objective ?? null,
    suite: last?.suite,
    scores: scores.map(({step, score}) => ({step, score})),
    base: scores.find(({step}) => step === 0)?.score ?? null,
    best: best === undefined ? null : {step: best.step, score: best.score},
    last: last === undefined ? null : {step: last.step, score: last.score},
    grades: {best: at(best?.step), last: at(last?.step)},
    weights: new Map(items.flatMap(weightsOf)),
    curves: chartsOf(files),
    settings: fleet === undefined ? {} : (JSON.parse(fleet) as unknown),
  };
};

/** With the suite's name: an item of another suite is another item. */
const gradesOf = ({suite, ids, grades}: ItemGrades): GradesById =>
  new Map(
    ids.flatMap((id, index) => {
      const grade = grades[index];
      return typeof grade === 'number' ? [[`${suite} ${id}`, grade]] : [];
    }),
  );

/** Of a suite whose items do not all count once. */
const weightsOf = ({suite, ids, weights = []}: ItemGrades): [string, number][] =>
  weights.map((weight, index) => [`${suite} ${ids[index]}`, weight]);
