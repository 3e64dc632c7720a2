/** The reference's log-probabilities of pairs: those that are known from the disk, the others scored now. */
import {TerminalError} from '../errors.js';
import type {EncodedCompletion} from '../model/encode.js';
import {type EncodedPairLine, longestOf} from './encoded-pairs.js';
import type {ReferenceStore} from './reference-store.js';

/** log π_ref(y|x), nats, summed over completion tokens. */
export interface PairLogps {
  readonly chosen: number;
  readonly rejected: number;
}

/** Scores sequences under the reference, in order; `Scorer` of model/logps.ts. */
export interface ReferenceScorer {
  logps(sequences: readonly EncodedCompletion[]): Promise<number[]>;
}

export interface ReferenceOptions {
  readonly store: ReferenceStore;
  /** Made only where something has to be scored. */
  readonly openScorer: () => Promise<ReferenceScorer>;
  /** Pairs done of those that have to be scored, after each part. */
  readonly onProgress?: (scored: number, toScore: number) => void;
  /** Ends the work between two parts: rejects with the signal's reason. What was scored is kept. */
  readonly signal?: AbortSignal;
}

/** Pairs of a part, which is scored and then on disk: what a kill costs. */
const PART = 64;

/**
 * The log-probabilities of each pair, and how many pairs were scored for it.
 *
 * @throws TerminalError where one is not finite: the reference is damaged.
 */
export async function referenceLogps(
  pairs: readonly EncodedPairLine[],
  {store, openScorer, onProgress, signal}: ReferenceOptions,
): Promise<{readonly logps: ReadonlyMap<EncodedPairLine, PairLogps>; readonly scored: number}> {
  const logps = new Map<EncodedPairLine, PairLogps>();
  const unknown: EncodedPairLine[] = [];
  for (const pair of pairs) {
    const known = knownLogps(pair, store);
    if (known === undefined) unknown.push(pair);
    else logps.set(pair, known);
  }
  // Neighbours of one length fill a graph's rows; the longest first, so that too little memory shows at once.
  unknown.sort((one, other) => longestOf(other) - longestOf(one) || one.line - other.line);
  const scorer = unknown.length === 0 ? undefined : await openScorer();
  for (let begin = 0; scorer !== undefined && begin < unknown.length; begin += PART) {
    signal?.throwIfAborted();
    const part = unknown.slice(begin, begin + PART);
    // Both answers of a pair together: a scorer may share what they share.
    const sequences = part.flatMap(sidesOf);
    const values = await scorer.logps(sequences);
    for (const [row, pair] of part.entries()) {
      logps.set(pair, {
        chosen: finite(values[2 * row], pair.line),
        rejected: finite(values[2 * row + 1], pair.line),
      });
    }
    await store.add(sequences.map((sequence, row) => [sequence, values[row] ?? Number.NaN]));
    onProgress?.(begin + part.length, unknown.length);
  }
  return {logps, scored: unknown.length};
}

const sidesOf = ({promptIds, chosenIds, rejectedIds}: EncodedPairLine): EncodedCompletion[] =>
  [chosenIds, rejectedIds].map((ids) => ({promptIds: Array.from(promptIds), completionIds: Array.from(ids)}));

function knownLogps(pair: EncodedPairLine, store: ReferenceStore): PairLogps | undefined {
  const {promptIds, chosenIds, rejectedIds} = pair;
  const chosen = store.get({promptIds, completionIds: chosenIds});
  const rejected = store.get({promptIds, completionIds: rejectedIds});
  return chosen === undefined || rejected === undefined ? undefined : {chosen, rejected};
}

function finite(value: number | undefined, line: number): number {
  if (value !== undefined && Number.isFinite(value)) return value;
  throw new TerminalError(
    `the reference gives the pair of line ${line} a log-probability of ${value}; its weights are damaged, or overflow in this precision`,
  );
}
