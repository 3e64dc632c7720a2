/**
 * Multiple choice by log-likelihood, as lm-evaluation-harness has it: the choice that the model gives the highest log-probability
 * after the question (`acc`), and the one with the highest per character (`acc_norm`).
 */
import * as z from 'zod';
import {TerminalError} from '../errors.js';
import {numberIn} from '../sources/fields.js';
import {type Row, readRows} from '../sources/rows.js';
import {meanOf} from './estimate.js';
import type {Grade} from './grade.js';
import {letterOf, readMixEval} from './mixeval/data.js';
import {lettered} from './mixeval/prompts.js';
import type {Likelihood, LikelihoodItem, LikelihoodSuite} from './suite.js';
import {detailsOf, metricsOf, rowsBy} from './summary.js';

const metrics = ['acc', 'acc_norm'] as const;

const options = z.strictObject({
  suite: z.literal('multiple_choice'),
  file: z.string().min(1).optional().describe('rows with question, choices and answer'),
  data: z.string().min(1).optional().describe('or a folder of MixEval, for its multiple choice'),
  choose: z
    .enum(['text', 'letter'])
    .default('text')
    .describe('whether the texts of the choices are measured, or their letters after a list of them'),
});
type Options = z.infer<typeof options>;

export interface ChoicesItem extends LikelihoodItem {
  readonly continuations: readonly string[];
  /** The place of the right one. */
  readonly gold: number;
  /** Where the question is from, if that is known. */
  readonly group?: string;
}

export const multipleChoice = {
  kind: 'likelihoods',
  form: 'choice',
  options,
  files: ['file', 'data'],
  metrics,
  describe: ({suite, file, data = file}) => `${suite} of ${data}`,
  async items({file, data, choose}) {
    if ((file === undefined) === (data === undefined))
      throw new TerminalError(
        'multiple_choice: needs one of file, which has questions, and data, a folder of MixEval',
      );
    const items =
      data === undefined ? await readQuestions(file ?? '', choose) : await ofMixEval(data, choose);
    if (items.length === 0)
      throw new TerminalError(`${data ?? file}: holds nothing to ask; each row is ${EXAMPLE}`);
    return items;
  },
  grade: ({continuations, gold}, likelihoods) => choiceGrade(continuations, gold, likelihoods),
  parts: (items) => items.map(({group}) => group),
  summary: (graded) => {
    const [acc, norm] = [detailsOf(graded, 'acc'), detailsOf(graded, 'acc_norm')];
    const groups = new Set(graded.map(({item}) => item.group));
    const score = meanOf(acc, 'acc');
    return {
      score,
      metrics: metricsOf<(typeof metrics)[number]>({acc: score, acc_norm: meanOf(norm, 'acc_norm')}),
      ...(groups.size > 1 ? {rows: rowsBy(graded, ({group = 'other'}) => group)} : {}),
    };
  },
} as const satisfies LikelihoodSuite<Options, ChoicesItem>;

/** The first of equals counts, as numpy's argmax has it. */
const best = (values: readonly number[]): number => values.indexOf(Math.max(...values));

const choiceGrade = (choices: readonly string[], gold: number, likelihoods: readonly Likelihood[]): Grade => {
  const logps = likelihoods.map((each) => each.logps);
  const chosen = best(logps);
  const byLength = best(logps.map((each, at) => each / Math.max(1, [...(choices[at] ?? '')].length)));
  const acc = chosen === gold ? 1 : 0;
  return {score: acc, details: {acc, acc_norm: byLength === gold ? 1 : 0, chosen, chosen_norm: byLength}};
};

type Choose = Options['choose'];

const itemOf = (
  question: {readonly text: string; readonly isWhole: boolean},
  choices: readonly string[],
  gold: number,
  choose: Choose,
): ChoicesItem => {
  if (choose === 'letter')
    return {
      prompt: `${question.text}\n${lettered(choices)}\nAnswer:`,
      continuations: choices.map((_, place) => letterOf(place)),
      gold,
    };
  return {
    prompt: question.isWhole ? question.text : `Question: ${question.text}\nAnswer:`,
    continuations: choices,
    gold,
  };
};

/** Each different question once, as often as it counts. */
const ofMixEval = async (folder: string, choose: Choose): Promise<ChoicesItem[]> =>
  (await readMixEval(folder)).flatMap((each) => {
    if (each.problem !== 'multiple-choice') return [];
    const gold = each.target.charCodeAt(0) - letterOf(0).charCodeAt(0);
    const text = `${each.context === undefined ? '' : `${each.context}\n`}${each.question}`;
    const item = itemOf({text, isWhole: false}, each.options, gold, choose);
    return [{...item, group: each.benchmark, ...(each.weight === undefined ? {} : {weight: each.weight})}];
  });

const EXAMPLE = '{"question": "...", "choices": ["...", "..."], "answer": 1}';

const readQuestions = async (file: string, choose: Choose): Promise<ChoicesItem[]> => {
  const items: ChoicesItem[] = [];
  for await (const row of readRows({path: file, keys: '--'}, EXAMPLE)) items.push(questionIn(row, choose));
  return items;
};

const questionIn = ({where, columns}: Row, choose: Choose): ChoicesItem => {
  const {
    question,
    prompt,
    choices = columns.options,
    answer = columns.gold ?? columns.target,
    subject,
    group = subject,
  } = columns;
  const text = question ?? prompt;
  if (typeof text !== 'string' || text.trim() === '')
    throw new TerminalError(`${where}: question: not a text; each row is ${EXAMPLE}`);
  if (
    !Array.isArray(choices) ||
    choices.length < 2 ||
    choices.length > 26 ||
    !choices.every((each) => typeof each === 'string' && each !== '')
  )
    throw new TerminalError(`${where}: choices: not a list of 2 to 26 texts; each row is ${EXAMPLE}`);
  const gold = placeIn(choices as string[], Array.isArray(answer) ? answer[0] : answer);
  if (gold === undefined)
    throw new TerminalError(
      `${where}: answer: is no place in choices, counted from 0, nor a letter or a text of one; each row is ${EXAMPLE}`,
    );
  const item = itemOf({text, isWhole: question === undefined}, choices as string[], gold, choose);
  return typeof group === 'string' ? {...item, group} : item;
};

/** What is right, as a place, a letter, or the text itself. */
export const placeIn = (choices: readonly string[], answer: unknown): number | undefined => {
  if (typeof answer === 'string') {
    const place = choices.indexOf(answer);
    if (place >= 0) return place;
    const letter = /^[A-Z]$/.test(answer) ? answer.charCodeAt(0) - letterOf(0).charCodeAt(0) : -1;
    return letter >= 0 && letter < choices.length ? letter : undefined;
  }
  const place = numberIn(answer);
  return place !== undefined && Number.isInteger(place) && place >= 0 && place < choices.length
    ? place
    : undefined;
};
