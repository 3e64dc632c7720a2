import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {type Graded, gradeOf} from '../../../../runtime/suites/grade.js';
import type {Judge, Verdict} from '../../../../runtime/suites/judge.js';
import {type MixItem, readMixEval} from '../../../../runtime/suites/mixeval/data.js';
import {mixeval} from '../../../../runtime/suites/mixeval/mixeval.js';
import {recordedResponses} from '../../../../runtime/suites/mixeval/responses.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

/** Hand-made, in the form of the release of 2024-06-01: entries by ids, some of them twice. */
const freeForm = {
  '0': {
    problem_type: 'free-form',
    context: null,
    prompt: 'Who?',
    target: ['Ann', 'Ann', 'Anne'],
    benchmark_name: 'TriviaQA',
  },
  '1': {
    problem_type: 'free-form',
    context: null,
    prompt: 'Who?',
    target: ['Ann', 'Ann', 'Anne'],
    benchmark_name: 'TriviaQA',
  },
  '2': {
    problem_type: 'free-form',
    context: 'There are 2.',
    prompt: 'How many?',
    target: ['2'],
    benchmark_name: 'GSM8k',
  },
  '3': {
    problem_type: 'free-form',
    context: 'none',
    prompt: 'x + 1 = 2',
    target: ['1'],
    benchmark_name: 'AGIEval',
  },
};
const choices = {
  '0': {
    problem_type: 'multiple-choice',
    context: 'rats',
    prompt: 'Where?',
    options: ['sewer', 'cellar'],
    target: [1],
    benchmark_name: 'MMLU',
  },
  '1': {
    problem_type: 'multiple-choice',
    context: null,
    prompt: 'Which?',
    options: ['(A)one', '(B)two', '(C)three'],
    target: [0],
    benchmark_name: 'AGIEval',
  },
  '2': {
    problem_type: 'multiple-choice',
    context: 'rats',
    prompt: 'Where?',
    options: ['sewer', 'cellar'],
    target: [1],
    benchmark_name: 'MMLU',
  },
};
/** The release of 2024-08-11 has other benchmarks, and up to ten options. */
const later = {
  '0': {
    problem_type: 'multiple-choice',
    context: null,
    prompt: 'Which school?',
    options: Array.from({length: 10}, (_, at) => `School ${at}`),
    target: [9],
    benchmark_name: 'MMLU-Pro',
  },
};

const folderWith = (t: ExecutionContext, files: Readonly<Record<string, unknown>>): string => {
  const folder = join(temporaryFolder(t), 'mixeval-hard');
  mkdirSync(folder);
  for (const [name, value] of Object.entries(files))
    writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  return folder;
};
const published = (t: ExecutionContext): string =>
  folderWith(t, {'free-form.json': freeForm, 'multiple-choice.json': choices});

test('Entries that are there several times are one item that counts as often', async (t) => {
  const items = await readMixEval(published(t));
  t.deepEqual(
    items.map(({problem, ids, weight = 1}) => [problem, ids, weight]),
    [
      ['free-form', ['0', '1'], 2],
      ['free-form', ['2'], 1],
      ['free-form', ['3'], 1],
      ['multiple-choice', ['0', '2'], 2],
      ['multiple-choice', ['1'], 1],
    ],
  );
});

test('A policy is asked as MixEval asks', async (t) => {
  const prompts = (await readMixEval(published(t))).map(({prompt}) => prompt);
  t.deepEqual(prompts, [
    'Question: Who?\nAnswer the question shortly.',
    "Question: There are 2.\nHow many?\nAnswer the question. \nLet's think step by step.",
    'Question: x + 1 = 2\nAnswer the question shortly.',
    'rats\nWhere?\nA. sewer\nB. cellar\nAnswer with the option letter from the given choices directly.',
    'Which?\nA. (A)one\nB. (B)two\nC. (C)three\nAnswer with the option letter from the given choices directly.',
  ]);
});

test('The later release’s ten options are read, and a list of entries too', async (t) => {
  const [item] = await readMixEval(folderWith(t, {'multiple-choice.json': later}));
  t.is(item?.problem === 'multiple-choice' ? item.target : undefined, 'J');
  const list = Object.entries(freeForm).map(([id, entry]) => ({...entry, id}));
  t.is((await readMixEval(folderWith(t, {'free-form.json': list}))).length, 3);
});

