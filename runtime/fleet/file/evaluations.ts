/** The suites of a fleet: what each is called, and which of them says what the best checkpoint is. Pure. */
import {filesOfSuite, isLowerBetter, SCORE} from '../../suites/suites.js';
import type {Fleet} from './schema.js';

type Evaluated = Pick<Fleet, 'evaluation'>;
/** A suite as fleet.yaml has it under `evaluation`. */
export type Evaluation = Exclude<NonNullable<Fleet['evaluation']>, readonly unknown[]>;

/** In the order of the file; none where no checkpoint is scored. */
export const evaluationsOf = ({evaluation}: Evaluated): readonly Evaluation[] =>
  evaluation === undefined ? [] : Array.isArray(evaluation) ? evaluation : [evaluation];

/** The path of a fleet's keys to one of them: a single one stands under `evaluation` itself. */
export const evaluationPath = ({evaluation}: Evaluated, place: number): (string | number)[] =>
  Array.isArray(evaluation) ? ['evaluation', place] : ['evaluation'];

export const nameOfEvaluation = ({name, suite}: Pick<Evaluation, 'name' | 'suite'>): string => name ?? suite;

export const seedOfEvaluation = ({seed}: Pick<Evaluation, 'seed'>, fleet: Pick<Fleet, 'seed'>): number =>
  seed ?? fleet.seed;

/** The files and folders that the suites of a fleet name, by the keys that do. */
export const evaluationFiles = (
  fleet: Evaluated,
): {readonly path: readonly (string | number)[]; readonly file: string}[] =>
  evaluationsOf(fleet).flatMap((evaluation, place) =>
    filesOfSuite(evaluation).map(({key, file}) => ({path: [...evaluationPath(fleet, place), key], file})),
  );

/** The fleet with these files in the place of those. */
export const withEvaluationFiles = <F extends Evaluated>(fleet: F, change: (file: string) => string): F => {
  const {evaluation} = fleet;
  if (evaluation === undefined) return fleet;
  const changed = (each: Evaluation): Evaluation => ({
    ...each,
    ...Object.fromEntries(filesOfSuite(each).map(({key, file}) => [key, change(file)])),
  });
  return {...fleet, evaluation: Array.isArray(evaluation) ? evaluation.map(changed) : changed(evaluation)};
};

/** By what checkpoints are compared. */
export interface Deciding {
  /** What the suite is called. */
  readonly name: string;
  /** Of its metrics; the score itself where undefined. */
  readonly metric: string | undefined;
  readonly better: 'higher' | 'lower';
}

/** What says which checkpoint is the best; undefined where none is scored. */
export const decidingOf = (fleet: Evaluated): Deciding | undefined => {
  const all = evaluationsOf(fleet);
  const chosen = all.find(({best = false}) => best !== false) ?? all[0];
  if (chosen === undefined) return undefined;
  const {best, suite} = chosen;
  const name = nameOfEvaluation(chosen);
  if (typeof best !== 'object') return {name, metric: undefined, better: 'higher'};
  const {metric, better = isLowerBetter(suite, metric) ? 'lower' : 'higher'} = best;
  return {name, metric: metric === SCORE ? undefined : metric, better};
};
