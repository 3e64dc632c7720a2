/** Two answers of the policy that a judge is asked about, and who judged. */
import {type CompletionPair, FinishReason, PreferenceSource} from '../../proto/messages.js';

const {FINISH_REASON_STOP} = FinishReason;
export const pair: CompletionPair = {
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

export const by = {
  source: PreferenceSource.PREFERENCE_SOURCE_JUDGMENT,
  model: 'gpt-4',
  requestId: 'req_1',
  usage: {requests: 1, promptTokens: 20, completionTokens: 5},
};
