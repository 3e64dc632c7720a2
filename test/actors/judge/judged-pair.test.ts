import test from 'ava';
import {judgedPair, unjudgeable} from '../../../actors/judge/judged-pair.js';
import {
  type CompletionPair,
  FinishReason,
  PreferenceSource,
  RejectionReason,
} from '../../../proto/messages.js';

const {FINISH_REASON_STOP, FINISH_REASON_LENGTH} = FinishReason;
const pair: CompletionPair = {
  promptId: '0',
  prompt: 'What is 2+2?',
  first: 'It is 4.',
  second: 'It is 5.',
  firstIds: [1, 4],
  secondIds: [1, 5],
  firstFinishReason: FINISH_REASON_STOP,
  secondFinishReason: FINISH_REASON_STOP,
  policyVersion: 2,
};
const by = {
  source: PreferenceSource.PREFERENCE_SOURCE_JUDGMENT,
  model: 'gpt-4',
  requestId: 'req_1',
  usage: {requests: 1, promptTokens: 20, completionTokens: 5},
};

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
