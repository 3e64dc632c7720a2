import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {writeReport} from '../../../runtime/dashboard/report.js';
import {TerminalError} from '../../../runtime/errors.js';
import {fleetSchema} from '../../../runtime/fleet/file/schema.js';
import {fleetOf} from '../../helpers/actor-process.js';
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
const pair = (source = 'revision') => ({
  ...{prompt: 'p', chosen: 'c', rejected: 'r', prompt_id: '0', source},
  ...{chosen_token_count: 6, rejected_token_count: 4},
});

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
    step(4, 1, {...staleness(0, 0, 0), grad_norm: 1}),
    // An evaluation from 4 to 8 seconds: two steps of the four lie in it.
    {time: at(8), actor: 'evaluator', index: 0, score: 0.25, 'score/seconds': 4},
    step(6, 2, {...staleness(0.5, 0.25, 1), 'staleness/predicted': 1}),
    step(8, 3, {...staleness(1, 0.5, 2), 'staleness/predicted': 2}),
    step(9, 4, {objective: 'apo_down', objective_revision: 2}),
    step(10, 5, {objective: 'apo_down', objective_revision: 2, grad_norm: 3, learning_rate: 1e-7}),
    {time: at(10), actor: 'learner', index: 0, 'seconds/training': 6.5, 'seconds/waiting': 2.5},
    {time: at(11), actor: 'learner', index: 0, 'seconds/training': 0.5, 'seconds/saving': 0.5},
    {
      ...{time: at(11), actor: 'reviser', index: 0, 'seconds/revising': 1},
      ...{'endpoint/requests': 30, 'tokens/prompt': 2000},
    },
    {
      ...{time: at(11), actor: 'reviser', index: 1, 'seconds/revising': 3, 'endpoint/requests': 60},
      ...{'endpoint/answers': 75, 'endpoint/seconds': 45, 'endpoint/cached': 3, 'tokens/prompt': 3000},
      'tokens/completion': 700,
    },
    {...sampled(12, 640), 'tokens/completion': 900},
  ],
  scores: [score(0, 0.25), score(1, 0.95), score(2, 0.9)],
  checkpoints: [
    {step: 0, policy_version: 0, folder: '/models/base', pair_sequence: 0, final: false},
    {step: 10, policy_version: 1, folder: 'checkpoints/10', pair_sequence: 160, final: false},
    {step: 20, policy_version: 2, folder: 'checkpoints/20', pair_sequence: 320, final: true},
  ],
  controls: [
    {revision: 1, spec: {objective: {name: 'apo_zero', beta: 0.1, learningRate: 2e-7, settings: {}}}},
  ],
  rejections: [
    {prompt_id: '1', actor: 'filter', reason: 'length', detail: ''},
    {prompt_id: '2', actor: 'reviser', reason: 'unchanged', detail: ''},
    {prompt_id: '3', actor: 'reviser', reason: 'unchanged', detail: ''},
  ],
  pairs: Array.from({length: 90}, (_, index) => ({...pair(), prompt_id: String(10 + index)})),
};

