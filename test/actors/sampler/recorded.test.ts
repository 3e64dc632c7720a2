import test from 'ava';
import {recordedOf} from '../../../actors/sampler/recorded.js';
import {type GivenAnswer, PreferenceSource, RejectionReason} from '../../../proto/messages.js';

const source = PreferenceSource.PREFERENCE_SOURCE_OFF_POLICY;
const answer = (text: string, score?: number, model = `model ${text}`): GivenAnswer => ({
  text,
  finishReason: 0,
  model,
  ...(score === undefined ? {} : {score}),
});
const recorded = (by: 'judge' | 'scores', ...answers: GivenAnswer[]) =>
  recordedOf({promptId: '1', prompt: 'p', answers}, {by, rejected: 'worst', source});

test('the best score is chosen and the worst rejected (Eq. 3), and no sampler’s policy wrote either', (t) => {
  t.deepEqual(recorded('scores', answer('a', 2), answer('b', 5), answer('c', 1), answer('d')), {
    kind: 'pair',
    pair: {
      promptId: '1',
      prompt: 'p',
      chosen: 'b',
      rejected: 'c',
      chosenIds: [],
      rejectedIds: [],
      source,
      rationale: 'score 5 of model b, 1 of model c',
      policyVersion: 0,
      model: '',
      requestId: '',
      finishReason: 1,
      sampling: null,
      usage: null,
    },
  });
});

test('the judge is given all answers, whatever their scores', (t) => {
  const answers = [answer('a', 2), answer('b', 2)];
  t.deepEqual(recorded('judge', ...answers), {
    kind: 'set',
    set: {promptId: '1', prompt: 'p', answers, policyVersion: 0},
  });
});

test('equal scores, one score, and one answer make no pair, each with its reason', (t) => {
  const {REJECTION_REASON_TIE, REJECTION_REASON_EMPTY, REJECTION_REASON_UNCHANGED} = RejectionReason;
  t.like(recorded('scores', answer('a', 2), answer('b', 2)), {reason: REJECTION_REASON_TIE});
  t.like(recorded('scores', answer('a', 2), answer('b')), {
    reason: REJECTION_REASON_TIE,
    detail: 'of 2 recorded answers 1 have a score',
  });
  t.like(recorded('scores', answer('a', 2), answer('a', 3)), {reason: REJECTION_REASON_UNCHANGED});
  for (const by of ['judge', 'scores'] as const)
    t.like(recorded(by, answer('a', 2)), {
      reason: REJECTION_REASON_EMPTY,
      detail: 'the prompt has 1 recorded answers, and two make a pair',
    });
});

test('a prompt without answers is for other models, where the fleet has some and a judge', (t) => {
  const bare = {promptId: '1', prompt: 'p'};
  t.deepEqual(recordedOf(bare, {by: 'judge', rejected: 'worst', source}, true), {kind: 'unanswered'});
  t.like(recordedOf(bare, {by: 'scores', rejected: 'worst', source}, true), {kind: 'none'});
  t.like(recordedOf(bare, {by: 'judge', rejected: 'worst', source}), {kind: 'none'});
});
