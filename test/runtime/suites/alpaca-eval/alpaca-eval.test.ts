import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {alpacaEval, identifierIn} from '../../../../runtime/suites/alpaca-eval/alpaca-eval.js';
import type {Judge} from '../../../../runtime/suites/judge.js';
import {temporaryFile, temporaryFolder} from '../../../helpers/temporary.js';

const row = (at: number, preference: number | null, more: object = {}) => ({
  instruction: `Say ${at}`,
  output_1: 'x'.repeat(100 + 7 * ((at * 13) % 11)),
  generator_1: 'baseline',
  output_2: 'y'.repeat(80 + 11 * ((at * 7) % 9)),
  generator_2: 'model',
  annotator: 'somebody',
  preference,
  ...more,
});

const scored = async (t: ExecutionContext, rows: readonly object[], extra: Record<string, string> = {}) => {
  const annotations = temporaryFile(t, 'annotations.json', JSON.stringify(rows));
  const options = alpacaEval.options.parse({suite: 'alpaca_eval', annotations, ...extra});
  const graded = await alpacaEval.annotated(options);
  if (graded === undefined) throw new Error('there are annotations');
  return alpacaEval.summary(graded, options);
};

test('The raw win rate is the mean preference above 1, with older ties and without what has none', async (t) => {
  const {metrics, details} = await scored(t, [
    row(0, 2),
    row(1, 1.5),
    row(2, 0),
    row(3, 1),
    row(4, null),
    row(5, 1.25),
  ]);
  t.is(metrics.win_rate?.value, (100 * (1 + 0.5 + 0.5 + 0 + 0.25)) / 5);
  t.like(details, {n_wins: 1, n_wins_base: 2, n_draws: 2, n_total: 5, glm: 'length_controlled_minimal'});
  t.truthy(metrics.length_controlled_winrate);
});

test('Rows by data set are in percent, as the win rate is', async (t) => {
  const {rows} = await scored(t, [
    row(0, 2, {dataset: 'koala'}),
    row(1, 1.5, {dataset: 'koala'}),
    row(2, 1, {dataset: 'vicuna'}),
  ]);
  t.deepEqual(
    rows?.map(({name, estimate}) => [name, estimate?.value]),
    [
      ['koala', 75],
      ['vicuna', 0],
    ],
  );
});

test('Annotations come out in AlpacaEval’s format, with what the fit predicts', async (t) => {
  const {files} = await scored(t, [
    row(0, 2, {price_per_example: 0.5}),
    row(1, 1),
    row(2, 1.5),
    row(3, 1.25),
  ]);
  const [first] = files?.['annotations.json'] ?? [];
  t.like(first, {
    instruction: 'Say 0',
    generator_1: 'baseline',
    generator_2: 'model',
    annotator: 'somebody',
    preference: 2,
    price_per_example: 0.5,
  });
  const {glm_preference: predicted} = first as {glm_preference?: number};
  t.true(predicted !== undefined && predicted > 0 && predicted < 1);
});

test('A baseline against itself has half of the wins by definition', async (t) => {
  const same = {generator_2: 'baseline'};
  const {metrics} = await scored(t, [row(0, 1.5, same), row(1, 1.5, same), row(2, 1.4, same)]);
  t.is(metrics.length_controlled_winrate?.value, 50);
});

test('Difficulties and gamed rows make the published fit; one without the other is refused', async (t) => {
  const folder = temporaryFolder(t);
  const rows = Array.from({length: 40}, (_, at) => row(at, 1 + ((at * 37) % 100) / 100));
  const difficulty = join(folder, 'difficulty.json');
  writeFileSync(
    difficulty,
    JSON.stringify(rows.map(({instruction}, at) => ({instruction, difficulty: Math.sin(at)}))),
  );
  const gamed = join(folder, 'gamed.json');
  writeFileSync(
    gamed,
    JSON.stringify(
      rows.map((_, at) => ({tanh_std_delta_len: Math.cos(at), difficulty: Math.sin(at), preference: 1.5})),
    ),
  );
  const {details} = await scored(t, rows, {difficulty, gamed});
  t.like(details, {glm: 'length_controlled_v1'});
  t.deepEqual(Object.keys((details?.weights ?? {}) as object), [
    'tanh_std_delta_len',
    'instruction_difficulty',
    'bias',
  ]);
  await t.throwsAsync(async () => scored(t, rows, {difficulty}), {
    instanceOf: TerminalError,
    message: /--difficulty and --gamed belong together/,
  });
  await t.throwsAsync(async () => scored(t, [...rows, row(99, 1)], {difficulty, gamed}), {
    message:
      /difficulty\.json: has no difficulty of the instruction "Say 99"; leave --difficulty and --gamed out/,
  });
});

test('What is no annotation is named by its row and field', async (t) => {
  const refusals: readonly (readonly [object[], RegExp])[] = [
    [[], /holds no annotations/],
    [[{instruction: 'a'}], /row 1: generator_1: not a text/],
    [[row(0, 3)], /row 1: preference: is from 1/],
    [[row(0, 1), row(0, 2)], /row 2: instruction: is there in a row before/],
    [[row(0, 1), row(1, 1, {generator_2: 'other'})], /row 2: other against baseline, where the rows before/],
  ];
  for (const [rows, message] of refusals)
    await t.throwsAsync(async () => scored(t, rows), {instanceOf: TerminalError, message});
});

test('A judge is shown both outputs in an order that the instruction decides, and its word is turned back', async (t) => {
  const asked: string[] = [];
  // Prefers the output that is good, whatever it is called.
  const judge: Judge = {
    model: 'judge',
    async ask({prompt}, read) {
      asked.push(prompt);
      const reply = /model="m">\ngood/.test(prompt) ? 'm' : 'M';
      return {kind: 'read', value: read(reply) as NonNullable<ReturnType<typeof read>>, reply};
    },
  };
  let switched = 0;
  for (let at = 0; at < 20; at++) {
    const item = {prompt: `Say ${at}`, reference: 'bad', baseline: 'baseline', dataset: undefined};
    const grading = {answers: ['good'], judge, policy: 'mine'};
    const better = await alpacaEval.grade(item, 'good', grading);
    t.is(better.score, 1);
    t.like(better.details, {generator_2: 'mine', output_2: 'good', annotator: 'judge'});
    t.is((await alpacaEval.grade({...item, reference: 'good'}, 'bad', grading)).score, 0);
    if (better.details?.is_switched) switched += 1;
  }
  t.true(switched > 4 && switched < 16, String(switched));
  const same = {prompt: 'a', reference: 'same', baseline: 'baseline', dataset: undefined};
  t.is((await alpacaEval.grade(same, 'same', {answers: ['same'], judge: undefined, policy: 'p'})).score, 0.5);
  t.is(
    (await alpacaEval.grade(same, 'other', {answers: ['other'], judge: undefined, policy: 'p'})).unscored,
    'there is no judge',
  );
});

test('An identifier is read where one alone is named', (t) => {
  t.is(identifierIn('M'), 'M');
  t.is(identifierIn('**m**.'), 'm');
  t.is(identifierIn('Model M'), 'M');
  t.is(identifierIn("I'm sure it is M"), 'M');
  t.is(identifierIn('m or M'), undefined);
  t.is(identifierIn(''), undefined);
});
