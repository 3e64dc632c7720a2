/**
 * MixEval and MixEval-Hard (Ni et al., 2024), from a user's own copy of the data: free-form answers graded by a judge, multiple choice
 * by a rule or by a judge. An item that is there several times is asked and judged once and counts as often.
 */
import * as z from 'zod';
import {bootstrap, type Estimate, meanOf, weightedMean} from '../estimate.js';
import type {Grade, Graded} from '../grade.js';
import {NO_JUDGE, unscoredBecause, verdictDetails} from '../judge.js';
import {type AnswerSuite, answerLength, type Grading} from '../suite.js';
import {metricsOf, rowsBy, type Summary, scoresOf} from '../summary.js';
import {verdictReader} from '../verdict.js';
import {TABLE_2} from './benchmarks.js';
import {type ChoiceItem, type FreeFormItem, type MixItem, readMixEval} from './data.js';
import {NONE, optionQuestion, optionScale, SCORE, scoreQuestion} from './judging.js';
import {choiceIn} from './parsers.js';
import {recordedResponses} from './responses.js';

const metrics = ['overall', 'overall_by_items', 'free_form', 'multiple_choice'] as const;

const options = z.strictObject({
  suite: z.literal('mixeval'),
  data: z.string().min(1).describe('a folder with free-form.json and multiple-choice.json'),
  choiceParser: z
    .enum(['rule', 'judge'])
    .optional()
    .describe('who reads which option an answer chooses; the judge, where there is one'),
  ...answerLength,
});
type Options = z.infer<typeof options>;

export const mixeval = {
  kind: 'answers',
  options,
  files: ['data'],
  metrics,
  usesJudge: true,
  describe: ({suite, data}) => `${suite} of ${data}`,
  items: ({data}) => readMixEval(data),
  recorded: recordedResponses,
  grade: (item, answer, grading, given) =>
    item.problem === 'free-form'
      ? freeFormGrade(item, answer, grading)
      : choiceGrade(item, answer, grading, given),
  needsJudge: (_, items = []) => items.some(({problem}) => problem === 'free-form'),
  parts: (items) => rowNames(items),
  summary: (graded) => summaryOf(graded),
} as const satisfies AnswerSuite<Options, MixItem>;

const freeFormGrade = async (
  {question, targets}: FreeFormItem,
  answer: string,
  {judge}: Grading,
): Promise<Grade> => {
  if (judge === undefined) return {score: undefined, unscored: `free-form: ${NO_JUDGE}`};
  const verdict = await judge.ask(
    scoreQuestion(question, targets, answer, judge.words),
    verdictReader(SCORE, judge.words),
  );
  const details = verdictDetails(verdict);
  return verdict.kind === 'read'
    ? {score: verdict.value, details}
    : {score: undefined, unscored: unscoredBecause(verdict), details};
};

const NO_OPTION = 'the answer chooses no option';

const choiceGrade = async (
  {question, options: texts, target}: ChoiceItem,
  answer: string,
  {judge}: Grading,
  {choiceParser = judge === undefined ? 'rule' : 'judge'}: Options,
): Promise<Grade> => {
  const chosen = (option: string | undefined, details: object = {}): Grade =>
    option === undefined || option === NONE
      ? {score: undefined, unscored: NO_OPTION, details: {...details}}
      : {score: option === target ? 1 : 0, details: {option, ...details}};
  if (choiceParser === 'rule') return chosen(choiceIn(answer, texts));
  if (judge === undefined) return {score: undefined, unscored: `multiple choice: ${NO_JUDGE}`};
  const verdict = await judge.ask(
    optionQuestion(question, texts, answer, judge.words),
    verdictReader(optionScale(texts), judge.words),
  );
  const details = verdictDetails(verdict);
  return verdict.kind === 'read'
    ? chosen(verdict.value, details)
    : {score: undefined, unscored: unscoredBecause(verdict), details};
};

/** Benchmarks that are in both files. */
const inBoth = (items: readonly MixItem[]): ReadonlySet<string> => {
  const of = (wanted: MixItem['problem']) =>
    new Set(items.flatMap(({benchmark, problem}) => (problem === wanted ? [benchmark] : [])));
  const chosen = of('multiple-choice');
  return new Set([...of('free-form')].filter((name) => chosen.has(name)));
};

/** Of a benchmark that is in both files Table 2 has the multiple-choice part; the other is a row of its own. */
const rowNames = (items: readonly MixItem[]): string[] => {
  const both = inBoth(items);
  return items.map(({benchmark, problem}) =>
    both.has(benchmark) && problem === 'free-form' ? `${benchmark} (free-form)` : benchmark,
  );
};

