/** Ranks a set of answers by comparisons of each with every other. */
import {
  type AnswerSet,
  type CandidatePair,
  type PreferenceSource,
  RejectionReason,
} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import type {RejectedRank} from '../../../runtime/datasets.js';
import {usageSum} from '../../../runtime/endpoints/usage.js';
import {askedOf} from '../../../runtime/model/text/conversations.js';
import {ranked, rankedPair, usableIn} from '../../../runtime/ranking.js';
import {rationaleOf} from '../../../runtime/text/answer-form.js';
import {meetingsOf, pointsOf} from '../rank.js';
import type {Compared, Comparison} from './compare.js';

export type Ranking =
  | {readonly kind: 'pair'; readonly pair: CandidatePair}
  /** Nobody was asked, or was asked and understood, and no two answers make a pair; with a reply that says so. */
  | {
      readonly kind: 'none';
      readonly reason: RejectionReason;
      readonly detail: string;
      readonly reply?: string;
    }
  | Extract<Comparison, {readonly kind: 'unusable'}>;

export interface RankedBy {
  readonly source: PreferenceSource;
  readonly rejected: RejectedRank;
  readonly truncated: 'reject' | 'keep';
}

export const rankWith =
  (
    {advance}: Pick<ActorContext<unknown>, 'advance'>,
    compare: (compared: Compared) => Promise<Comparison>,
    {source, rejected, truncated}: RankedBy,
  ) =>
  async (set: AnswerSet): Promise<Ranking> => {
    const usable = usableIn(set, {truncated});
    if (usable.kind === 'hopeless') return {...usable, kind: 'none'};
    const {answers} = usable;
    const found = await Promise.all(
      meetingsOf(answers.length).map(async (meeting) => {
        const [first = '', second = ''] = [answers[meeting.first]?.text, answers[meeting.second]?.text];
        const id = `${set.promptId} ${meeting.first}-${meeting.second}`;
        const comparison = await compare({id, ...askedOf(set), first, second});
        advance();
        return {...meeting, comparison};
      }),
    );
    const won = found.flatMap(({comparison, ...meeting}) =>
      comparison.kind === 'better' ? [{...meeting, ...comparison}] : [],
    );
    const [unusable] = found.flatMap(({comparison}) => (comparison.kind === 'unusable' ? [comparison] : []));
    // Of one that was never understood, no ranking says anything.
    if (unusable !== undefined && found.every(({comparison}) => comparison.kind === 'unusable'))
      return unusable;
    const points = pointsOf(answers.length, won);
    const places = ranked(points, rejected);
    const [chosen, worse] = places === undefined ? [] : [answers[places.chosen], answers[places.rejected]];
    if (places === undefined || chosen === undefined || worse === undefined) {
      const evens = found.flatMap(({comparison}) => (comparison.kind === 'even' ? [comparison] : []));
      return {kind: 'none', ...whyNone(answers.length, evens)};
    }
    const sides = Object.values(places);
    const decisive = won.find(({first, second}) => sides.includes(first) && sides.includes(second)) ?? won[0];
    const rationale = rationaleOf(decisive?.rationale, `points ${points.join(', ')}`);
    const {model = '', requestId = ''} = decisive ?? {};
    const usage = usageSum(found.map(({comparison}) => comparison.usage));
    const by = {source, rationale, model, requestId, usage};
    const pair = rankedPair(set, {chosen, rejected: worse}, by);
    return {kind: 'pair', pair};
  };

const {REJECTION_REASON_DISAGREEMENT, REJECTION_REASON_TIE} = RejectionReason;

type Even = Extract<Comparison, {readonly kind: 'even'}>;

/** A judge that prefers a place says so before it says anything of the answers. */
const whyNone = (
  count: number,
  evens: readonly Even[],
): {readonly reason: RejectionReason; readonly detail: string; readonly reply?: string} => {
  const even = evens.find(({reason}) => reason === REJECTION_REASON_DISAGREEMENT) ?? evens[0];
  const detail = `none of ${count} answers is better than the others`;
  // Each lost as often as it won.
  if (even === undefined) return {reason: REJECTION_REASON_TIE, detail};
  return {
    reason: even.reason,
    detail: count === 2 ? even.detail : `${detail}: ${even.detail}`,
    reply: even.reply,
  };
};
