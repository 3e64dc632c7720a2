/** A pair with what the frozen policy thinks of it, or why it cannot be trained on. */
import type {CandidatePair, PreferencePair} from '../../proto/messages.js';
import type {PairLogps} from '../../runtime/learning/metrics.js';
import {askedOf} from '../../runtime/model/text/conversations.js';
import type {EncodedPair} from '../../runtime/model/text/encode.js';

/** The tokens of both sides. */
type PairTokens = Pick<EncodedPair, 'promptIds' | 'chosenIds' | 'rejectedIds'>;

/** The part whose tokens are none, in words for a rejection; undefined where all have some. */
export const emptySideOf = ({promptIds, chosenIds, rejectedIds}: PairTokens): string | undefined => {
  if (promptIds.length === 0) return 'the prompt has no tokens of its own';
  if (chosenIds.length === 0) return 'chosen has no tokens';
  if (rejectedIds.length === 0) return 'rejected has no tokens';
  return undefined;
};

/** The side that has more tokens than are trained on; undefined where neither has. A policy's own answer never has. */
export const cutSideOf = ({isCut}: Pick<EncodedPair, 'isCut'>): 'chosen' | 'rejected' | undefined =>
  isCut.chosen ? 'chosen' : isCut.rejected ? 'rejected' : undefined;

export const preferencePairOf = (
  {promptId, chosen, rejected, source, policyVersion, sampling, rationale, model, ...asked}: CandidatePair,
  {promptIds, chosenIds, rejectedIds}: PairTokens,
  reference: PairLogps,
  readyUnixMs: number,
): PreferencePair => ({
  promptId,
  ...askedOf(asked),
  chosen,
  rejected,
  source,
  policyVersion,
  referenceChosenLogps: reference.chosen,
  referenceRejectedLogps: reference.rejected,
  promptIds: [...promptIds],
  chosenIds: [...chosenIds],
  rejectedIds: [...rejectedIds],
  sampling: sampling ?? null,
  readyUnixMs,
  ...(rationale === '' ? {} : {rationale}),
  ...(model === '' ? {} : {model}),
});
