/** The sampler's log-probabilities beside the reference's. */
import test from 'ava';
import {otherModelLine, samplingGap} from '../../../actors/reference/sampling-gap.js';
import {FinishReason, PreferenceSource} from '../../../proto/messages.js';

const pair = {
  promptId: '1',
  prompt: 'p',
  chosen: 'c',
  rejected: 'r',
  source: PreferenceSource.PREFERENCE_SOURCE_REVISION,
  rationale: '',
  policyVersion: 0,
  model: '',
  requestId: '',
  finishReason: FinishReason.FINISH_REASON_STOP,
  sampling: {segments: [], policyStep: 0, endPolicyVersion: 0, startedUnixMs: 0, logps: -3},
  chosenIds: [] as number[],
  rejectedIds: [5, 6],
};
const scored = {chosenIds: [7, 8, 9], rejectedIds: [5, 6]};
const reference = {chosen: -10, rejected: -3.5};

test('of a revision it is that of the answer that was revised; of two judged answers, of their sum', (t) => {
  t.deepEqual(samplingGap(pair, scored, reference), {tokens: 2, difference: 0.5});
  const judged = {
    ...pair,
    source: PreferenceSource.PREFERENCE_SOURCE_JUDGMENT,
    chosenIds: [7, 8, 9],
    sampling: {...pair.sampling, logps: -12},
  };
  t.deepEqual(samplingGap(judged, scored, reference), {tokens: 5, difference: 1.5});
});

test('nothing is compared of a later policy, of answers that were cut, or where the sampler does not say', (t) => {
  t.is(
    samplingGap({...pair, sampling: {...pair.sampling, endPolicyVersion: 1}}, scored, reference),
    undefined,
  );
  t.is(samplingGap(pair, {...scored, rejectedIds: [5]}, reference), undefined);
  t.is(samplingGap({...pair, sampling: null}, scored, reference), undefined);
  const {logps: _, ...unsaid} = pair.sampling;
  t.is(samplingGap({...pair, sampling: unsaid}, scored, reference), undefined);
});

test('an endpoint that answers as another model is named once enough is compared; rounding is no other model', (t) => {
  const asked = {endpoint: 'vllm', model: 'base'};
  t.is(otherModelLine({tokens: 999, difference: 900}, asked), undefined);
  t.is(otherModelLine({tokens: 1000, difference: 50}, asked), undefined);
  t.is(
    otherModelLine({tokens: 2000, difference: 700}, asked),
    'endpoints.vllm and policy.model differ by 0.35 nats a token over 2000 tokens of answers before training: see that base (actors.sampler.model) is the model of that folder',
  );
});
