/** The turns before a prompt are on every message that is made of it, whatever the recipe. */
import test from 'ava';
import {judgedPair} from '../../actors/judge/judged-pair.js';
import {preferencePairOf} from '../../actors/reference/preference-pair.js';
import {recordedOf} from '../../actors/sampler/recorded.js';
import {answersFor} from '../../actors/sampler/requests.js';
import type {AnswerSet, CandidatePair, Completion, CompletionPair} from '../../proto/messages.js';
import {pairAgainst} from '../../runtime/actor/policy-answer.js';
import {rejectedPair} from '../../runtime/actor/reject.js';
import type {Generation} from '../../runtime/model/generation/generation.js';
import {rankedPair} from '../../runtime/ranking.js';

const history = [
  {role: 'system', content: 'Add.'},
  {role: 'user', content: '1+1'},
  {role: 'assistant', content: '2'},
];
const prompt = {promptId: '17', prompt: '2+2', history};
const generation = {
  text: '4',
  completionIds: [6, 7],
  finishReason: 'stop' as const,
  segments: [{policyVersion: 0, tokenCount: 2}],
} satisfies Generation;
const other = {...generation, text: '5'};
const conditions = {startedUnixMs: 1, stepOf: () => 0};
const by = {
  source: 1,
  model: 'm',
  requestId: 'r',
  usage: {requests: 1, promptTokens: 2, completionTokens: 3},
};
const answers = [
  {text: 'a', finishReason: 1, score: 2},
  {text: 'b', finishReason: 1, score: 1},
];
const scored = {by: 'scores', rejected: 'worst', source: 5} as const;
const [completion, pair, set] = [
  answersFor.completions(prompt, [generation], conditions) satisfies Completion,
  answersFor.completion_pairs(prompt, [generation, other], conditions) satisfies CompletionPair,
  answersFor.answer_sets(prompt, [generation, other], conditions) satisfies AnswerSet,
];
const [chosen, rejected] = [
  {text: '4', finishReason: 1},
  {text: '5', finishReason: 1},
];
const ofScores = recordedOf({...prompt, answers}, scored);
const candidates: Readonly<Record<string, CandidatePair | undefined>> = {
  'a revision': pairAgainst(completion, {text: '4.', rationale: ''}, by),
  'a judgment': judgedPair(pair, 'first', '', by),
  'a ranking': rankedPair(set, {chosen, rejected}, {...by, rationale: ''}),
  'recorded scores': ofScores.kind === 'pair' ? ofScores.pair : undefined,
};

for (const [what, candidate] of Object.entries(candidates))
  test(`${what} of several turns becomes a pair of them, or a rejection`, (t) => {
    if (candidate === undefined) return t.fail('no pair');
    t.is(candidate.prompt, '2+2');
    t.deepEqual(candidate.history, history);
    const tokens = {promptIds: [1], chosenIds: [2], rejectedIds: [3]};
    t.deepEqual(preferencePairOf(candidate, tokens, {chosen: -1, rejected: -1}, 0).history, history);
    t.deepEqual(rejectedPair(candidate).history, history);
  });

test('what the judge is to rank has them', (t) => {
  const found = recordedOf({...prompt, answers}, {...scored, by: 'judge'});
  t.deepEqual(found.kind === 'set' ? found.set.history : undefined, history);
  t.deepEqual(set.history, history);
});

test('a prompt of one turn gives messages without any', (t) => {
  const alone = answersFor.completions({...prompt, history: []}, [generation], conditions);
  t.false('history' in alone);
  t.false('history' in pairAgainst(alone, {text: '4.', rationale: ''}, by));
});
