import test from 'ava';
import {withAnswerCache} from '../../../../runtime/endpoints/answer-cache.js';
import {openEndpoint} from '../../../../runtime/endpoints/endpoint.js';
import {TerminalError} from '../../../../runtime/errors.js';
import type {Graded} from '../../../../runtime/suites/grade.js';
import {judgeOf} from '../../../../runtime/suites/judge.js';
import {scoreAnswers} from '../../../../runtime/suites/scoring/score-answers.js';
import type {Item} from '../../../../runtime/suites/suite.js';
import {meanSummary} from '../../../../runtime/suites/summary.js';

const items = [{prompt: 'a'}, {prompt: 'b'}];
/** Right is a completion that is the prompt; graded later, and in the other order. */
const echoes = {
  suite: 'exact_match' as const,
  items,
  async grade({prompt}: Item, completion: string) {
    if (prompt === 'a') await new Promise(setImmediate);
    return {score: completion === prompt ? 1 : 0};
  },
  summary: async (graded: readonly Graded<Item>[]) => meanSummary(graded),
};

test("As many items are judged at once as keep the judge's endpoint at work", async (t) => {
  const options = {baseUrl: 'http://127.0.0.1:1/v1', apiKey: 'k', model: 'gpt', temperature: 0, maxTokens: 1};
  const place = {...options, apiKeyEnv: undefined, apiKeyFile: undefined, endpointKey: 'e', askingKey: 'a'};
  const asked = {...place, timeoutMs: 1000, concurrency: 20};
  const warn = () => undefined;
  const endpoint = withAnswerCache(openEndpoint(asked), asked, {folder: '', warn});
  const judge = judgeOf(endpoint, {model: 'gpt', signal: new AbortController().signal});
  let [now, most] = [0, 0];
  const counting = {
    ...echoes,
    items: Array.from({length: 100}, (_, at) => ({prompt: `${at}`})),
    grade: async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
      return {score: 1};
    },
  };
  await scoreAnswers(counting, [], {judge});
  // As many again wait for their turn.
  t.is(most, 40);
  most = 0;
  await scoreAnswers(counting, []);
  t.is(most, 16);
});

test('Each completion is graded by its own item, and one that is missing counts as empty', async (t) => {
  t.like(await scoreAnswers(echoes, [['a'], ['b']]), {score: 1, items: 2, grades: [1, 1]});
  t.like(await scoreAnswers(echoes, [['b'], ['b']]), {score: 0.5, items: 2, grades: [0, 1]});
  t.like(await scoreAnswers(echoes, [['a']]), {score: 0.5, items: 2, grades: [1, 0]});
});

test('What is no grade is refused by suite and item, before it becomes a score', async (t) => {
  for (const value of [Number.NaN, -0.1, 1.1, Number.POSITIVE_INFINITY])
    await t.throwsAsync(scoreAnswers({...echoes, grade: async () => ({score: value})}, [['a'], ['b']]), {
      instanceOf: TerminalError,
      message: `suite exact_match: item 1 was graded ${value}; a grade is from 0 to 1`,
    });
});

test('An item without a grade is in no mean, and there is no score of no grades', async (t) => {
  const half = {...echoes, grade: async ({prompt}: Item) => ({score: prompt === 'a' ? undefined : 1})};
  t.like(await scoreAnswers(half, []), {score: 1, items: 1, grades: [undefined, 1]});
  const none = {...echoes, grade: async () => ({score: undefined})};
  await t.throwsAsync(scoreAnswers(none, []), {message: 'suite exact_match: none of its items has a grade'});
  const blocked = {...echoes, grade: async () => ({score: undefined, unscored: 'the judge was blocked'})};
  await t.throwsAsync(scoreAnswers(blocked, []), {
    message: 'suite exact_match: none of its items has a grade: the judge was blocked',
  });
});

test('Whoever grades is given the answers to every turn, the judge, and what to call the policy', async (t) => {
  const seen: unknown[] = [];
  const judge = {model: 'gpt', ask: async () => ({kind: 'blocked' as const, reason: ''})};
  const noting = {
    ...echoes,
    items: [{prompt: 'a', followUps: ['b']}],
    grade: async (_: Item, answer: string, grading: unknown) => {
      seen.push(answer, grading);
      return {score: 1};
    },
  };
  let graded = 0;
  await scoreAnswers(noting, [['one', 'two']], {
    judge,
    policy: 'step-7',
    onGraded: () => {
      graded += 1;
    },
  });
  t.deepEqual(seen, ['two', {answers: ['one', 'two'], judge, policy: 'step-7'}]);
  t.is(graded, 1);
});
