/** JSON lines with gold answers, matched as the options say: to the letter, but for form, by number, by option, by pattern, or by a judge. */
import * as z from 'zod';
import {TerminalError} from '../errors.js';
import {type Row, readRows} from '../sources/rows.js';
import {matchIn} from '../text/own-words.js';
import type {Grade} from './grade.js';
import {NO_JUDGE, unscoredBecause, verdictDetails} from './judge.js';
import {letterOf} from './mixeval/data.js';
import {SCORE, scoreQuestion} from './mixeval/judging.js';
import {choiceIn} from './mixeval/parsers.js';
import {lettered} from './mixeval/prompts.js';
import {placeIn} from './multiple-choice.js';
import {type AnswerSuite, answerLength, type Grading, type Item} from './suite.js';
import {verdictReader} from './verdict.js';

const matches = ['exact', 'normalised', 'numeric', 'letter', 'regex', 'judged'] as const;

const options = z.strictObject({
  suite: z.literal('gold_answers'),
  file: z.string().min(1).describe('rows with prompt and answer'),
  match: z.enum(matches).default('normalised').describe('how an answer is compared with the gold one'),
  ...answerLength,
});
type Options = z.infer<typeof options>;
type Match = Options['match'];

export interface GoldItem extends Item {
  /** Any of them is right; patterns where that is asked for, and a letter where choices are. */
  readonly golds: readonly string[];
  readonly choices?: readonly string[];
  /** What part of a mixture it is of. */
  readonly benchmark?: string;
}

const EXAMPLES: Readonly<Record<Match, string>> = {
  exact: '{"prompt": "...", "answer": "..."}',
  normalised: '{"prompt": "...", "answer": ["...", "..."]}',
  numeric: '{"prompt": "...", "answer": 42}',
  letter: '{"prompt": "...", "choices": ["...", "..."], "answer": "B"}',
  regex: '{"prompt": "...", "answer": "(19|20)\\\\d\\\\d"}',
  judged: '{"prompt": "...", "answer": "..."}',
};

export const goldAnswers = {
  kind: 'answers',
  options,
  files: ['file'],
  usesJudge: true,
  describe: ({suite, file, match}) => `${suite} of ${file}, ${match}`,
  async items({file, match}) {
    const items: GoldItem[] = [];
    for await (const row of readRows({path: file, keys: '--'}, EXAMPLES[match]))
      items.push({...itemOf(row, match), ...benchmarkOf(row)});
    if (items.length === 0)
      throw new TerminalError(`${file}: holds nothing to ask; write ${EXAMPLES[match]} on each line`);
    return items;
  },
  needsJudge: ({match}) => match === 'judged',
  parts: (items) => items.map(({benchmark}) => benchmark),
  grade: (item, answer, grading, {match}) => gradeBy[match](item, answer, grading),
} as const satisfies AnswerSuite<Options, GoldItem>;

/** Of a set that is a mixture: a grid's tables are broken down by it. */
const benchmarkOf = ({columns: {benchmark}}: Row): Pick<GoldItem, 'benchmark'> =>
  typeof benchmark === 'string' && benchmark !== '' ? {benchmark} : {};

const itemOf = ({where, columns}: Row, match: Match): GoldItem => {
  const example = EXAMPLES[match];
  const {prompt, answer, choices} = columns;
  if (typeof prompt !== 'string' || prompt.trim() === '')
    throw new TerminalError(`${where}: prompt: not a text, as in ${example}`);
  if (match === 'letter') {
    if (
      !Array.isArray(choices) ||
      choices.length < 2 ||
      choices.length > 26 ||
      !choices.every((each) => typeof each === 'string')
    )
      throw new TerminalError(`${where}: choices: not a list of 2 to 26 texts, as in ${example}`);
    const place = placeIn(choices, answer);
    if (place === undefined)
      throw new TerminalError(
        `${where}: answer: is no choice, by its letter, its place from 0 or its text, as in ${example}`,
      );
    const asked = `${prompt}\n${lettered(choices)}\nAnswer with the option letter from the given choices directly.`;
    return {prompt: asked, choices, golds: [letterOf(place)]};
  }
  const golds = (Array.isArray(answer) ? answer : [answer]).map(textOf);
  if (golds.length === 0 || golds.some((gold) => gold === undefined || (gold === '' && match !== 'exact')))
    throw new TerminalError(`${where}: answer: is no text or number, nor a list of such, as in ${example}`);
  for (const gold of golds as string[])
    requireMatchable(gold, match, `${where}: answer: ${JSON.stringify(gold)}`);
  return {prompt, golds: golds as string[]};
};