test('A folder or an entry that is none is named', async (t) => {
  const bad = (entry: object) => folderWith(t, {'multiple-choice.json': {'7': {...choices['0'], ...entry}}});
  const refusals: readonly (readonly [string, RegExp])[] = [
    [folderWith(t, {}), /has neither free-form\.json nor multiple-choice\.json/],
    [join(temporaryFolder(t), 'nowhere'), /no such folder/],
    [folderWith(t, {'free-form.json': '{"0": '}), /free-form\.json: not JSON/],
    [bad({target: [2]}), /entry 7: target: is the place of none of the options/],
    [bad({target: [0, 1]}), /entry 7: target/],
    [bad({options: 'a'}), /entry 7: options/],
    [bad({prompt: ''}), /entry 7: prompt/],
  ];
  for (const [folder, message] of refusals)
    await t.throwsAsync(readMixEval(folder), {instanceOf: TerminalError, message});
});

const responseLine = (problem: keyof typeof sources, id: string, response: string) =>
  JSON.stringify({...(sources[problem] as Record<string, object>)[id], id, response});
const sources = {'free-form': freeForm, 'multiple-choice': choices};

test('Recorded answers are found by their ids; copies that were answered otherwise are items of their own', async (t) => {
  const folder = published(t);
  const items = await readMixEval(folder);
  const file = join(folder, 'responses.jsonl');
  writeFileSync(
    file,
    [
      responseLine('free-form', '0', 'Ann'),
      responseLine('free-form', '1', 'Bob'),
      responseLine('free-form', '2', '2'),
      responseLine('multiple-choice', '0', 'B'),
      responseLine('multiple-choice', '2', 'B'),
    ].join('\n'),
  );
  const {items: found, answers} = await recordedResponses([file], items);
  t.deepEqual(
    found.map(({ids, weight}, at) => [ids, weight, answers[at]]),
    [
      [['0'], 1, ['Ann']],
      [['1'], 1, ['Bob']],
      [['2'], 1, ['2']],
      [['3'], 1, undefined],
      [['0', '2'], 2, ['B']],
      [['1'], 1, undefined],
    ],
  );
  writeFileSync(file, JSON.stringify({...freeForm['0'], prompt: 'What?', id: '0', response: 'x'}));
  await t.throwsAsync(recordedResponses([file], items), {
    message: /responses\.jsonl:1: answers another question than the data has as free-form 0/,
  });
});

/** Says the same of every question. */
const judgeSaying = (verdict: (read: (reply: string) => unknown) => Verdict<unknown>): Judge => ({
  model: 'judge',
  ask: async <T>(_: unknown, read: (reply: string) => T | undefined) => verdict(read) as Verdict<T>,
});
const replying = (reply: string): Judge =>
  judgeSaying((read) => {
    const value = read(reply);
    return value === undefined ? {kind: 'unreadable', tries: 3, reply} : {kind: 'read', value, reply};
  });
const options = mixeval.options.parse({suite: 'mixeval', data: '.'});

test('Free-form answers are scored by a judge, and by nobody where it is blocked, cannot be read, or is not there', async (t) => {
  const [item] = await readMixEval(published(t));
  if (item === undefined) return t.fail('there is an item');
  const graded = async (judge: Judge | undefined) => {
    const grade = gradeOf(await mixeval.grade(item, 'Ann', {answers: ['Ann'], judge, policy: 'p'}, options));
    return [grade.score, grade.unscored];
  };
  t.deepEqual(await graded(replying('[[0.7]]')), [0.7, undefined]);
  t.deepEqual(await graded(replying('It is right.')), [undefined, 'the judge cannot be read']);
  t.deepEqual(await graded(judgeSaying(() => ({kind: 'blocked', reason: 'content filter'}))), [
    undefined,
    'the judge was blocked',
  ]);
  t.deepEqual(await graded(undefined), [undefined, 'free-form: there is no judge']);
});

