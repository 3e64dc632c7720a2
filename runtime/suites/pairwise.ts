/**
 * Pairwise win rate against recorded answers, such as those of the model before it was aligned: a judge is shown both in both orders.
 * An answer wins where it is preferred in both; where the orders disagree, and where neither is better, it is a tie, half a win.
 */
import * as z from 'zod';
import {TerminalError} from '../errors.js';
import {meanOf, scaled} from './estimate.js';
import type {Grade} from './grade.js';
import {NO_JUDGE, type Question, unscoredBecause, type Verdict, verdictDetails} from './judge.js';
import {answersByPrompt} from './recorded.js';
import {type AnswerSuite, answerLength, type Grading, type Item} from './suite.js';
import {detailsOf, metricsOf, scoresOf} from './summary.js';
import {closingOf, type Scale, type VerdictWords, verdictForm, verdictReader} from './verdict.js';

const metrics = ['win_rate', 'wins', 'losses', 'ties', 'disagreements'] as const;

const options = z.strictObject({
  suite: z.literal('pairwise'),
  reference: z.string().min(1).describe('answers of the other, with their prompts'),
  ...answerLength,
});

export interface PairwiseItem extends Item {
  readonly reference: string;
}

export const pairwise = {
  kind: 'answers',
  options,
  files: ['reference'],
  metrics,
  usesJudge: true,
  describe: ({suite, reference}) => `${suite} against ${reference}`,
  async items({reference}) {
    const found = await answersByPrompt([reference]);
    const items = [...found].map(
      ([prompt, answers]): PairwiseItem => ({prompt, reference: answers.at(-1) ?? ''}),
    );
    if (items.length === 0) throw new TerminalError(`${reference}: holds no answers`);
    return items;
  },
  needsJudge: () => true,
  grade: (item, answer, grading) => compare(item, answer, grading),
  summary: (graded) => {
    const rate = meanOf(scoresOf(graded), 'win_rate');
    const outcome = (name: string) => {
      const share = meanOf(detailsOf(graded, name), name);
      return share === undefined ? undefined : scaled(share, 100);
    };
    return {
      score: rate,
      metrics: metricsOf<(typeof metrics)[number]>({
        win_rate: rate === undefined ? undefined : scaled(rate, 100),
        wins: outcome('win'),
        losses: outcome('loss'),
        ties: outcome('tie'),
        disagreements: outcome('disagreement'),
      }),
    };
  },
} as const satisfies AnswerSuite<z.infer<typeof options>, PairwiseItem>;

const SYSTEM =
  'You compare two answers to a prompt: which is the clearer, the more correct and the more engaging one. Neither place nor length counts.';

/** 0 where neither is better. The last marker of a reply counts. */
export const BETTER: Scale<0 | 1 | 2> = {
  name: 'better_answer',
  values: [0, 1, 2],
  marked: (reply) => placeIn([...reply.matchAll(/\[\[([012])\]\]/g)].at(-1)?.[1]),
  value: (text) => placeIn(/^[012]$/.exec(text)?.[0]),
};

const placeIn = (digit: string | undefined): 0 | 1 | 2 | undefined =>
  digit === undefined ? undefined : (Number(digit) as 0 | 1 | 2);

const CLOSING = {
  marked:
    'First say briefly what tells the answers apart. Then write [[1]] where the first is better, [[2]] where the second is, or [[0]] where neither is.',
  plain:
    'Answer with one digit and nothing else: 1 where the first is better, 2 where the second is, or 0 where neither is.',
} as const;

const questionOf = (prompt: string, first: string, second: string, words: VerdictWords = {}): Question => ({
  system: SYSTEM,
  prompt: `<prompt>
${prompt}
</prompt>

<answer number="1">
${first}
</answer>

<answer number="2">
${second}
</answer>

${closingOf(CLOSING, BETTER, words)}`,
  ...verdictForm(BETTER, words),
});

const outcomeOf = (first: 0 | 1 | 2, second: 0 | 1 | 2): 'win' | 'loss' | 'tie' | 'disagreement' => {
  if (first === 0 && second === 0) return 'tie';
  if (first === 1 && second === 2) return 'win';
  if (first === 2 && second === 1) return 'loss';
  return 'disagreement';
};

const compare = async (
  {prompt, reference}: PairwiseItem,
  answer: string,
  {judge}: Grading,
): Promise<Grade> => {
  const graded = (outcome: ReturnType<typeof outcomeOf>, details: object = {}): Grade => ({
    score: {win: 1, loss: 0, tie: 0.5, disagreement: 0.5}[outcome],
    details: {win: 0, loss: 0, tie: 0, disagreement: 0, [outcome]: 1, outcome, ...details},
  });
  if (answer.trim() === reference.trim()) return graded('tie');
  if (judge === undefined) return {score: undefined, unscored: NO_JUDGE};
  const ask = (first: string, second: string): Promise<Verdict<0 | 1 | 2>> =>
    judge.ask(questionOf(prompt, first, second, judge.words), verdictReader(BETTER, judge.words));
  const first = await ask(answer, reference);
  const details = {judgment_1: verdictDetails(first)};
  // With one order alone there is no outcome.
  if (first.kind !== 'read') return {score: undefined, unscored: unscoredBecause(first), details};
  const second = await ask(reference, answer);
  const both = {...details, judgment_2: verdictDetails(second)};
  if (second.kind !== 'read') return {score: undefined, unscored: unscoredBecause(second), details: both};
  return graded(outcomeOf(first.value, second.value), both);
};