const unsaid = {settings: {}, evidence: null};
test('result.json says what the run came to', async (t) => {
  const folder = await runFolderOf(t, wholeRun);
  const {
    result: {data, suites, ...result},
  } = await writeReport(folder);
  t.like({data, suites}, {data: {pairs: 90, lengths: {chosen_longer: 0}}, suites: [{best_step: 10}]});
  t.deepEqual(result, {
    run: 'first',
    purpose: 'training',
    complete: true,
    ...{faults: [], alerts: [], advice: []},
    base_score: 0.25,
    final_score: 0.9,
    final_step: 20,
    best_score: 0.95,
    best_step: 10,
    final_margin: null,
    suite: 'arithmetic',
    items: 300,
    last_checkpoint: {step: 20, folder: join(folder, 'checkpoints/20')},
    best_checkpoint: {step: 10, folder: join(folder, 'checkpoints/10')},
    seconds: 20,
    backend: 'onnx',
    backend_reason: 'it loads',
    objective: 'apo_down',
    objectives: [
      {revision: 1, name: 'apo_zero', from_step: 1, beta: 0.1, learning_rate: 2e-7, ...unsaid},
      {revision: 2, name: 'apo_down', from_step: 4, beta: null, learning_rate: null, ...unsaid},
    ],
    steps: 20,
    prompts: 640,
    prompts_dropped: null,
    pairs: 90,
    pairs_held_out: 0,
    pairs_trained: 80,
    pair_trainings: 80,
    pairs_per_second: 4.5,
    acceptance: 90 / 93,
    rejections: {length: 1, unchanged: 2},
    chosen_tokens: 6,
    rejected_tokens: 4,
    ...{sampled_tokens: 900, sampling_logp_difference: null, judge_first_share: null, judge_agreement: null},
    endpoint: {
      ...{requests: 90, cached: 3, prompt_tokens: 5000, completion_tokens: 700, seconds: 0.6},
      ...{cost: null, currency: null},
    },
    ...{judge_verdicts: 0, grad_norm: 2, learning_rate: 1e-7},
    staleness: {mean: 0.5, max: 2, in_flight: 0.25, in_queue: 0.25, predicted: 1.5},
    first_step_after_prompts: 64,
    first_step_prompt_share: 0.1,
    steps_per_second_while_evaluating: 0.5,
    steps_per_second_otherwise: 1,
    seconds_by_actor: {
      learner: {starting: 1, training: 7, waiting: 2.5, saving: 0.5},
      reviser: {revising: 4},
    },
    processes_by_actor: {learner: 1, reviser: 2},
  });
  t.deepEqual(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')), {...result, data, suites});
});

test('report.txt says the same in words', async (t) => {
  const folder = await runFolderOf(t, wholeRun);
  const {text} = await writeReport(folder);
  t.is(await readFile(join(folder, 'report.txt'), 'utf8'), text);
  t.is(text.split('\n')[0], 'Run first: score 0.250 → 0.900 in 20.0 s on onnx');
  for (const line of [
    /^Score +0\.250 before training, 0\.900 at the end, best 0\.950 at step 10 \(arithmetic, 300 items\)$/m,
    /^Checkpoints +last .*checkpoints\/20 \(step 20\), best .*checkpoints\/10 \(step 10\)$/m,
    /^Objective +apo_zero from step 1 \(beta 0\.1, peak learning rate 2e-7\), apo_down from step 4$/m,
    /^Steps +20; 0\.5 a second while a checkpoint was scored, 1 a second otherwise$/m,
    /^Gradient +norm 2 on average, before clipping; learning rate 1e-7 at the last step$/m,
    /^Prompts +640 sampled; the first step was taken after 64 of them \(10\.0 %\)$/m,
    /^Pairs +90 \(4\.5 a second\), 80 trained on$/m,
    /^Rejections +3: 2 unchanged, 1 length; 96\.8 % of prompts became pairs$/m,
    /^Lengths +6\.0 tokens in a chosen answer on average, 4\.0 in a rejected one$/m,
    /^Tokens +900 sampled$/m,
    /^Endpoint +asked 90 times, 0\.6 s an answer; 5,000 tokens in, 700 out; 3 more answers kept from before, at no cost$/m,
    /^Staleness +0\.50 policy versions on average \(0\.25 in flight, 0\.25 in queue, 1\.50 predicted\), at most 2$/m,
    /^What the pairs are worth$/m,
    /^ {2}Length bias +none: chosen has more characters in 0\.0 % of pairs \(as many in 100\.0 %\), 1 times as many on average; /m,
    /^ {2}Anchor +apo_zero: not measured, /m,
    /^ {2}learner +1\.0 +training 7\.0 +0\.5 +2\.5$/m,
    /^ {2}reviser × 2 +0\.0 +revising 4\.0 +0\.0$/m,
  ])
    t.regex(text, line);
});

test('report.html holds the curves there is something of, and asks nothing of the network', async (t) => {
  const folder = await runFolderOf(t, wholeRun);
  await writeReport(folder);
  const page = await readFile(join(folder, 'report.html'), 'utf8');
  const names = [...page.matchAll(/<figcaption><h2>([^<]*)/g)].map(([, name]) => name);
  t.deepEqual(names, ['Score', 'Margins', 'Loss', 'Gradient norm', 'Learning rate', 'Lengths']);
  for (const name of ['score', 'rewards/margins', 'loss']) t.true(page.includes(`</span>${name}</span>`));
  t.true(page.includes('prefers-color-scheme: dark'));
  t.notRegex(page, /https?:|<script|<link|@import|url\(/);
});

test('With the fleet at hand the report says what was trained, by every setting, and what can be done next', async (t) => {
  const fleet = fleetSchema.parse({
    ...fleetOf({actors: {}}),
    policy: {model: '/models/base', format: 'plain', temperature: 0.8},
    prompts: {file: '/data/prompts.jsonl'},
    training: {steps: 20, lora: {rank: 8}},
    seed: 7,
  });
  const folder = await runFolderOf(t, {...wholeRun, fleet});
  const {text} = await writeReport(folder);
  t.regex(
    text,
    /^Policy +\/models\/base, plain text; a LoRA adapter of rank 8 learns, alpha 16, in all linear layers$/m,
  );
  t.regex(text, /^Prompts +640 sampled of all in \/data\/prompts\.jsonl, seed 7; /m);
  t.regex(text, /^ {2}policy\.temperature +0\.8$/m);
  t.regex(text, /^ {2}training\.lora\.rank +8$/m);
  const best = join(folder, 'checkpoints/10');
  t.true(
    text.includes(
      `anchorage generate --model /models/base --adapter ${best} --plain --prompts /data/prompts.jsonl --out answers.jsonl\n`,
    ),
  );
  t.true(
    text.includes(`anchorage merge --model /models/base --adapter ${best} --out merged --dtype bfloat16\n`),
  );
});

test('What was read and said is text: marks, control characters and turned directions stay what they are', async (t) => {
  const odd = '<img src=x onerror=alert(1)>\u001b[2J\u202e\r"\'&';
  const folder = await runFolderOf(t, {
    info: {run: `<b>${odd}`},
    scores: [score(0, 0), score(1, 1)].map((each) => ({
      ...each,
      suite: odd,
      answers: [{prompt: odd, completion: odd, grade: 1}],
    })),
    rejections: [{prompt_id: '1', actor: 'filter', reason: odd}],
    pairs: [{...pair(), prompt: odd, chosen: odd, rejected: odd}],
    metrics: [{...step(1, 1), objective: odd}],
  });
  const {text} = await writeReport(folder);
  const page = await readFile(join(folder, 'report.html'), 'utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
  for (const said of [text, page]) t.notRegex(said, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  t.notRegex(page, /<img|<b>/);
  t.true(page.includes('&#60;img src=x onerror=alert(1)&#62;\\u001b[2J\\u202e\\u000d&#34;&#39;&#38;'));
});

test('Answers before training and after are shown side by side, of the same items', async (t) => {
  const answers = (before: string) =>
    Array.from({length: 5}, (_, item) => ({
      prompt: `item ${item}`,
      completion: `${before} ${item}`,
      grade: 0,
    }));
  const folder = await runFolderOf(t, {
    scores: [
      {...score(0, 0.1), answers: answers('worse')},
      {...score(1, 0.5), answers: answers('middling')},
      {...score(2, 0.9), answers: answers('better')},
    ],
    pairs: [pair()],
    held_out: [{...pair(), prompt: 'held back', prompt_line: 12}],
  });
  const {text} = await writeReport(folder);
  t.regex(text, / {2}prompt {4}item 4\n {2}before {4}worse 4\n {2}after {5}better 4\n/);
  t.notRegex(text, /middling/);
  t.regex(
    text,
    /^Pairs that were held back\n {2}prompt of line 12 {2}held back\n {2}rejected {2}r\n {2}chosen {4}c\n/m,
  );
});

test('A run without an evaluation has no word of scores', async (t) => {
  const {scores, metrics = [], ...rest} = wholeRun;
  const folder = await runFolderOf(t, {...rest, metrics: metrics.filter(({actor}) => actor !== 'evaluator')});
  const {text} = await writeReport(folder);
  t.is(text.split('\n')[0], 'Run first: 20 steps in 20.0 s on onnx');
  t.notRegex(text, /score/i);
  t.notRegex(await readFile(join(folder, 'report.html'), 'utf8'), /Score/);
});

test('Held-out pairs are told as what they are', async (t) => {
  const folder = await runFolderOf(t, {
    scores: [score(0, 0), {...score(1, 0.75), margin: 1.25}].map((each) => ({
      ...each,
      suite: 'heldout',
      items: 32,
    })),
  });
  t.regex(
    (await writeReport(folder)).text,
    /^Score +at the end the chosen answer has the higher reward in 24 of 32 held-out pairs \(0\.750\), margin 1\.25 nats, best 0\.750 at step 10$/m,
  );
});

test('A score is not said to be of the end where the last checkpoint has none', async (t) => {
  const folder = await runFolderOf(t, {...wholeRun, scores: [score(0, 0.25), score(1, 0.95)]});
  t.regex((await writeReport(folder)).text, /^Score +0\.250 before training, 0\.950 at step 10, best /m);
});

test('Of checkpoints with the same score the best is that of the larger margin', async (t) => {
  const margins = [0.5, 2, 1.25];
  const folder = await runFolderOf(t, {
    scores: margins.map((margin, index) => ({
      ...score(index + 1, 0.75),
      margin,
      suite: 'heldout',
      items: 32,
    })),
  });
  t.regex((await writeReport(folder)).text, /best 0\.750 at step 20$/m);
});

test('Several epochs train on a pair more than once', async (t) => {
  const folder = await runFolderOf(t, {
    metrics: [step(1, 1), step(2, 2), step(3, 3)],
    pairs: Array.from({length: 40}, () => pair()),
  });
  t.regex(
    (await writeReport(folder)).text,
    /^Pairs +40, 40 trained on, 48 times in all, over several epochs$/m,
  );
});

test('A slow run has its rates in full', async (t) => {
  const folder = await runFolderOf(t, {
    info: {startedAt: '2026-01-31T12:00:00.000Z', endedAt: '2026-01-31T13:00:00.000Z'},
    metrics: Array.from({length: 601}, (_, row) => step(6 * row, 1 + row)).filter((_, row) => row % 2 === 0),
    pairs: [pair(), pair(), pair()],
  });
  const {text} = await writeReport(folder);
  t.regex(text, /^Pairs +3 \(0\.000833 a second\)/m);
  t.regex(text, /^Steps +601; 0\.0833 a second$/m);
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
  t.regex(text, /\(not complete\): 0 steps/);
  t.regex(text, /32 sampled; no step was taken/);
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

test('A folder that is no run is refused with its path', async (t) => {
  const folder = temporaryFolder(t);
  const error = await t.throwsAsync(writeReport(folder), {instanceOf: TerminalError});
  t.true(error.message.startsWith(`${join(folder, 'run.json')}: not there`));
});