test('Multiple choice is read by rule without a judge, and by the judge with one', async (t) => {
  const item = (await readMixEval(published(t))).at(-2);
  if (item === undefined) return t.fail('there is an item');
  const graded = async (answer: string, judge?: Judge, choiceParser?: 'rule' | 'judge') => {
    const given = choiceParser === undefined ? options : {...options, choiceParser};
    return gradeOf(await mixeval.grade(item, answer, {answers: [answer], judge, policy: 'p'}, given));
  };
  t.is((await graded('B.')).score, 1);
  t.is((await graded('A')).score, 0);
  t.deepEqual(await graded('Neither.'), {
    score: undefined,
    unscored: 'the answer chooses no option',
    details: {},
  });
  t.is((await graded('the lower one', replying('[[B]]'))).score, 1);
  t.is((await graded('B', replying('[[Z]]'))).score, 0);
  t.is((await graded('?', replying('[[none]]'))).unscored, 'the answer chooses no option');
  t.is((await graded('B', replying('[[A]]'), 'rule')).score, 1);
  t.is((await graded('B', undefined, 'judge')).unscored, 'multiple choice: there is no judge');
});

const withScores = (items: readonly MixItem[], scores: readonly (number | undefined)[]): Graded<MixItem>[] =>
  items.map((item, at) => ({item, grade: {score: scores[at]}}));

test('Both overall scores, by parts and by items, respect how often an item counts', async (t) => {
  const items = await readMixEval(published(t));
  const {metrics, score} = mixeval.summary(withScores(items, [1, 0, 0.5, 1, 0]));
  // Free-form (2·1 + 0 + .5) / 4, multiple choice (2·1 + 0) / 3; over all seven 4.5 / 7.
  t.is(metrics.free_form?.value, 0.625);
  t.is(metrics.multiple_choice?.value, 2 / 3);
  t.is(metrics.overall?.value, (0.625 + 2 / 3) / 2);
  t.is(metrics.overall_by_items?.value, 4.5 / 7);
  t.is(score?.value, metrics.overall?.value);
  // Distances from .625 count 7 / (2 · 4) of theirs, from 2/3 7 / (2 · 3): each as often as its item their mean is the score.
  const values = mixeval.summary(withScores(items, [1, 0, 0.5, 1, 0])).pseudoValues?.() ?? [];
  const overall = (0.625 + 2 / 3) / 2;
  for (const [at, wanted] of [
    overall + (7 / 8) * (1 - 0.625),
    overall - (7 / 8) * 0.625,
    overall + (7 / 8) * (0.5 - 0.625),
    overall + (7 / 6) * (1 - 2 / 3),
    overall - (7 / 6) * (2 / 3),
  ].entries())
    t.true(Math.abs((values[at] ?? Number.NaN) - wanted) < 1e-12, String(at));
  t.like(metrics.overall, {items: 5, weight: 7, interval: 'bootstrap'});
});

test('The rows are Table 2’s in its order, with the multiple-choice part of what both files have', async (t) => {
  const items = await readMixEval(published(t));
  const {rows = []} = mixeval.summary(withScores(items, [1, 0, 0.5, 1, 0]));
  t.deepEqual(
    rows.map(({name, total, estimate}) => [name, total, estimate?.value]),
    [
      ['TriviaQA', 2, 1],
      ['MMLU', 2, 1],
      ['AGIEval', 1, 0],
      ['GSM8k', 1, 0],
      ['AGIEval (free-form)', 1, 0.5],
    ],
  );
  t.deepEqual(mixeval.parts(items), ['TriviaQA', 'GSM8k', 'AGIEval (free-form)', 'MMLU', 'AGIEval']);
});

test('What has no score is in no mean, and half of a benchmark makes no overall score', async (t) => {
  const items = await readMixEval(published(t));
  const partly = mixeval.summary(withScores(items, [1, undefined, 0.5, 1, 0]));
  t.is(partly.metrics.free_form?.value, 2.5 / 3);
  t.regex(partly.notes?.join('\n') ?? '', /counted as wrong, overall_by_items is 0\.6429/);
  const half = mixeval.summary(withScores(items, [undefined, undefined, undefined, 1, 0]));
  t.is(half.score, undefined);
  t.is(half.metrics.overall, undefined);
  t.is(half.metrics.multiple_choice?.value, 2 / 3);
});
