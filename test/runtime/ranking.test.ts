import test from 'ava';
import {FinishReason, type GivenAnswer, PreferenceSource, RejectionReason} from '../../proto/messages.js';
import {ranked, rankedPair, usableIn} from '../../runtime/ranking.js';

const {FINISH_REASON_STOP, FINISH_REASON_LENGTH} = FinishReason;
const answer = (text: string, fields: Partial<GivenAnswer> = {}): GivenAnswer => ({
  text,
  finishReason: FINISH_REASON_STOP,
  ...fields,
});
const reasonOf = (...answers: readonly GivenAnswer[]): RejectionReason | number => {
  const usable = usableIn({answers: [...answers]});
  return usable.kind === 'hopeless' ? usable.reason : usable.answers.length;
};

test('answers that are empty, cut off or there twice are not ranked, and two have to be left', (t) => {
  const cut = answer('c', {finishReason: FINISH_REASON_LENGTH});
  t.is(reasonOf(answer('a'), answer('b'), answer(' a\n'), answer(''), cut), 2);
  t.is(reasonOf(answer('a'), answer(' ')), RejectionReason.REJECTION_REASON_EMPTY);
  t.is(reasonOf(answer('a'), cut), RejectionReason.REJECTION_REASON_TRUNCATED);
  t.is(reasonOf(answer('a'), answer('a ')), RejectionReason.REJECTION_REASON_UNCHANGED);
  t.is(usableIn({answers: [answer('a'), cut]}, {truncated: 'keep'}).kind, 'usable');
});

test('the best is chosen; the worst, the next or the one between is rejected; of equals nothing is', (t) => {
  const points = [1, 3, -3, -1, 0];
  t.deepEqual(ranked(points, 'worst'), {chosen: 1, rejected: 2});
  t.deepEqual(ranked(points, 'next'), {chosen: 1, rejected: 0});
  t.deepEqual(ranked(points, 'median'), {chosen: 1, rejected: 4});
  t.deepEqual(ranked([2, 0, 2, 0], 'worst'), {chosen: 0, rejected: 1});
  t.deepEqual(ranked([2, 2, 1], 'next'), {chosen: 0, rejected: 2});
  t.is(ranked([0, 0], 'worst'), undefined);
  t.is(ranked([], 'worst'), undefined);
});

test('a pair has the tokens of its answers, and says where one of them was cut off', (t) => {
  const set = {promptId: '1', prompt: 'p', answers: [], policyVersion: 2};
  const by = {source: PreferenceSource.PREFERENCE_SOURCE_BEST_OF, rationale: 'r', model: 'm', requestId: ''};
  const chosen = answer('good', {ids: [1, 2]});
  const rejected = answer('bad', {ids: [3], finishReason: FINISH_REASON_LENGTH});
  t.like(rankedPair(set, {chosen, rejected}, by), {
    chosen: 'good',
    rejected: 'bad',
    chosenIds: [1, 2],
    rejectedIds: [3],
    policyVersion: 2,
    finishReason: FINISH_REASON_LENGTH,
  });
});
