/**
 * MT-bench (Zheng et al., 2023): questions of two turns, each answer rated from 1 to 10 by a judge; by what is known to be right where
 * the question is of mathematics, code or reasoning.
 */
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {numberIn} from '../../sources/fields.js';
import {type Row, readRows} from '../../sources/rows.js';
import {type Estimate, meanOf, scaled} from '../estimate.js';
import type {Grade, Graded} from '../grade.js';
import {NO_JUDGE, unscoredBecause, verdictDetails} from '../judge.js';
import {type AnswerSuite, answerLength, type Grading, type Item} from '../suite.js';
import {detailsOf, metricsOf, type Summary, scoresOf} from '../summary.js';
import {verdictReader} from '../verdict.js';
import {RATING, ratingQuestion} from './rating.js';

const metrics = ['mt_bench', 'turn_1', 'turn_2'] as const;

const options = z.strictObject({
  suite: z.literal('mt_bench'),
  file: z.string().min(1).describe('MT-bench’s question.jsonl'),
  ...{...answerLength, maxCompletionTokens: z.int().positive().default(1024)},
});

export interface MtBenchItem extends Item {
  readonly id: string;
  readonly category: string;
  /** What is right of each turn, where that is known. */
  readonly reference?: readonly string[];
}

/** As FastChat samples answers; what is none of these is sampled as writing is. */
const TEMPERATURES: Readonly<Record<string, number>> = {
  writing: 0.7,
  roleplay: 0.7,
  extraction: 0,
  math: 0,
  coding: 0,
  reasoning: 0,
  stem: 0.1,
  humanities: 0.1,
};
/** Whose answers are judged by a reference. */
const REFERENCED = new Set(['math', 'reasoning', 'coding']);
const MOST = 10;

export const mtBench = {
  kind: 'answers',
  options,
  files: ['file'],
  metrics,
  usesJudge: true,
  describe: ({suite, file}) => `${suite} of ${file}`,
  async items({file}) {
    const items: MtBenchItem[] = [];
    for await (const row of readRows({path: file, keys: '--'}, EXAMPLE)) items.push(itemOf(row));
    if (items.length === 0) throw new TerminalError(`${file}: holds no questions; each row is ${EXAMPLE}`);
    return items;
  },
  needsJudge: () => true,
  grade: (item, _, grading) => rated(item, grading),
  parts: (items) => items.map(({category}) => category),
  summary: (graded) => summaryOf(graded),
} as const satisfies AnswerSuite<z.infer<typeof options>, MtBenchItem>;

const EXAMPLE = '{"question_id": 81, "category": "writing", "turns": ["...", "..."]}';

const itemOf = ({where, columns}: Row): MtBenchItem => {
  const {question_id, category, turns, reference} = columns;
  const id = typeof question_id === 'string' ? question_id : numberIn(question_id);
  if (id === undefined || typeof category !== 'string')
    throw new TerminalError(`${where}: needs question_id and category; each row is ${EXAMPLE}`);
  if (!isTexts(turns) || turns.length === 0)
    throw new TerminalError(`${where}: turns: not a list of texts; each row is ${EXAMPLE}`);
  const [prompt = '', ...followUps] = turns;
  const temperature = TEMPERATURES[category] ?? 0.7;
  const item = {id: String(id), category, prompt, followUps, temperature};
  if (!REFERENCED.has(category) || reference === undefined || reference === null) return item;
  if (!isTexts(reference) || reference.length !== turns.length)
    throw new TerminalError(`${where}: reference: not a text for each turn`);
  return {...item, reference};
};

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const rated = async (
  {prompt, followUps = [], reference}: MtBenchItem,
  {answers, judge}: Grading,
): Promise<Grade> => {
  if (judge === undefined) return {score: undefined, unscored: NO_JUDGE};
  const turns = [prompt, ...followUps];
  const details: Record<string, unknown> = {};
  const ratings: number[] = [];
  for (const turn of turns.keys()) {
    const question = ratingQuestion(
      turns.slice(0, turn + 1),
      answers.slice(0, turn + 1),
      reference?.slice(0, turn + 1),
      judge.words,
    );
    const verdict = await judge.ask(question, verdictReader(RATING, judge.words));
    details[`judgment_${turn + 1}`] = verdictDetails(verdict);
    // Without one of its turns it has no score: the others would be paid for in vain.
    if (verdict.kind !== 'read') return {score: undefined, unscored: unscoredBecause(verdict), details};
    ratings.push(verdict.value);
    details[`turn_${turn + 1}`] = verdict.value;
  }
  return {score: ratings.reduce((sum, each) => sum + each, 0) / ratings.length / MOST, details};
};

const summaryOf = (graded: readonly Graded<MtBenchItem>[]): Summary => {
  const score = meanOf(scoresOf(graded), 'mt_bench', 'amount');
  const inRatings = (estimate: Estimate | undefined) =>
    estimate === undefined ? undefined : scaled(estimate, MOST);
  const scored = graded.filter(({grade}) => grade.score !== undefined);
  const categories = [...new Set(graded.map(({item}) => item.category))];
  const unreferenced = graded.filter(
    ({item}) => REFERENCED.has(item.category) && item.reference === undefined,
  ).length;
  return {
    score,
    metrics: metricsOf<(typeof metrics)[number]>({
      mt_bench: inRatings(score),
      turn_1: meanOf(detailsOf(scored, 'turn_1'), 'turn_1', 'amount'),
      turn_2: meanOf(detailsOf(scored, 'turn_2'), 'turn_2', 'amount'),
    }),
    rows: categories.map((name) => {
      const part = graded.filter(({item}) => item.category === name);
      return {name, total: part.length, estimate: inRatings(meanOf(scoresOf(part), name, 'amount'))};
    }),
    notes:
      unreferenced === 0
        ? []
        : [
            `${unreferenced} questions of mathematics, code or reasoning have no reference, and were judged without`,
          ],
  };
};
