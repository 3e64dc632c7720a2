/** What describing pairs is told and stands on. */
import {type Drawn, drawn} from '../../data/describe/sampled.js';
import type {FilePair} from '../../data/file-pairs.js';
import type {ProgressLine} from '../offline/progress-line.js';
import {MOST_SHOWN} from './page-items.js';
import {type RecordedAnswers, recordedAnswers} from './recorded-answers.js';

export interface DescribeOptions {
  /** Of a folder that has several. */
  readonly split?: string;
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
  /** What the user calls the pairs. */
  readonly name: string;
  readonly options: DescribeOptions;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

/** What is taken of the pairs while they are read, which is done once; undefined of what nobody asked for. */
export interface Taken {
  /** Each pair with the same chance. */
  readonly scored: Drawn<FilePair> | undefined;
  readonly judged: Drawn<FilePair> | undefined;
  readonly shown: Drawn<FilePair> | undefined;
  readonly recorded: RecordedAnswers | undefined;
  /** Undefined where nothing is. */
  readonly take: ((pair: FilePair) => void) | undefined;
}

/** @throws TerminalError as `recordedAnswers`. */
export const taking = async ({
  model,
  sample,
  judge,
  comparisons,
  html,
  recorded: files,
  policy,
}: DescribeOptions): Promise<Taken> => {
  const isRecorded = files.length > 0 || policy !== undefined;
  const recorded = isRecorded ? await recordedAnswers(files, policy) : undefined;
  const scored = model === undefined ? undefined : drawn<FilePair>(sample, 'scored');
  // What is known for nothing is not paid for.
  const judged = judge === undefined || isRecorded ? undefined : drawn<FilePair>(comparisons, 'judged');
  const shown = html === undefined ? undefined : drawn<FilePair>(MOST_SHOWN, 'page');
  const takers = [scored, judged, shown, recorded].filter((each) => each !== undefined);
  const take = (pair: FilePair): void => {
    for (const each of takers) each.take(pair);
  };
  return {scored, judged, shown, recorded, take: takers.length === 0 ? undefined : take};
};
