/** The reference's log-probabilities of pairs: those that are known from the disk, the others scored now. */
import {TerminalError} from '../../errors.js';
import type {EncodedPair} from '../../model/text/encode.js';
import {type EncodedPairLine, longestOf} from './encoded-pairs.js';
import type {ReferenceStore} from './reference-store.js';

/** log π_ref(y|x), nats, summed over completion tokens. */
export interface PairLogps {
  readonly chosen: number;
  readonly rejected: number;
}

/** Scores pairs under the reference; `PairScorer`. */
export interface ReferenceScorer {
  logps(pair: Pick<EncodedPair, 'promptIds' | 'chosenIds' | 'rejectedIds'>): Promise<PairLogps>;
}

export interface ReferenceOptions {
  readonly store: ReferenceStore;
  /** Made only where something has to be scored. */
  readonly openScorer: () => Promise<ReferenceScorer>;
  /** Pairs done of those that have to be scored: before the first, which waits for the model's graph, and after each. */
  readonly onProgress?: (scored: number, toScore: number) => void;
  /** Ends the work between two pairs: rejects with the signal's reason. What was scored is kept. */
  readonly signal?: AbortSignal;
}

/** Pairs that are scored and then put on disk together: what a kill costs. */
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
  // The longest first, so that too little memory shows at once.
  unknown.sort((one, other) => longestOf(other) - longestOf(one) || one.line - other.line);
  if (unknown.length > 0) onProgress?.(0, unknown.length);
  const scorer = unknown.length === 0 ? undefined : await openScorer();
  for (let begin = 0; scorer !== undefined && begin < unknown.length; begin += PART) {
    const done: EncodedPairLine[] = [];
    try {
      for (const pair of unknown.slice(begin, begin + PART)) {
        signal?.throwIfAborted();
        const {chosen, rejected} = await scorer.logps(idsOf(pair));
        logps.set(pair, {chosen: finite(chosen, pair.line), rejected: finite(rejected, pair.line)});
        done.push(pair);
        onProgress?.(begin + done.length, unknown.length);
      }
    } finally {
      await store.add(done.flatMap((pair) => sidesOf(pair, logps.get(pair))));
    }
  }
  return {logps, scored: unknown.length};
}

const idsOf = ({promptIds, chosenIds, rejectedIds}: EncodedPairLine) => ({
  promptIds: Array.from(promptIds),
  chosenIds: Array.from(chosenIds),
  rejectedIds: Array.from(rejectedIds),
});

const sidesOf = (
  {promptIds, chosenIds, rejectedIds}: EncodedPairLine,
  {chosen, rejected}: PairLogps = {chosen: Number.NaN, rejected: Number.NaN},
) =>
  [
    [{promptIds, completionIds: chosenIds}, chosen],
    [{promptIds, completionIds: rejectedIds}, rejected],
  ] as const;

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
