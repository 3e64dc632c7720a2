/** Which tokens are no pair to train on, and why. */
import test from 'ava';
import {preferencePairOf, refusalOf} from '../../../actors/reference/preference-pair.js';
import {RejectionReason} from '../../../proto/messages.js';
import type {EncodedPair} from '../../../runtime/model/text/encode.js';

const limits = {vocabSize: 10, maxPromptTokens: 4, maxCompletionTokens: 3};
const tokens = {
  promptIds: [1, 2],
  chosenIds: [3, 4, 5],
  rejectedIds: [3, 4, 6],
  isCut: {prompt: false, chosen: false, rejected: false},
  mergedTokens: 0,
} satisfies EncodedPair;
const refused = (
  fields: Partial<EncodedPair>,
  filter: Partial<Parameters<typeof refusalOf>[1]['filter']> = {},
) =>
  refusalOf(
    {...tokens, ...fields},
    {filter: {tooLong: 'cut', without: [], ...filter}, policy: limits},
    limits,
  );

test('Sides that differ beyond the limit alone are unchanged to whoever trains, and that is said', (t) => {
  const cut = {rejectedIds: [3, 4, 5], isCut: {...tokens.isCut, chosen: true}};
  t.deepEqual(refused(cut), {
    reason: RejectionReason.REJECTION_REASON_UNCHANGED,
    detail: 'chosen and rejected have the same first 3 tokens, and no more are trained on',
  });
  t.is(refused({rejectedIds: [3, 4, 5]})?.detail, 'chosen and rejected have the same tokens');
  t.is(refused(cut, {without: ['unchanged']}), undefined);
  t.is(refused({rejectedIds: [3, 4]}), undefined);
});

test('A pair that is too long is cut, or rejected before anything is said of what is left of it', (t) => {
  const cut = {rejectedIds: [3, 4, 5], isCut: {...tokens.isCut, chosen: true}};
  t.deepEqual(refused(cut, {tooLong: 'reject'}), {
    reason: RejectionReason.REJECTION_REASON_TOO_LONG,
    detail: 'chosen has more than 3 tokens',
  });
  t.is(refused({isCut: {...tokens.isCut, chosen: true}}), undefined);
});

test('Sides without tokens, and tokens that the model does not have, are refused', (t) => {
  t.like(refused({chosenIds: []}), {reason: RejectionReason.REJECTION_REASON_EMPTY});
  t.like(refused({promptIds: []}), {detail: 'the prompt has no tokens of its own'});
  t.like(refused({chosenIds: [10]}), {reason: RejectionReason.REJECTION_REASON_UNREADABLE});
});

test('A pair says what was asked for it, where anything was', (t) => {
  const candidate = {
    ...{promptId: '1', prompt: 'p', chosen: 'c', rejected: 'r', source: 1, rationale: '', policyVersion: 0},
    ...{model: '', requestId: '', finishReason: 1, chosenIds: [], rejectedIds: []},
  };
  const usage = {requests: 2, promptTokens: 30, completionTokens: 7, cost: 0.25};
  const logps = {chosen: -1, rejected: -2};
  t.deepEqual(preferencePairOf({...candidate, usage}, tokens, logps, 1).usage, usage);
  t.is(preferencePairOf(candidate, tokens, logps, 1).usage, null);
});
