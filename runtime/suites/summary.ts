/** What the grades of a suite come to. Pure. */
import {type Estimate, meanOf, type Weighted} from './estimate.js';
import type {Graded} from './grade.js';

/** A row of a table: a part of the items, and what it came to. */
export interface SummaryRow {
  readonly name: string;
  /** Items of the part, copies counted. */
  readonly total: number;
  /** Undefined where none of them has a score. */
  readonly estimate: Estimate | undefined;
}

export interface Summary {
  /** From 0 to 1, what a fleet follows; undefined where no item has a score. */
  readonly score: Estimate | undefined;
  /**
   * Where the score is no mean of the grades: of each graded item a number, NaN where it has none, whose mean, each as often as its
   * item counts, is the score, and whose spread over the items is the score's (jackknife pseudo-values, or their first order).
   */
  readonly pseudoValues?: () => readonly number[];
  /** By name, in the suite's own units. */
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** The parts of the items, in the order in which they are shown. */
  readonly rows?: readonly SummaryRow[];
  /** What else was worked out, such as weights of a fit. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Files for others to read, by name: an array is written as JSON. */
  readonly files?: Readonly<Record<string, readonly object[]>>;
  /** Lines for a person, such as what a number cannot be compared with. */
  readonly notes?: readonly string[];
}

interface Counted {
  readonly weight?: number;
}

/** The scores that there are, with how often each counts. */
export const scoresOf = (graded: readonly Graded<Counted>[]): Weighted[] =>
  graded.flatMap(({item: {weight = 1}, grade: {score}}) =>
    score === undefined ? [] : [{value: score, weight}],
  );

/** A number from the details of each grade that has it, with how often that counts. */
export const detailsOf = (graded: readonly Graded<Counted>[], name: string): Weighted[] =>
  graded.flatMap(({item: {weight = 1}, grade: {details}}) => {
    const value = details?.[name];
    return typeof value === 'number' ? [{value, weight}] : [];
  });

/** The estimates by name, without those that there are none of. */
export const metricsOf = <N extends string>(
  estimates: Readonly<Record<N, Estimate | undefined>>,
): Readonly<Record<string, Estimate>> =>
  Object.fromEntries(
    Object.entries<Estimate | undefined>(estimates).flatMap(([name, estimate]) =>
      estimate === undefined ? [] : [[name, estimate]],
    ),
  );

/** The mean score. */
export const meanSummary = (graded: readonly Graded<Counted>[], name = 'score'): Summary => {
  const score = meanOf(scoresOf(graded), name);
  return {score, metrics: metricsOf({[name]: score})};
};

/** The mean score of each part of the items, in the order of `names` and then of their first items. */
export const rowsBy = <I extends Counted>(
  graded: readonly Graded<I>[],
  nameOf: (item: I) => string,
  names: readonly string[] = [],
): SummaryRow[] => {
  const parts = new Map<string, Graded<I>[]>();
  for (const each of graded) {
    const name = nameOf(each.item);
    parts.set(name, [...(parts.get(name) ?? []), each]);
  }
  const order = [
    ...names.filter((name) => parts.has(name)),
    ...[...parts.keys()].filter((name) => !names.includes(name)),
  ];
  return order.map((name) => {
    const part = parts.get(name) ?? [];
    const total = part.reduce((sum, {item: {weight = 1}}) => sum + weight, 0);
    return {name, total, estimate: meanOf(scoresOf(part), name)};
  });
};
