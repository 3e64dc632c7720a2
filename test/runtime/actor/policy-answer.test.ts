import test from 'ava';
import {type Completion, FinishReason, PreferenceSource, RejectionReason} from '../../../proto/messages.js';
import {hopelessIn, pairAgainst} from '../../../runtime/actor/policy-answer.js';

const by = {
  source: PreferenceSource.PREFERENCE_SOURCE_REVISION,
  model: 'gpt-4',
  requestId: 'req_1',
  usage: {requests: 1, promptTokens: 20, completionTokens: 5},
};
const completion: Completion = {
  promptId: '17',
  prompt: 'What is 2+2?',
  completion: 'It is 5.',
  completionIds: [1, 2, 3, 4],
  finishReason: FinishReason.FINISH_REASON_STOP,
  policyVersion: 3,
};

test('what is chosen has the line ends of the original: a gateway that writes all of them as Windows does is no difference', (t) => {
  const chosen = (original: string, text: string) =>
    pairAgainst({...completion, completion: original}, {text, rationale: ''}, by).chosen;
  t.is(chosen('a\nb', 'a\r\nc'), 'a\nc');
  t.is(chosen('a\r\nb', 'a\r\nc'), 'a\r\nc');
});

test('an empty or cut-off completion is not worth a request', (t) => {
  t.is(hopelessIn(completion), undefined);
  t.deepEqual(hopelessIn({...completion, completion: ' \n'}), {
    reason: RejectionReason.REJECTION_REASON_EMPTY,
    detail: 'the completion is empty',
  });
  t.deepEqual(
    hopelessIn({
      ...completion,
      finishReason: FinishReason.FINISH_REASON_LENGTH,
      completionIds: Array(512).fill(1),
    }),
    {
      reason: RejectionReason.REJECTION_REASON_TRUNCATED,
      detail: 'the completion was cut off at 512 tokens',
    },
  );
});

/** What the sampler says of it, passed on as it is. */
const sampling = {
  segments: [{policyVersion: 3, tokenCount: 4}],
  policyStep: 50,
  endPolicyVersion: 3,
  startedUnixMs: 1000,
};

test('what is chosen begins and ends with the white space of the original', (t) => {
  const chosenOf = (original: string, text: string) =>
    pairAgainst({...completion, completion: original}, {text, rationale: ''}, by).chosen;
  t.is(chosenOf(' nic', 'nice'), ' nice');
  t.is(chosenOf('    return 5\n', '\n  return 4;\n\n  done '), '    return 4;\n\n  done\n');
  t.is(chosenOf('It is 5.', ' It is 4.\n'), 'It is 4.');
});

test('what was written is chosen and the completion rejected (Eq. 1 and 4)', (t) => {
  t.deepEqual(pairAgainst({...completion, sampling}, {text: 'It is 4.', rationale: '5 is wrong.'}, by), {
    promptId: '17',
    prompt: 'What is 2+2?',
    chosen: 'It is 4.',
    rejected: 'It is 5.',
    chosenIds: [],
    rejectedIds: [1, 2, 3, 4],
    source: PreferenceSource.PREFERENCE_SOURCE_REVISION,
    rationale: '5 is wrong.',
    policyVersion: 3,
    model: 'gpt-4',
    requestId: 'req_1',
    usage: by.usage,
    finishReason: FinishReason.FINISH_REASON_STOP,
    sampling,
  });
});
