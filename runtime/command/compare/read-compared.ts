/** Runs that are compared, from their folders. */
import {join} from 'node:path';
import {chartsOf} from '../../dashboard/html/curves.js';
import {type RunFiles, readRunFiles} from '../../dashboard/read/run-files.js';
import {bestScore, type SuiteScores} from '../../dashboard/read/suite-scores.js';
import {TerminalError} from '../../errors.js';
import {readOptionalText} from '../../json/json-file.js';
import type {Compared, ComparedScores} from '../../tables/compared.js';
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
  // What two fleets call alike may be different suites.
  const common = first.suites.filter((each) => read.every(({suites}) => suites.some(isSame(each))));
  const by = (suite: Called | undefined): ComparedScores[] => {
    const scored = read.map((run) => scoresIn(run, suite));
    return read.map(({run, objective}, index) => {
      const own = scored[index] ?? NO_SCORES;
      const against = (of: 'best' | 'last') =>
        index === 0 ? undefined : differenceOf(own.grades[of], scored[0]?.grades[of], own.weights);
      const {scores, base, best, last} = own;
      return {
        run,
        objective,
        scores,
        base,
        best,
        last,
        againstFirst: {best: against('best'), last: against('last')},
      };
    });
  };
  const [decides, ...others] = common;
  // Runs without a suite in common are shown each by its own.
  const runs = by(decides).map((each, index) => ({...each, curves: read[index]?.curves ?? []}));
  const suites = decides === undefined ? read.map(({suites: [own]}) => own && shown(own)) : [decides.name];
  return {
    runs,
    suites: [...new Set(suites.map((each) => each ?? 'none'))],
    others: others.map((each) => ({suite: each.name, runs: by(each)})),
    settings: settingDifferences(read.map(({settings}) => settings)),
  };
};

const differenceOf = (
  one: ItemGrades | undefined,
  other: ItemGrades | undefined,
  weights: ReadonlyMap<string, number>,
) => {
  if (one === undefined || other === undefined) return undefined;
  // A fleet's evaluator keeps grades alone.
  const of = one.pseudo_values && other.pseudo_values ? 'pseudo_values' : 'grades';
  return pairedDifference(byId(one, of), byId(other, of), weights);
};

/** What the fleet calls a suite, and its word. */
interface Called {
  readonly name: string;
  readonly suite: string;
}

const isSame =
  (one: Called) =>
  (other: Called): boolean =>
    one.name === other.name && one.suite === other.suite;

const shown = ({name, suite}: Called): string => (name === suite ? name : `${name}, a ${suite}`);

/** What a run came to by a suite, with its items. */
interface Scored extends Called, Pick<ComparedScores, 'scores' | 'base' | 'best' | 'last'> {
  readonly grades: {readonly best: ItemGrades | undefined; readonly last: ItemGrades | undefined};
  readonly weights: ReadonlyMap<string, number>;
}

const NO_SCORES: Scored = {
  ...{name: '', suite: '', scores: [], base: null, best: null, last: null, weights: new Map()},
  grades: {best: undefined, last: undefined},
};

/** By that suite, or by the run's first. */
const scoresIn = ({suites}: {readonly suites: readonly Scored[]}, suite: Called | undefined): Scored =>
  (suite === undefined ? suites[0] : suites.find(isSame(suite))) ?? NO_SCORES;

const readRun = async (folder: string) => {
  const files = await readRunFiles(folder);
  const suites = await Promise.all(files.suites.map((each) => readSuite(folder, files, each)));
  const fleet = await readOptionalText(join(folder, 'fleet.json'));
  return {
    run: files.run,
    objective: files.steps.at(-1)?.objective ?? null,
    suites,
    curves: chartsOf(files),
    settings: fleet === undefined ? {} : (JSON.parse(fleet) as unknown),
  };
};

const readSuite = async (
  folder: string,
  {fleet}: Pick<RunFiles, 'fleet'>,
  {name, scores}: SuiteScores,
): Promise<Scored> => {
  const trained = scores.filter(({step}) => step > 0);
  const best = bestScore({name, scores: trained}, fleet);
  const last = trained.at(-1);
  const items = await readItemGrades(folder, name);
  const at = (step: number | undefined) => items.findLast((each) => each.step === step);
  const scoreAt = ({step, score}: {readonly step: number; readonly score: number}) => ({step, score});
  return {
    name,
    suite: scores[0]?.suite ?? name,
    scores: scores.map(scoreAt),
    base: scores.find(({step}) => step === 0)?.score ?? null,
    best: best === undefined ? null : scoreAt(best),
    last: last === undefined ? null : scoreAt(last),
    grades: {best: at(best?.step), last: at(last?.step)},
    weights: new Map(items.flatMap(weightsOf)),
  };
};

/** With the suite's name: an item of another suite is another item. */
const byId = ({suite, ids, ...line}: ItemGrades, of: 'grades' | 'pseudo_values'): GradesById =>
  new Map(
    ids.flatMap((id, index) => {
      const grade = line[of]?.[index];
      return typeof grade === 'number' ? [[`${suite} ${id}`, grade]] : [];
    }),
  );

/** Of a suite whose items do not all count once. */
const weightsOf = ({suite, ids, weights = []}: ItemGrades): [string, number][] =>
  weights.map((weight, index) => [`${suite} ${ids[index]}`, weight]);
