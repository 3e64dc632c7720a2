/** What becomes of a prompt whose answers were recorded: nothing is sampled for it (Eq. 3). Pure. */
import {type AnswerSet, type CandidatePair, type Prompt, RejectionReason} from '../../proto/messages.js';
import type {Recipe} from '../../runtime/datasets.js';
import {askedOf} from '../../runtime/model/text/conversations.js';
import {ranked, rankedPair, usableIn} from '../../runtime/ranking.js';

export type Recorded =
  /** For the judge. */
  | {readonly kind: 'set'; readonly set: AnswerSet}
  /** For other models to answer. */
  | {readonly kind: 'unanswered'}
  /** By the scores. */
  | {readonly kind: 'pair'; readonly pair: CandidatePair}
  | {readonly kind: 'none'; readonly reason: RejectionReason; readonly detail: string};

/**
 * @param recipe by its scores, only answers that have one count; of equals none is better.
 * @param others whether other models answer a prompt that comes without answers.
 */
export const recordedOf = (
  {promptId, answers = [], ...asked}: Prompt,
  {by, rejected, source}: Pick<Recipe, 'by' | 'rejected' | 'source'>,
  others = false,
): Recorded => {
  if (answers.length === 0 && others && by === 'judge') return {kind: 'unanswered'};
  const set = {promptId, ...askedOf(asked), answers, policyVersion: 0};
  if (answers.length < 2) {
    const detail = `the prompt has ${answers.length} recorded answers, and two make a pair`;
    return {kind: 'none', reason: RejectionReason.REJECTION_REASON_EMPTY, detail};
  }
  if (by === 'judge') return {kind: 'set', set};
  const scored = answers.filter(({score}) => score !== undefined && score !== null);
  if (scored.length < 2) {
    const detail = `of ${answers.length} recorded answers ${scored.length} have a score`;
    return {kind: 'none', reason: RejectionReason.REJECTION_REASON_TIE, detail};
  }
  const usable = usableIn({answers: scored});
  if (usable.kind === 'hopeless') return {...usable, kind: 'none'};
  const scores = usable.answers.map(({score}) => score ?? 0);
  const places = ranked(scores, rejected);
  const [chosen, worse] =
    places === undefined ? [] : [usable.answers[places.chosen], usable.answers[places.rejected]];
  if (chosen === undefined || worse === undefined) {
    const detail = `all ${scores.length} scores are ${scores[0]}`;
    return {kind: 'none', reason: RejectionReason.REJECTION_REASON_TIE, detail};
  }
  const rationale = `score ${chosen.score} of ${chosen.model || 'chosen'}, ${worse.score} of ${worse.model || 'rejected'}`;
  const scoredBy = {source, rationale, model: '', requestId: ''};
  return {kind: 'pair', pair: rankedPair(set, {chosen, rejected: worse}, scoredBy)};
};
