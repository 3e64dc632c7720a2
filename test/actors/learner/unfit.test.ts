import test from 'ava';
import {unfitness} from '../../../actors/learner/unfit.js';
import {type PreferencePair, PreferenceSource, RejectionReason} from '../../../proto/messages.js';

const fleet = {
  maxStaleness: 1,
  training: {batchSize: 2, checkpointEverySteps: 10, steps: 100},
  policy: {maxPromptTokens: 3, maxCompletionTokens: 2},
};
const why = unfitness(fleet, {vocabSize: 10});
const pairOf = (fields: Partial<PreferencePair> = {}): PreferencePair => ({
  promptId: '0',
  prompt: '',
  chosen: '',
  rejected: '',
  source: PreferenceSource.PREFERENCE_SOURCE_REVISION,
  policyVersion: 0,
  referenceChosenLogps: 0,
  referenceRejectedLogps: 0,
  promptIds: [1, 2, 3],
  chosenIds: [9],
  rejectedIds: [0, 8],
  ...fields,
});

test('a pair within the limits is trained on until it is too old', (t) => {
  t.is(why(pairOf(), 0), undefined);
  t.is(why(pairOf(), 19), undefined);
  t.is(why(pairOf(), 20)?.reason, RejectionReason.REJECTION_REASON_STALE);
});

test('tokens that the model lacks, or that are more than allowed, are never trained on, whoever sent them', (t) => {
  const refused = (fields: Partial<PreferencePair>, detail: string): void => {
    t.deepEqual(why(pairOf(fields), 0), {reason: RejectionReason.REJECTION_REASON_UNREADABLE, detail});
  };
  refused({chosenIds: [10]}, 'chosen has token 10, and the model knows 10 of them');
  refused({promptIds: [1, 2, 4_294_967_295]}, 'prompt has token 4294967295, and the model knows 10 of them');
  refused({rejectedIds: [1, 2, 3]}, 'rejected has 3 tokens, and 2 are taken at most');
  refused({promptIds: []}, 'prompt has no tokens');
});
