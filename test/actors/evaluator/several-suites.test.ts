/** Several suites of one run, scored by evaluators that are killed. */
import {createHash} from 'node:crypto';
import test from 'ava';
import {streamOf} from '../../../runtime/bus/channels/subjects.js';
import {openLink} from '../../../runtime/bus/connection/connection.js';
import type {Best} from '../../../runtime/fleet/evaluation/best.js';
import {scoreKey} from '../../../runtime/fleet/evaluation/due.js';
import {unscoredIn} from '../../../runtime/fleet/evaluation/unscored.js';
import {logNow} from '../../../runtime/fleet/run/log-now.js';
import {limits, openEvaluatedRun, policyAt} from '../../helpers/evaluated-run.js';
import {until} from '../../helpers/fleet-folder.js';
import {apiError, completion, modelList, scriptedEndpoint} from '../../helpers/scripted-endpoint.js';
import {temporaryFile} from '../../helpers/temporary.js';

const {maxCompletionTokens} = limits;
/** Longer than `until` waits, which says what for. */
const LIMIT_MS = 110_000;

test('Evaluators that are killed at any moment leave one score for each checkpoint, suite and seed', async (t) => {
  const texts = temporaryFile(t, 'texts.jsonl', '{"text": "34*7 21+9 40-8 17*7>238,30,32,119."}\n');
  const gold = temporaryFile(t, 'gold.jsonl', '{"prompt": "1+1 2+2 3+3 4+4>", "answer": "2,4,6,8."}\n');
  // The judge holds its first answer until whoever asked is gone.
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const judge = await scriptedEndpoint(t, async ({method}) => {
    if (method === 'GET') return modelList('scripted');
    await held;
    return completion('It is half right: [[0.5]]');
  });
  const {server, bus, runFolder, publish, start} = await openEvaluatedRun(
    t,
    [
      {suite: 'arithmetic', count: 2, maxCompletionTokens},
      {suite: 'perplexity', file: texts, when: {every: 2}, best: {metric: 'perplexity'}},
      {
        ...{suite: 'gold_answers', name: 'judged', file: gold, match: 'judged', maxCompletionTokens},
        ...{when: 'latest', seed: 7, judge: {endpoint: 'judge', model: 'scripted'}},
      },
    ],
    {endpoints: {judge: {baseUrl: judge.baseUrl, price: {inputPerMillion: 1, outputPerMillion: 1}}}},
  );
  const link = await openLink({url: server.url, run: 'run', name: 'vandal'});
  t.teardown(() => link.close());
  /** As if the server had forgotten who took what: everything is delivered once more. */
  const forget = () => link.deleteConsumer(streamOf('run', 'checkpoints'), 'evaluator');
  const scoresOf = async () => (await bus.state('scores')).lastSequence;

  for (const step of [0, 1, 2, 3]) await publish(await policyAt(runFolder, step));
  await publish(await policyAt(runFolder, 3, {final: true}), 'version-3-final');

  const killedWhen = async (what: string, isNow: () => Promise<boolean>, count = 1): Promise<void> => {
    // Each has a limit of its own: seven processes start one after the other, however long a crowded machine takes to each.
    t.timeout(LIMIT_MS);
    const actors = Array.from({length: count}, (_, index) => start(index));
    await until(what, async () => ((await isNow()) ? true : undefined));
    for (const actor of actors) actor.kill();
    for (const actor of actors) await actor.ended;
    await forget();
  };
  await killedWhen('there is a score', async () => (await scoresOf()) >= 1);
  await killedWhen('the judge is asked', async () => judge.requests.some(({method}) => method === 'POST'));
  letGo();
  await killedWhen('there are four scores', async () => (await scoresOf()) >= 4, 2);
  await killedWhen('there are six scores', async () => (await scoresOf()) >= 6);

  t.timeout(LIMIT_MS);
  const last = [start(0), start(1)];
  await until('all scores are there', async () => ((await scoresOf()) >= 9 ? true : undefined));
  for (const actor of last) actor.drain();
  for (const actor of last) t.deepEqual(await actor.ended, {code: 0, message: undefined});

  const scores = await logNow(bus, 'scores');
  t.deepEqual(scores.map(scoreKey).toSorted(), [
    ...[0, 1, 2, 3].map((version) => `arithmetic-0-${version}`),
    ...[0, 3].map((version) => `judged-7-${version}`),
    ...[0, 2, 3].map((version) => `perplexity-0-${version}`),
  ]);
  const judged = scores.filter(({name}) => name === 'judged');
  t.deepEqual(
    judged.map(({suite, score, items}) => ({suite, score, items})),
    Array.from({length: 2}, () => ({suite: 'gold_answers', score: 0.5, items: 1})),
  );
  // All are the same policy: the first of equals is the best, by the metric that decides.
  const perplexity = scores.find(({suite}) => suite === 'perplexity')?.metrics?.perplexity;
  t.like((await bus.kv.get<Best>('best'))?.value, {
    ...{suite: 'perplexity', metric: 'perplexity', policyVersion: 0, value: perplexity},
    weightsSha256: scores[0]?.weightsSha256,
  });
});

