import test from 'ava';
import {completionOf, completionPairOf, requestsFor} from '../../../actors/sampler/requests.js';
import {FinishReason} from '../../../proto/messages.js';
import {fleetSchema} from '../../../runtime/fleet/file/schema.js';

const fleetOf = (dataset: 'clair' | 'judge_on_policy', seed = 3) =>
  fleetSchema.parse({
    seed,
    dataset,
    prompts: {demo: true, count: 10},
    policy: {model: 'demo', maxCompletionTokens: 24, temperature: 0.9, topK: 5},
    objective: {name: 'apo_zero', learningRate: 1e-5},
    training: {steps: 1},
    evaluation: {suite: 'arithmetic'},
    actors: {},
  });
const prompt = {promptId: '17', prompt: '1+1'};
const ended = {
  completionIds: [4, 5],
  text: '2',
  finishReason: 'stop' as const,
  segments: [{policyVersion: 1, tokenCount: 2}],
  logps: -1.5,
};
const cut = {
  completionIds: [6, 7, 8],
  text: '3',
  finishReason: 'length' as const,
  segments: [
    {policyVersion: 2, tokenCount: 1},
    {policyVersion: 3, tokenCount: 2},
  ],
  logps: -0.25,
};
const conditions = {startedUnixMs: 5000, stepOf: (version: number) => 10 * version};

test('Eq. 1 samples a prompt once, Eq. 2 twice with different seeds', (t) => {
  t.is(requestsFor(fleetOf('clair'), prompt, [1, 2], 1).length, 1);
  const [first, second] = requestsFor(fleetOf('judge_on_policy'), prompt, [1, 2], 2);
  t.not(first?.seed, second?.seed);
  t.like(second, {promptIds: [1, 2], maxNewTokens: 24, temperature: 0.9, topP: 1, topK: 5});
});

test('a sample depends on the seed of the fleet and the prompt, and on nothing else', (t) => {
  const seedOf = (seed: number, promptId: string) =>
    requestsFor(fleetOf('clair', seed), {...prompt, promptId}, [1], 1)[0]?.seed;
  t.is(seedOf(3, '17'), seedOf(3, '17'));
  t.not(seedOf(3, '17'), seedOf(3, '18'));
  t.not(seedOf(3, '17'), seedOf(4, '17'));
});

test('a completion says how it ended and which policy wrote how much of it', (t) => {
  t.deepEqual(completionOf(prompt, cut, conditions), {
    promptId: '17',
    prompt: '1+1',
    completion: '3',
    completionIds: [6, 7, 8],
    finishReason: FinishReason.FINISH_REASON_LENGTH,
    policyVersion: 2,
    sampling: {
      segments: cut.segments,
      policyStep: 20,
      endPolicyVersion: 3,
      startedUnixMs: 5000,
      logps: -0.25,
    },
  });
  t.like(completionPairOf(prompt, ended, cut, conditions), {
    first: '2',
    second: '3',
    firstIds: [4, 5],
    secondIds: [6, 7, 8],
    firstFinishReason: FinishReason.FINISH_REASON_STOP,
    secondFinishReason: FinishReason.FINISH_REASON_LENGTH,
    policyVersion: 1,
    sampling: {
      segments: [...ended.segments, ...cut.segments],
      policyStep: 10,
      endPolicyVersion: 3,
      startedUnixMs: 5000,
      logps: -1.75,
    },
  });
  const {logps: _, ...warm} = cut;
  t.false('logps' in (completionPairOf(prompt, ended, warm, conditions).sampling ?? {}), 'not known of one');
});

test('Answers of a policy behind an endpoint carry what was asked for them, and those that were computed carry nothing', (t) => {
  const usage = {requests: 2, promptTokens: 20, completionTokens: 5, cost: 0.25};
  t.deepEqual(completionOf(prompt, ended, {...conditions, usage}).usage, usage);
  t.deepEqual(completionPairOf(prompt, ended, cut, {...conditions, usage}).usage, usage);
  t.false('usage' in completionOf(prompt, ended, conditions));
});