const summaryOf = (graded: readonly Graded<MixItem>[]): Summary => {
  const of = (problem: MixItem['problem']) => graded.filter(({item}) => item.problem === problem);
  const parts = {free: of('free-form'), choice: of('multiple-choice')};
  const free = meanOf(scoresOf(parts.free), 'free_form');
  const choice = meanOf(scoresOf(parts.choice), 'multiple_choice');
  const hasBoth = free !== undefined && choice !== undefined;
  const overall = hasBoth ? meanOf(scoresOf(graded), 'overall') : undefined;
  const halves = hasBoth ? halfAndHalf(graded, free, choice) : undefined;
  const items = graded.map(({item}) => item);
  const both = inBoth(items);
  const names = new Map(rowNames(items).map((name, place) => [items[place], name]));
  const isUnscored = graded.some(({grade}) => grade.score === undefined);
  const asWrong = graded.map((each) => ({...each, grade: {score: each.grade.score ?? 0}}));
  // Of half of the data, that half.
  const only = parts.free.length === 0 ? choice : parts.choice.length === 0 ? free : undefined;
  return {
    score: halves ?? only,
    ...(hasBoth ? {pseudoValues: () => halvesOf(graded, free, choice)} : {}),
    metrics: metricsOf<(typeof metrics)[number]>({
      overall: halves,
      overall_by_items: overall,
      free_form: free,
      multiple_choice: choice,
    }),
    rows: rowsBy(graded, (item) => names.get(item) ?? item.benchmark, TABLE_2),
    details: {
      items: {
        free_form: countOf(parts.free),
        multiple_choice: countOf(parts.choice),
        different: differentIn(items),
        // Copies of an item that were answered otherwise are judged each.
        ...(differentIn(items) === graded.length ? {} : {different_answers: graded.length}),
      },
    },
    notes: [
      ...(hasBoth
        ? []
        : ['there is no overall score: it needs both the free-form and the multiple-choice part']),
      ...(isUnscored && hasBoth
        ? [
            `with what has no score counted as wrong, overall_by_items is ${weightedMean(scoresOf(asWrong)).toFixed(4)}`,
          ]
        : []),
      ...(both.size > 0
        ? [
            `${[...both].join(', ')}: the multiple-choice part, as in the paper’s Table 2; the free-form part is a row of its own`,
          ]
        : []),
    ],
  };
};

/** Of items, however their copies were answered. */
const differentIn = (items: readonly MixItem[]): number =>
  new Set(items.map(({ids: _, weight: _weight, ...what}) => JSON.stringify(what))).size;

const countOf = (graded: readonly Graded<MixItem>[]): number =>
  graded.reduce((sum, {item: {weight = 1}}) => sum + weight, 0);

/** Each item's distance from its part's mean, in the unit in which the mean of all items is that of both parts' means. */
const halvesOf = (graded: readonly Graded<MixItem>[], free: Estimate, choice: Estimate): number[] =>
  graded.map(({item: {problem}, grade: {score}}) => {
    const own = problem === 'free-form' ? free : choice;
    const scale = (free.weight + choice.weight) / (2 * own.weight);
    return (free.value + choice.value) / 2 + scale * ((score ?? Number.NaN) - own.value);
  });

/** The mean of both parts' means, as MixEval had it at the time of the paper; over all items since. The same where both have as many. */
const halfAndHalf = (graded: readonly Graded<MixItem>[], free: Estimate, choice: Estimate): Estimate => {
  const scored = graded.filter(({grade}) => grade.score !== undefined);
  const half = (places: Int32Array): number => {
    const sums = {'free-form': [0, 0], 'multiple-choice': [0, 0]};
    for (const place of places) {
      const {item, grade} = scored[place] as Graded<MixItem>;
      const sum = sums[item.problem];
      const weight = item.weight ?? 1;
      sum[0] = (sum[0] ?? 0) + weight * (grade.score ?? 0);
      sum[1] = (sum[1] ?? 0) + weight;
    }
    const [one, other] = Object.values(sums).map(([sum = 0, weight = 0]) => sum / weight);
    return ((one ?? Number.NaN) + (other ?? Number.NaN)) / 2;
  };
  return {
    value: (free.value + choice.value) / 2,
    ...bootstrap(scored.length, half, {seed: 'overall'}),
    items: scored.length,
    weight: free.weight + choice.weight,
    interval: 'bootstrap',
  };
};
