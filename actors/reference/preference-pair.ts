/** A pair with what the frozen policy thinks of it, or why it cannot be trained on. */
import {type CandidatePair, type PreferencePair, RejectionReason} from '../../proto/messages.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import type {PairLogps} from '../../runtime/learning/metrics.js';
import {type TokenLimits, tokensComplaint} from '../../runtime/learning/pair.js';
import {askedOf} from '../../runtime/model/text/conversations.js';
import type {EncodedPair} from '../../runtime/model/text/encode.js';

/** The tokens of both sides. */
type PairTokens = Pick<EncodedPair, 'promptIds' | 'chosenIds' | 'rejectedIds'>;

/** Why a pair is not trained on. */
interface Refusal {
  readonly reason: RejectionReason;
  readonly detail: string;
}
/** What of a fleet decides on it. */
interface Rules {
  readonly filter: Pick<Fleet['filter'], 'tooLong' | 'without'>;
  readonly policy: Pick<Fleet['policy'], 'maxCompletionTokens'>;
}

const {
  REJECTION_REASON_EMPTY,
  REJECTION_REASON_TOO_LONG,
  REJECTION_REASON_UNCHANGED,
  REJECTION_REASON_UNREADABLE,
} = RejectionReason;

/** The first reason why these tokens are not trained on; undefined where they are. */
export const refusalOf = (tokens: EncodedPair, fleet: Rules, limits: TokenLimits): Refusal | undefined => {
  const empty = emptySideOf(tokens);
  if (empty !== undefined) return {reason: REJECTION_REASON_EMPTY, detail: empty};
  const cut = cutSideOf(tokens);
  if (fleet.filter.tooLong === 'reject' && cut !== undefined) {
    const detail = `${cut} has more than ${fleet.policy.maxCompletionTokens} tokens`;
    return {reason: REJECTION_REASON_TOO_LONG, detail};
  }
  const same = fleet.filter.without.includes('unchanged') ? undefined : sameTokensOf(tokens);
  if (same !== undefined) return {reason: REJECTION_REASON_UNCHANGED, detail: same};
  // Sampled tokens are whatever the message says.
  const odd = tokensComplaint(tokens, limits);
  return odd === undefined ? undefined : {reason: REJECTION_REASON_UNREADABLE, detail: odd};
};

/** The part whose tokens are none, in words; undefined where all have some. */
const emptySideOf = ({promptIds, chosenIds, rejectedIds}: PairTokens): string | undefined => {
  if (promptIds.length === 0) return 'the prompt has no tokens of its own';
  if (chosenIds.length === 0) return 'chosen has no tokens';
  if (rejectedIds.length === 0) return 'rejected has no tokens';
  return undefined;
};

/** The side that has more tokens than are trained on; undefined where neither has. A policy's own answer never has. */
const cutSideOf = ({isCut}: EncodedPair): 'chosen' | 'rejected' | undefined =>
  isCut.chosen ? 'chosen' : isCut.rejected ? 'rejected' : undefined;

/** Sides that differ beyond their limit alone, or in what has no tokens, are the same to whoever trains. */
const sameTokensOf = ({chosenIds, rejectedIds, isCut}: EncodedPair): string | undefined => {
  const isSame =
    chosenIds.length === rejectedIds.length && chosenIds.every((id, index) => id === rejectedIds[index]);
  if (!isSame) return undefined;
  return isCut.chosen || isCut.rejected
    ? `chosen and rejected have the same first ${chosenIds.length} tokens, and no more are trained on`
    : 'chosen and rejected have the same tokens';
};

export const preferencePairOf = (
  {
    promptId,
    chosen,
    rejected,
    source,
    policyVersion,
    sampling,
    rationale,
    model,
    usage,
    ...asked
  }: CandidatePair,
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
  usage: usage ?? null,
});