test('A checkpoint whose weights are others than its message says is not scored', async (t) => {
  const {bus, runFolder, publish, start, firstScores} = await openEvaluatedRun(t, [
    {suite: 'arithmetic', count: 1, maxCompletionTokens},
  ]);
  const other = createHash('sha256').update('other weights').digest('hex');
  await publish({...(await policyAt(runFolder, 1)), weightsSha256: other});
  await publish(await policyAt(runFolder, 2));
  const actor = start();
  const [score] = await firstScores(actor, 1);
  t.like(score, {step: 2, policyVersion: 2});
  actor.drain();
  await actor.ended;
  t.true(actor.warnings().some((line) => /^the checkpoint of step 1 is not scored: .*SHA-256/.test(line)));
  t.is((await bus.state('scores')).lastSequence, 1);
});

test('A judge that answers nobody leaves a checkpoint without its score, and ends no run', async (t) => {
  const gold = temporaryFile(t, 'gold.jsonl', '{"prompt": "1+1 2+2 3+3 4+4>", "answer": "2,4,6,8."}\n');
  const judge = await scriptedEndpoint(t, ({method}) =>
    method === 'GET' ? modelList('scripted') : apiError(403, 'this key has no access'),
  );
  const {bus, runFolder, publish, start, firstScores} = await openEvaluatedRun(
    t,
    [
      {
        ...({suite: 'gold_answers', file: gold, match: 'judged', maxCompletionTokens} as const),
        judge: {endpoint: 'judge', model: 'scripted'},
      },
      {suite: 'arithmetic', count: 1, maxCompletionTokens},
    ],
    {endpoints: {judge: {baseUrl: judge.baseUrl}}},
  );
  await publish(await policyAt(runFolder, 1));
  await publish(await policyAt(runFolder, 2));
  const actor = start();
  const scores = await firstScores(actor, 2);
  t.deepEqual(
    scores.map(({suite, step}) => [suite, step]),
    [
      ['arithmetic', 1],
      ['arithmetic', 2],
    ],
  );
  actor.drain();
  t.deepEqual(await actor.ended, {code: 0, message: undefined});
  t.true(
    actor
      .warnings()
      .some((line) => /^the checkpoint of step 1 is not scored by gold_answers: .*403/.test(line)),
    actor.warnings().join('\n'),
  );
  t.is((await bus.state('scores')).lastSequence, 2);
  t.deepEqual(Object.keys(await unscoredIn(bus.kv)).toSorted(), ['gold_answers-0-1', 'gold_answers-0-2']);
});

test('A module that fails at an answer leaves a checkpoint without its score, and ends no run', async (t) => {
  const module = temporaryFile(
    t,
    'suite.mjs',
    `export const items = () => [{prompt: '1+1 2+2 3+3 4+4>'}];
     export const grade = () => { throw new Error('an odd answer'); };`,
  );
  const {bus, runFolder, publish, start, firstScores} = await openEvaluatedRun(t, [
    {suite: 'module', file: module, maxCompletionTokens},
    {suite: 'arithmetic', count: 1, maxCompletionTokens},
  ]);
  await publish(await policyAt(runFolder, 1));
  const actor = start();
  const [score] = await firstScores(actor, 1);
  t.like(score, {suite: 'arithmetic', step: 1});
  t.regex((await unscoredIn(bus.kv))['module-0-1'] ?? '', /an odd answer/);
  actor.drain();
  t.deepEqual(await actor.ended, {code: 0, message: undefined});
});
