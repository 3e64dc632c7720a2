/** What describing pairs is told and stands on. */
import {drawn} from '../../data/describe/sampled.js';
import {type FilePair, filePairs} from '../../data/file-pairs.js';
import type {ProgressLine} from '../offline/progress-line.js';

export interface DescribeOptions {
  readonly model?: string;
  readonly plain?: boolean;
  readonly sample: number;
  readonly beta: number;
  /** Files of answers that were judged before, and the name in them of the policy. */
  readonly recorded: readonly string[];
  readonly policy?: string;
  /** A fleet with a judge. */
  readonly judge?: string;
  readonly comparisons: number;
  /** Where a page goes. */
  readonly html?: string;
  readonly json?: boolean;
}

/** Beside the reading of the pairs. */
export interface Work {
  readonly file: string;
  readonly options: DescribeOptions;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

/** Some pairs of a file, each with the same chance. */
export const drawFrom = async (
  file: string,
  count: number,
  ...seed: readonly string[]
): Promise<readonly FilePair[]> => {
  const chance = drawn<FilePair>(count, ...seed);
  for await (const pair of filePairs(file)) chance.take(pair);
  return chance.items;
};
