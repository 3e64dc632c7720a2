/** What the policy before training comes to is measured once, and kept. */
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import * as z from 'zod';
import {
  firstLikelihoodsSchema,
  firstScoreKeys,
  type MeasuredOnce,
  measuredOnce,
} from '../../../../runtime/command/replay/first-scores.js';
import {demoPolicyFolder} from '../../../../runtime/fleet/file/load.js';
import {type OpenedSuite, openSuite} from '../../../../runtime/suites/suites.js';
import {demoFleet} from '../../../helpers/demo-fleet.js';
import {temporaryFile, temporaryFolder} from '../../../helpers/temporary.js';

const once = (folder: string, more: Partial<MeasuredOnce> = {}): MeasuredOnce => ({
  ...{folder, name: 'score', signal: new AbortController().signal, onWait: () => undefined},
  ...more,
});

test('of two that want the same one measures, and both have what it found', async (t) => {
  const folder = temporaryFolder(t);
  let measured = 0;
  let [waiting, go] = [0, () => {}];
  const begun = new Promise<void>((resolve) => {
    go = resolve;
  });
  const measure = async () => {
    measured += 1;
    await begun;
    return {score: 1 / 3};
  };
  const onWait = () => {
    waiting += 1;
    go();
  };
  const schema = z.object({score: z.number()});
  const both = await Promise.all([0, 1].map(() => measuredOnce(schema, once(folder, {onWait}), measure)));
  t.deepEqual([both, measured, waiting], [[{score: 1 / 3}, {score: 1 / 3}], 1, 1]);
  t.deepEqual(await measuredOnce(schema, once(folder), measure), {score: 1 / 3});
  t.is(measured, 1);
});

test('what cannot be read is measured again, and what was not finished keeps nobody', async (t) => {
  const folder = temporaryFolder(t);
  const failing = () => Promise.reject(new Error('killed'));
  await t.throwsAsync(measuredOnce(z.number(), once(folder), failing), {message: 'killed'});
  writeFileSync(join(folder, 'score.json'), '{"score": 0.');
  t.is(await measuredOnce(z.number(), once(folder), async () => 2), 2);
  t.is(readFileSync(join(folder, 'score.json'), 'utf8'), '2\n');
  t.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.partial')),
    [],
  );
});

test('whoever waits can be asked to stop', async (t) => {
  const stopped = new AbortController();
  stopped.abort(new Error('asked to stop'));
  await t.throwsAsync(
    measuredOnce(z.number(), once(temporaryFolder(t), {signal: stopped.signal}), async () => 1),
    {message: 'asked to stop'},
  );
});

test('a log-probability that was no number is none again', async (t) => {
  const likelihoods = await measuredOnce(firstLikelihoodsSchema, once(temporaryFolder(t)), async () => [
    [{logps: Number.NaN, tokens: 2}],
    [{logps: -1 / 3, tokens: 1}],
  ]);
  t.deepEqual(likelihoods, [[{logps: Number.NaN, tokens: 2}], [{logps: -1 / 3, tokens: 1}]]);
});

test('another seed has a first score of its own only where something is drawn by it', async (t) => {
  const asked = temporaryFile(t, 'asked.jsonl', '{"prompt": "2+2>", "answer": "4"}\n');
  const fleetOf = (seed: number, more: object = {}) =>
    demoFleet({
      evaluation: [{suite: 'gold_answers', file: asked, ...more}, {suite: 'heldout'}],
      seed,
    });
  const suites = await Promise.all([
    openSuite({suite: 'gold_answers', file: asked, match: 'exact', maxCompletionTokens: 512}),
    openSuite({suite: 'heldout', holdOut: 32}),
  ]);
  const drawn: OpenedSuite[] = suites.map((suite) =>
    suite.kind === 'answers'
      ? {...suite, items: suite.items.map((item) => ({...item, temperature: 0.7}))}
      : suite,
  );
  const model = {directory: demoPolicyFolder, weightsSha256: 'a'};
  const [greedy, held] = await firstScoreKeys(fleetOf(0), model, suites, 'pairs');
  t.deepEqual(await firstScoreKeys(fleetOf(1), model, suites, 'pairs'), [greedy, held]);
  const [sampled] = await firstScoreKeys(fleetOf(0), model, drawn, 'pairs');
  t.not((await firstScoreKeys(fleetOf(1), model, drawn, 'pairs'))[0], sampled);
  // Nor do names and when a suite is due make it another; its own settings, its file, the weights and the pairs do.
  t.is(
    (await firstScoreKeys(fleetOf(0, {name: 'asked', when: {every: 2}}), model, suites, 'pairs'))[0],
    greedy,
  );
  t.not((await firstScoreKeys(fleetOf(0, {match: 'numeric'}), model, suites, 'pairs'))[0], greedy);
  t.not((await firstScoreKeys(fleetOf(0), {...model, weightsSha256: 'b'}, suites, 'pairs'))[0], greedy);
  t.deepEqual(
    [
      (await firstScoreKeys(fleetOf(0), model, suites, 'others'))[0],
      held === (await firstScoreKeys(fleetOf(0), model, suites, 'others'))[1],
    ],
    [greedy, false],
  );
  writeFileSync(asked, '{"prompt": "2+2>", "answer": "5"}\n');
  t.not((await firstScoreKeys(fleetOf(0), model, suites, 'pairs'))[0], greedy);
});