/** A number too, as it is written. */
const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  const plain: unknown = value instanceof Object && 'toJSON' in value ? Number(JSON.stringify(value)) : value;
  return typeof plain === 'number' || typeof plain === 'bigint' ? String(plain) : undefined;
};

const requireMatchable = (gold: string, match: Match, where: string): void => {
  if (match === 'numeric' && numbersIn(gold).length !== 1)
    throw new TerminalError(`${where}: is not one number, as in ${EXAMPLES.numeric}`);
  if (match !== 'regex') return;
  try {
    new RegExp(gold, 'su');
  } catch (error) {
    throw new TerminalError(`${where}: ${error instanceof Error ? error.message : 'is no pattern'}`);
  }
};

const shareOf = (isRight: boolean): Grade => ({score: isRight ? 1 : 0});

const gradeBy: Readonly<Record<Match, (item: GoldItem, answer: string, grading: Grading) => Promise<Grade>>> =
  {
    exact: async ({golds}, answer) => shareOf(golds.some((gold) => gold.trim() === answer.trim())),
    normalised: async ({golds}, answer) =>
      shareOf(golds.some((gold) => normalised(gold) === normalised(answer))),
    numeric: async ({golds}, answer) => {
      const found = finalNumberIn(answer);
      return {
        ...shareOf(
          found !== undefined && golds.some((gold) => isSame(found, numbersIn(gold)[0] ?? Number.NaN)),
        ),
        details: {number: found ?? null},
      };
    },
    letter: async ({golds, choices = []}, answer) => {
      const option = choiceIn(answer, choices);
      return {...shareOf(option === golds[0]), details: {option: option ?? null}};
    },
    regex: async ({golds}, answer) =>
      shareOf(golds.some((gold) => matchIn(`(?<found>${gold})`, answer).kind === 'groups')),
    judged: async ({prompt, golds}, answer, {judge}) => {
      if (judge === undefined) return {score: undefined, unscored: NO_JUDGE};
      const verdict = await judge.ask(
        scoreQuestion(prompt, golds, answer, judge.words),
        verdictReader(SCORE, judge.words),
      );
      const details = verdictDetails(verdict);
      return verdict.kind === 'read'
        ? {score: verdict.value, details}
        : {score: undefined, unscored: unscoredBecause(verdict), details};
    },
  };

/** As SQuAD compares answers: without case, punctuation, articles and further spaces. */
export const normalised = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[\p{P}\p{S}]/gu, '')
    .replaceAll(/\b(?:a|an|the)\b/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '')
    .join(' ');

const NUMBER = /[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+|(?<=\d))(?:[eE][-+]?\d+)?/g;
const numbersIn = (text: string): number[] =>
  [...text.matchAll(NUMBER)].flatMap(([found]) => {
    const value = Number(found.replaceAll(',', ''));
    return found === '' || Number.isNaN(value) ? [] : [value];
  });

/** The number after GSM8k's `####`, in a box, or else the last one. */
export const finalNumberIn = (answer: string): number | undefined => {
  const marked = /####\s*([^\n]+)/.exec(answer)?.[1] ?? /\\boxed\{([^}]*)\}/.exec(answer)?.[1];
  return (marked === undefined ? undefined : numbersIn(marked)[0]) ?? numbersIn(answer).at(-1);
};

const isSame = (one: number, other: number): boolean =>
  Math.abs(one - other) <= 1e-6 * Math.max(1, Math.abs(other));
