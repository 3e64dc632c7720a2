/** Runs beside each other, as a text and a page show them. Pure. */
import type {Chart} from '../dashboard/html/svg.js';
import type {Difference, SettingDifference} from './comparison.js';

export interface ScoreAt {
  readonly step: number;
  /** From 0 to 1. */
  readonly score: number;
}

/** What a run came to by one suite. */
export interface ComparedScores {
  readonly run: string;
  readonly objective: string | null;
  readonly scores: readonly ScoreAt[];
  readonly base: number | null;
  readonly best: ScoreAt | null;
  readonly last: ScoreAt | null;
  /** The same checkpoint of the first run; undefined of the first itself, and where one has no grades by item. */
  readonly againstFirst: {readonly best: Difference | undefined; readonly last: Difference | undefined};
}

export interface ComparedRun extends ComparedScores {
  /** As its report has them. */
  readonly curves: readonly Chart[];
}

export interface Compared {
  readonly runs: readonly ComparedRun[];
  /** By which they are scored: scores of different ones are not compared. */
  readonly suites: readonly string[];
  /** By further suites that all runs have. */
  readonly others: readonly {readonly suite: string; readonly runs: readonly ComparedScores[]}[];
  readonly settings: readonly SettingDifference[];
}
