/**
 * The demonstration's task: four small sums in a prompt, such as `34*7 21+9 40-8 17*7>`, answered `238,30,32,119.` and
 * graded by rule. Pure.
 */
import {uniformInt} from 'pure-rand/distribution/uniformInt';
import type {RandomGenerator} from 'pure-rand/types/RandomGenerator';
import {TerminalError} from '../errors.js';
import {randomFor, seedOf} from '../seed.js';

export const ITEMS_PER_PROMPT = 4;

/** `left` is 10 to 49 and `right` 2 to 9, so a value has one to three digits and is above 0. */
export interface Item {
  readonly left: number;
  readonly operator: '*' | '+' | '-';
  readonly right: number;
}

/** Held-out prompts are new combinations of the items that training prompts are made of. */
export type Split = 'train' | 'held_out';

/** `commas`: `238,30,32,119.`, the policy's own. `equals`: `=238 =30 =32 =119 ok.`, the stronger model's. */
export type AnswerStyle = 'commas' | 'equals';

export interface ReadAnswer {
  readonly style: AnswerStyle;
  /** The digits given for each item, at most four; '' where what is given is not a number. */
  readonly values: readonly string[];
  /** Four numbers in the style's exact form, but for outer space. */
  readonly wellFormed: boolean;
}

export interface Grade {
  /** For each of the four items, whether the answer has its value in its place; read leniently. */
  readonly items: readonly boolean[];
  /** All four, in a well-formed answer. */
  readonly correct: boolean;
}

/** `*` twice: half of all items are products. */
const operators = ['*', '*', '+', '-'] as const;

const drawItem = (random: RandomGenerator): Item => {
  const left = uniformInt(random, 10, 49);
  const operator = operators[uniformInt(random, 0, operators.length - 1)] ?? '*';
  return {left, operator, right: uniformInt(random, 2, 9)};
};

export const writeItem = ({left, operator, right}: Item): string => `${left}${operator}${right}`;

export const solve = ({left, operator, right}: Item): number => {
  switch (operator) {
    case '*':
      return left * right;
    case '+':
      return left + right;
    case '-':
      return left - right;
  }
};

/** The value got by one who forgets to carry or borrow: 34*7 is 218, 21+9 is 20, 40-8 is 42. */
export const solveCarelessly = ({left, operator, right}: Item): number => {
  const tens = Math.floor(left / 10);
  const units = left % 10;
  switch (operator) {
    case '*':
      return tens * right * 10 + ((units * right) % 10);
    case '+':
      return tens * 10 + ((units + right) % 10);
    case '-':
      return tens * 10 + ((units - right + 10) % 10);
  }
};

const writePrompt = (items: readonly Item[]): string => `${items.map(writeItem).join(' ')}>`;

const PROMPT = /^[1-4]\d[*+-][2-9](?: [1-4]\d[*+-][2-9]){3}>$/;

/** The items of a prompt; undefined for any other text. */
export const readPrompt = (prompt: string): readonly Item[] | undefined => {
  if (!PROMPT.test(prompt)) return undefined;
  return prompt
    .slice(0, -1)
    .split(' ')
    .map((item) => ({
      left: Number(item.slice(0, 2)),
      operator: item.charAt(2) as Item['operator'],
      right: Number(item.slice(3)),
    }));
};

/** By a hash of the items whatever their order, so that no held-out prompt is a training prompt rearranged: 1 in 8 is held out. */
export const splitOf = (items: readonly Item[]): Split => {
  const combination = items.map(writeItem).sort().join(' ');
  return seedOf('split', combination) >>> 29 === 0 ? 'held_out' : 'train';
};

/** Prompts without end, all of one split; the same seed gives the same ones. They may repeat, as any draw may. */
export function* drawPrompts(split: Split, seed: number): Generator<string, never> {
  const random = randomFor('prompts', split, seed);
  for (;;) {
    const items = Array.from({length: ITEMS_PER_PROMPT}, () => drawItem(random));
    if (splitOf(items) === split) yield writePrompt(items);
  }
}

/** `count` prompts, no two the same. Fewer of the same split and seed are the first of more. */
export const makePrompts = ({split, count, seed}: {split: Split; count: number; seed: number}): string[] => {
  const prompts = new Set<string>();
  if (count <= 0) return [];
  for (const prompt of drawPrompts(split, seed)) {
    prompts.add(prompt);
    if (prompts.size === count) break;
  }
  return [...prompts];
};

/** The prompts that every run of the demonstration is scored on: the same ones whatever the run's seed. */
export const heldOutPrompts = (count: number): string[] => makePrompts({split: 'held_out', count, seed: 0});

export const writeAnswer = (values: readonly (string | number)[], style: AnswerStyle): string =>
  style === 'commas' ? `${values.join(',')}.` : `${values.map((value) => `=${value}`).join(' ')} ok.`;

const wellFormed = {commas: /^\d+(?:,\d+){3}\.$/, equals: /^=\d+(?: =\d+){3} ok\.$/} as const;

/** Takes an answer apart as far as it can be: a missing end or a stray character costs one item and not the rest. */
export const readAnswer = (answer: string): ReadAnswer => {
  const text = answer.trim();
  const style: AnswerStyle = text.includes('=') ? 'equals' : 'commas';
  const pieces =
    style === 'commas'
      ? text.replace(/\.$/, '').split(',')
      : text
          .replace(/\s*ok\.?$/, '')
          .replace(/^=/, '')
          .split('=');
  const values = pieces.slice(0, ITEMS_PER_PROMPT).map((piece) => /^\s*(\d+)\s*$/.exec(piece)?.[1] ?? '');
  return {style, values, wellFormed: wellFormed[style].test(text)};
};

/** Throws a `TerminalError` where the prompt is not one of this task's. */
export const gradeAnswer = (prompt: string, answer: string): Grade => {
  const items = readPrompt(prompt);
  if (items === undefined) {
    throw new TerminalError(
      `not a prompt of the arithmetic demonstration: ${JSON.stringify(prompt.slice(0, 60))}`,
    );
  }
  const {values, wellFormed} = readAnswer(answer);
  const grades = items.map((item, index) => values[index] === String(solve(item)));
  return {items: grades, correct: wellFormed && grades.every(Boolean)};
};
