/** Why a set of answers gives no pair, by what the judge said of each two of them. */
import test from 'ava';
import type {Comparison} from '../../../actors/judge/io/compare.js';
import {rankWith} from '../../../actors/judge/io/rank.js';
import {FinishReason, PreferenceSource, RejectionReason} from '../../../proto/messages.js';
import {usageSum} from '../../../runtime/endpoints/usage.js';

const {REJECTION_REASON_TIE, REJECTION_REASON_DISAGREEMENT, REJECTION_REASON_FORMAT} = RejectionReason;
const usage = usageSum([]);
const even = (reason: RejectionReason, detail: string): Comparison => ({
  ...{kind: 'even', reason, detail, usage},
  reply: `${detail}.`,
});
const better = (side: 'first' | 'second'): Comparison => ({
  ...{kind: 'better', better: side, rationale: '', model: 'm', requestId: 'r', usage},
});
const placed = even(REJECTION_REASON_DISAGREEMENT, 'in both orders the judge prefers the answer shown first');
const neither = even(REJECTION_REASON_TIE, 'the judge finds neither better');
const unread: Comparison = {
  ...{kind: 'unusable', reason: REJECTION_REASON_FORMAT, detail: 'no line is 1', reply: 'Hm', usage},
};

/** By the places of the two, such as `0-1`. */
const rank = (found: Readonly<Record<string, Comparison>>) => {
  const count = Object.keys(found).length === 1 ? 2 : 3;
  const texts = ['a', 'b', 'c'].slice(0, count);
  const answers = texts.map((text) => ({text, finishReason: FinishReason.FINISH_REASON_STOP}));
  const ranking = rankWith(
    {advance: () => undefined},
    ({id}) => Promise.resolve(found[id.split(' ')[1] ?? ''] ?? unread),
    {source: PreferenceSource.PREFERENCE_SOURCE_BEST_OF, rejected: 'worst', truncated: 'reject'},
  );
  return ranking({promptId: 'p', prompt: 'task', answers, policyVersion: 0});
};

test('Of two answers the judge’s own reason is that of the rejection, with what it replied', async (t) => {
  for (const comparison of [placed, neither]) {
    const {kind: _even, usage: _none, ...said} = comparison as typeof placed & {readonly kind: 'even'};
    t.deepEqual(await rank({'0-1': comparison}), {kind: 'none', ...said});
  }
});

test('Of more, a preference for a place comes before a tie, and a circle is a tie', async (t) => {
  t.deepEqual(await rank({'0-1': neither, '0-2': placed, '1-2': neither}), {
    kind: 'none',
    reason: REJECTION_REASON_DISAGREEMENT,
    detail:
      'none of 3 answers is better than the others: in both orders the judge prefers the answer shown first',
    reply: 'in both orders the judge prefers the answer shown first.',
  });
  const circle = {'0-1': better('first'), '0-2': better('second'), '1-2': better('first')};
  t.deepEqual(await rank(circle), {
    ...{kind: 'none', reason: REJECTION_REASON_TIE},
    detail: 'none of 3 answers is better than the others',
  });
});

test('One preference that was understood makes a pair, whatever the others came to', async (t) => {
  t.like(await rank({'0-1': placed, '0-2': unread, '1-2': better('second')}), {
    kind: 'pair',
    pair: {chosen: 'c', rejected: 'b'},
  });
  t.like(await rank({'0-1': unread}), {kind: 'unusable', detail: 'no line is 1', reply: 'Hm'});
});
