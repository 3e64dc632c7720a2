import test from 'ava';
import {judgedPair, unjudgeable} from '../../../actors/judge/judged-pair.js';
import {FinishReason, RejectionReason} from '../../../proto/messages.js';
import {by, pair} from '../../helpers/judged.js';

const {FINISH_REASON_LENGTH} = FinishReason;

test('of two judged answers, one cut off marks the candidate', (t) => {
  const cutFirst = {...pair, firstFinishReason: FINISH_REASON_LENGTH};
  const cutSecond = {...pair, secondFinishReason: FINISH_REASON_LENGTH};
  t.is(judgedPair(cutFirst, 'first', '', by).finishReason, FINISH_REASON_LENGTH);
  t.is(judgedPair(cutSecond, 'first', '', by).finishReason, FINISH_REASON_LENGTH);
});

test('answers that can make no pair are not worth a request', (t) => {
  t.is(unjudgeable(pair), undefined);
  const {REJECTION_REASON_EMPTY, REJECTION_REASON_TRUNCATED, REJECTION_REASON_UNCHANGED} = RejectionReason;
  t.deepEqual(unjudgeable({...pair, second: ' It is 4.\n'}), {
    reason: REJECTION_REASON_UNCHANGED,
    detail: 'both answers are the same text',
  });
  t.deepEqual(unjudgeable({...pair, second: ''}), {
    reason: REJECTION_REASON_EMPTY,
    detail: 'the second answer is empty',
  });
  t.is(unjudgeable({...pair, first: '\n', second: ''})?.detail, 'the first answer is empty');
  t.is(unjudgeable({...pair, firstFinishReason: FINISH_REASON_LENGTH})?.reason, REJECTION_REASON_TRUNCATED);
  t.is(unjudgeable({...pair, secondFinishReason: FINISH_REASON_LENGTH})?.reason, REJECTION_REASON_TRUNCATED);
});

test('answers that were cut off are judged where the fleet keeps them', (t) => {
  t.is(unjudgeable({...pair, firstFinishReason: FINISH_REASON_LENGTH}, {truncated: 'keep'}), undefined);
});
