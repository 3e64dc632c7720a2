/** How far chosen and rejected answers are apart, token by token. */
import {differenceOf, sharedShare, type Tokens} from './difference.js';
import {drawn} from './sampled.js';
import {countTally, tally} from './tally.js';

export interface Contrast {
  /** Pairs that were compared: all, or so many drawn by chance. */
  readonly compared: number;
  /** Levenshtein distance in tokens, and as a share of the longer side. */
  readonly distance: {readonly mean: number | null; readonly median: number | null};
  readonly relative_distance: number | null;
  /** 2·|a ∩ b| / (|a| + |b|) of the sides' tokens. */
  readonly shared_tokens: number | null;
  /** Tokens that both sides begin with, and as a share of the rejected side. */
  readonly common_prefix: number | null;
  readonly common_prefix_share: number | null;
  /** Stretches that are not the same. */
  readonly changed_spans: {readonly mean: number | null; readonly median: number | null};
  /** Pairs too long to be compared to their end. */
  readonly cut: number;
}

export interface Contrasting {
  take(rejected: Tokens, chosen: Tokens): void;
  result(): Contrast;
}

/** Enough for a share to be known to 3 of 100, and quick. */
const MOST_COMPARED = 1000;

/** @param seed of what is drawn. */
export const contrasting = (seed: string): Contrasting => {
  const pairs = drawn<readonly [rejected: Tokens, chosen: Tokens]>(MOST_COMPARED, 'contrast', seed);
  return {
    take: (rejected, chosen) => pairs.take([rejected, chosen]),
    result() {
      const [distances, spans] = [countTally(), countTally()];
      const [relative, shared, prefixes, prefixShares] = [tally(), tally(), tally(), tally()];
      let cut = 0;
      for (const [rejected, chosen] of pairs.items) {
        const {distance, changes, prefix, isCut} = differenceOf(rejected, chosen);
        distances.add(distance);
        relative.add(distance / Math.max(1, rejected.length, chosen.length));
        shared.add(sharedShare(rejected, chosen));
        prefixes.add(prefix);
        prefixShares.add(prefix / Math.max(1, rejected.length));
        spans.add(changes.length);
        if (isCut) cut += 1;
      }
      return {
        compared: distances.count,
        distance: {mean: distances.mean, median: distances.median},
        relative_distance: relative.mean,
        shared_tokens: shared.mean,
        common_prefix: prefixes.mean,
        common_prefix_share: prefixShares.mean,
        changed_spans: {mean: spans.mean, median: spans.median},
        cut,
      };
    },
  };
};
