import {appendFile, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {writeReport} from '../../../runtime/dashboard/report.js';
import {TerminalError} from '../../../runtime/errors.js';
import {type RunFolderFiles, runFolderOf} from '../../helpers/run-folder.js';
import {temporaryFolder} from '../../helpers/temporary.js';

const START = Date.parse('2026-01-31T12:00:00.000Z');
const at = (seconds: number) => START + 1000 * seconds;
const step = (seconds: number, number: number, more: Record<string, unknown> = {}) => ({
  time: at(seconds),
  actor: 'learner',
  index: 0,
  step: number,
  objective: 'apo_zero',
  objective_revision: 1,
  loss: -0.1 * number,
  'rewards/margins': number,
  pairs: 16 * number,
  ...more,
});
const staleness = (mean: number, inFlight: number, max: number) => ({
  staleness: mean,
  'staleness/max': max,
  'staleness/in_flight': inFlight,
  'staleness/in_queue': mean - inFlight,
});
const sampled = (seconds: number, completions: number, index = 0) => ({
  time: at(seconds),
  actor: 'sampler',
  index,
  completions,
});
const score = (version: number, value: number) => ({
  step: 10 * version,
  policy_version: version,
  suite: 'arithmetic',
  score: value,
  items: 300,
  seconds: 2,
  weights_sha256: 'ab',
});
const pair = (source = 'revision') => ({prompt: 'p', chosen: 'c', rejected: 'r', prompt_id: '0', source});

const wholeRun: RunFolderFiles = {
  info: {
    run: 'first',
    startedAt: '2026-01-31T12:00:00.000Z',
    endedAt: '2026-01-31T12:00:20.000Z',
    backend: 'onnx',
    backendReason: 'it loads',
  },
  metrics: [
    sampled(1, 32),
    sampled(2, 64),
    {time: at(1), actor: 'learner', index: 0, 'seconds/starting': 1},
    step(4, 1, staleness(0, 0, 0)),
    // An evaluation from 4 to 8 seconds: two steps of the four lie in it.
    {time: at(8), actor: 'evaluator', index: 0, score: 0.25, 'score/seconds': 4},
    step(6, 2, {...staleness(0.5, 0.25, 1), 'staleness/predicted': 1}),
    step(8, 3, {...staleness(1, 0.5, 2), 'staleness/predicted': 2}),
    step(9, 4, {objective: 'apo_down', objective_revision: 2}),
    step(10, 5, {objective: 'apo_down', objective_revision: 2}),
    {time: at(10), actor: 'learner', index: 0, 'seconds/training': 6.5, 'seconds/waiting': 2.5},
    {time: at(11), actor: 'learner', index: 0, 'seconds/training': 0.5, 'seconds/saving': 0.5},
    sampled(12, 640),
  ],
  scores: [score(0, 0.25), score(1, 0.95), score(2, 0.9)],
  checkpoints: [
    {step: 0, folder: 'checkpoints/0', final: false},
    {step: 5, folder: 'checkpoints/5', final: true},
  ],
  rejections: [
    {prompt_id: '1', actor: 'filter', reason: 'length', detail: ''},
    {prompt_id: '2', actor: 'reviser', reason: 'unchanged', detail: ''},
    {prompt_id: '3', actor: 'reviser', reason: 'unchanged', detail: ''},
  ],
  pairs: Array.from({length: 90}, () => pair()),
};

test('result.json says what the run came to', async (t) => {
  const folder = await runFolderOf(t, wholeRun);
  const {result} = await writeReport(folder);
  t.deepEqual(result, {
    run: 'first',
    complete: true,
    base_score: 0.25,
    final_score: 0.9,
    best_score: 0.95,
    best_step: 10,
    suite: 'arithmetic',
    items: 300,
    seconds: 20,
    backend: 'onnx',
    backend_reason: 'it loads',
    objective: 'apo_down',
    objectives: [
      {revision: 1, name: 'apo_zero', from_step: 1},
      {revision: 2, name: 'apo_down', from_step: 4},
    ],
    steps: 5,
    prompts: 640,
    pairs: 90,
    pairs_trained: 80,
    pairs_per_second: 4.5,
    rejections: {length: 1, unchanged: 2},
    staleness: {mean: 0.5, max: 2, in_flight: 0.25, in_queue: 0.25, predicted: 1.5},
    first_step_after_prompts: 64,
    first_step_prompt_share: 0.1,
    steps_per_second_while_evaluating: 0.5,
    steps_per_second_otherwise: 1,
    seconds_by_actor: {learner: {starting: 1, training: 7, waiting: 2.5, saving: 0.5}},
  });
  t.deepEqual(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')), result);
});

test('report.txt says the same in words', async (t) => {
  const folder = await runFolderOf(t, wholeRun);
  const {text} = await writeReport(folder);
  t.is(await readFile(join(folder, 'report.txt'), 'utf8'), text);
  t.is(text.split('\n')[0], 'Run first: score 0.250 → 0.900 in 20.0 s on onnx');
  t.regex(
    text,
    /^Score +0\.250 before training, 0\.900 at the end, best 0\.950 at step 10 \(arithmetic, 300 items\)$/m,
  );
  t.regex(text, /^Objective +apo_zero from step 1, apo_down from step 4$/m);
  t.regex(text, /^Prompts +640 sampled; the first step was taken after 64 of them \(10\.0 %\)$/m);
  t.regex(text, /^Rejections +3: 2 unchanged, 1 length$/m);
  t.regex(
    text,
    /^Staleness +0\.50 policy versions on average \(0\.25 in flight, 0\.25 in queue, 1\.50 predicted\), at most 2$/m,
  );
  t.regex(text, /^ {2}learner +1\.0 +training 7\.0 +0\.5 +2\.5$/m);
});

test('report.html holds six curves and asks nothing of the network', async (t) => {
  const folder = await runFolderOf(t, wholeRun);
  await writeReport(folder);
  const page = await readFile(join(folder, 'report.html'), 'utf8');
  t.is(page.match(/<svg /g)?.length, 6);
  for (const name of ['score', 'rewards/margins', 'logps/chosen', 'loss'])
    t.true(page.includes(`</span>${name}</span>`));
  t.true(page.includes('prefers-color-scheme: dark'));
  t.notRegex(page, /https?:|<script|<link|@import|url\(/);
});

test('A run that was stopped before its first step is reported plainly', async (t) => {
  const folder = await runFolderOf(t, {
    info: {startedAt: '2026-01-31T12:00:00.000Z'},
    metrics: [sampled(3, 32)],
  });
  const {text, result} = await writeReport(folder);
  t.is(result.complete, false);
  t.is(result.base_score, null);
  t.is(result.seconds, 3);
  t.is(result.first_step_after_prompts, null);
  t.regex(text, /\(not complete\): score not scored → not scored/);
  t.regex(text, /32 sampled; no step was taken/);
  t.regex(text, /none: no checkpoint was scored/);
});

test('A folder with nothing but run.json has a report', async (t) => {
  const folder = await runFolderOf(t, {info: {run: 'empty'}});
  const {result} = await writeReport(folder);
  t.like(result, {run: 'empty', seconds: null, steps: 0, prompts: 0, pairs: 0, backend: null});
});

test('Time between a stop and the next start is not counted', async (t) => {
  const folder = await runFolderOf(t, {
    info: {
      startedAt: '2026-01-31T12:00:00.000Z',
      endedAt: '2026-01-31T13:00:12.000Z',
    },
    metrics: [step(2, 1), step(4, 2), step(3602, 3), step(3610, 4)],
  });
  // 0 to 4, 3602 to 3610 and on to 3612.
  t.is((await writeReport(folder)).result.seconds, 14);
});

test('A count that falls is of a new process, and adds to what the one before it counted', async (t) => {
  const folder = await runFolderOf(t, {
    metrics: [sampled(1, 32), sampled(2, 64), sampled(3, 16, 1), step(4, 1), sampled(5, 20), sampled(6, 40)],
  });
  t.like((await writeReport(folder)).result, {first_step_after_prompts: 80, prompts: 120});
});

test('Judged pairs take two completions for each prompt', async (t) => {
  const folder = await runFolderOf(t, {metrics: [sampled(1, 64), step(2, 1)], pairs: [pair('judgment')]});
  t.like((await writeReport(folder)).result, {first_step_after_prompts: 32, prompts: 32});
});

test('A restart of the learner is no slow step', async (t) => {
  const folder = await runFolderOf(t, {
    metrics: [
      step(1, 1),
      step(2, 2),
      {time: at(30), actor: 'learner', index: 0, 'seconds/starting': 5},
      step(40, 2),
      step(41, 3),
    ],
  });
  t.is((await writeReport(folder)).result.steps_per_second_otherwise, 1);
});

test('A line that a kill cut off is left out', async (t) => {
  const folder = await runFolderOf(t, wholeRun);
  await appendFile(join(folder, 'scores.jsonl'), '{"step": 30, "policy_ver');
  t.is((await writeReport(folder)).result.final_score, 0.9);
});

test('A damaged line is named by file and number', async (t) => {
  const folder = await runFolderOf(t, wholeRun);
  await appendFile(join(folder, 'scores.jsonl'), '{"step": 30}\n');
  const error = await t.throwsAsync(writeReport(folder), {instanceOf: TerminalError});
  t.regex(error.message, /scores\.jsonl:4: cannot be read \(policy_version: .*; remove the line$/);
});

test('A folder that is no run is refused with its path', async (t) => {
  const folder = temporaryFolder(t);
  const error = await t.throwsAsync(writeReport(folder), {instanceOf: TerminalError});
  t.true(error.message.startsWith(`${join(folder, 'run.json')}: not there`));
});
