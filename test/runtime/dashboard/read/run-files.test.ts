/** A run's files are read as they are: in the order of the log, without what is no row, and with what they lack. */
import {appendFile, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import * as z from 'zod';
import {readLogFile} from '../../../../runtime/dashboard/read/log-file.js';
import {writeReport} from '../../../../runtime/dashboard/report.js';
import {runFolderOf} from '../../../helpers/run-folder.js';
import {temporaryFile} from '../../../helpers/temporary.js';

const step = (seconds: number, number: number, more: Record<string, unknown> = {}) => ({
  ...{time: 1000 * seconds, actor: 'learner', index: 0, step: number, loss: 1, pairs: 16 * number},
  ...{objective: 'apo_zero', objective_revision: 1, ...more},
});
const score = (version: number, value: number | null) => ({
  ...{step: 10 * version, policy_version: version, suite: 'arithmetic', score: value, items: 300, seconds: 2},
});
const pair = () => ({prompt: 'p', chosen: 'c', rejected: 'r', prompt_id: '0', source: 'revision'});

test('One odd row is passed over and counted, and all others are reported', async (t) => {
  const folder = await runFolderOf(t, {
    scores: [score(0, 0.25), score(1, null), score(2, 0.9)],
    metrics: [step(1, 1), {...step(2, 2), time: 'noon'}, step(3, 3)],
    pairs: [pair(), pair()],
  });
  await appendFile(join(folder, 'metrics.jsonl'), '\0\0\n');
  await appendFile(join(folder, 'pairs.jsonl'), '{"prompt": "p", "chos');
  const {result, text} = await writeReport(folder);
  t.like(result, {base_score: 0.25, final_score: 0.9, pairs: 2, steps: 3});
  t.deepEqual(result.faults, [
    '2 lines of metrics.jsonl could not be read, line 2 first; passed over',
    '1 line of scores.jsonl could not be read, line 2 first; passed over',
    '1 line of pairs.jsonl could not be read, line 3 first; passed over',
  ]);
  t.regex(text, /^This report does not have the whole run\n {2}2 lines of metrics/m);
  t.regex(await readFile(join(folder, 'report.html'), 'utf8'), /does not have the whole run/);
});

test('What was not recorded is said, but for what nobody could read', async (t) => {
  const folder = await runFolderOf(t, {
    info: {recorded: {ends: {pairs: 540, metrics: 3, scores: 2}, failures: ['pairs.jsonl: why']}},
    metrics: [step(1, 1), {...step(2, 2), sequence: 3}],
    pairs: Array.from({length: 310}, () => pair()),
    rejections: [{prompt_id: '', actor: 'learner', reason: 'unreadable', channel: 'metrics'}],
  });
  t.deepEqual((await writeReport(folder)).result.faults, [
    'scores.jsonl lacks all of 2 messages',
    'pairs.jsonl lacks 230 of 540 messages',
  ]);
});

test('A prompt is a pair or a rejection, and a pair that was too stale is one prompt', async (t) => {
  const rejected = (prompt_id: string, reason: string) => ({prompt_id, actor: 'filter', reason});
  const folder = await runFolderOf(t, {
    pairs: ['0', '1'].map((prompt_id) => ({...pair(), prompt_id})),
    held_out: [{...pair(), prompt_id: '2'}],
    rejections: [
      rejected('0', 'length'),
      rejected('1', 'stale'),
      rejected('2', 'length'),
      rejected('3', 'empty'),
    ],
  });
  const {result, text} = await writeReport(folder);
  t.like(result, {acceptance: 3 / 4, rejections: {stale: 1, empty: 1}});
  t.regex(text, /^Rejections +2: 1 stale, 1 empty; 75\.0 % of prompts became pairs$/m);
});

test('A message that two processes recorded counts once', async (t) => {
  const folder = await runFolderOf(t, {pairs: [pair(), pair(), {...pair(), sequence: 2}]});
  t.like((await writeReport(folder)).result, {pairs: 2, faults: []});
});

test('Steps that were taken again count once, by the log’s order and whatever the clocks say', async (t) => {
  // The learner was killed after step 3, went back to the policy before training, and took the steps by another objective.
  const again = {objective: 'apo_down', objective_revision: 2, loss: 7};
  const folder = await runFolderOf(t, {
    metrics: [step(4, 1), step(5, 2), step(6, 3), step(1, 1, again), step(2, 2, again)],
  });
  const {text, result} = await writeReport(folder);
  t.like(result, {steps: 2, pair_trainings: 32, objective: 'apo_down'});
  t.regex(text, /^Objective +apo_down from step 1$/m);
});

test('One checkpoint that was published twice, as the last too, is one', async (t) => {
  const twice = {step: 12, policy_version: 1, folder: 'checkpoints/12'};
  const folder = await runFolderOf(t, {
    checkpoints: [
      {...twice, final: false},
      {...twice, final: true},
    ],
    scores: [score(1, 0.5), score(1, 0.5)],
  });
  const {result, text} = await writeReport(folder);
  t.true(result.complete);
  t.is(text.match(/^ +10 +1 +0\.500/gm)?.length, 1);
});

test('Lines are read whole wherever the file is cut into pieces', async (t) => {
  const long = (length: number): string => `${JSON.stringify({text: 'é'.repeat(length)})}\n`;
  const lengths = [0, 524_280, 524_288, 3_000_000, 1];
  const path = temporaryFile(t, 'log.jsonl', lengths.map(long).join(''));
  const read: number[] = [];
  const found = await readLogFile(path, z.object({text: z.string()}), ({text}) => read.push(text.length));
  t.deepEqual(read, lengths);
  t.deepEqual(found, {rows: 5, last: 0, odd: 0, firstOdd: undefined});
});

test('A file that is not there is empty', async (t) => {
  const path = join(temporaryFile(t, 'other', ''), '..', 'log.jsonl');
  t.is((await readLogFile(path, z.object({}), () => t.fail())).rows, 0);
});
