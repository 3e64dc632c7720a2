/** Evaluation suites: what a policy is asked and how an answer is graded. A new suite is its line in the map. */
import type {Checkpoint, EvaluationAnswer} from '../../proto/messages.js';
import {gradeAnswer, heldOutPrompts} from '../../runtime/demo/task.js';
import {TerminalError} from '../../runtime/errors.js';
import {excerpt} from '../../runtime/excerpt.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import type {JsonLine} from '../../runtime/json/json-lines.js';

export interface Item {
  readonly prompt: string;
  /** From 0 (wrong) to 1 (right). */
  readonly grade: (completion: string) => number;
}

/** What one checkpoint came to. */
export interface Score {
  /** From 0 to 1. */
  readonly score: number;
  readonly items: number;
  /** Of held-out pairs; nats. */
  readonly margin?: number;
  /** To some of the items. */
  readonly answers?: EvaluationAnswer[];
}

/** What checkpoints are scored with. */
export interface Scorer {
  readonly suite: string;
  score(checkpoint: Checkpoint): Promise<Score>;
}

/** A suite of prompts that a policy answers. */
export type Answered = Exclude<NonNullable<Fleet['evaluation']>, {suite: 'heldout'}>;
type Suite<S extends Answered['suite']> = (
  evaluation: Extract<Answered, {suite: S}>,
  read: (file: string) => AsyncIterable<JsonLine>,
) => Promise<Item[]>;

const arithmetic: Suite<'arithmetic'> = async ({count}) =>
  heldOutPrompts(count).map((prompt) => ({
    prompt,
    grade: (completion) => (gradeAnswer(prompt, completion).correct ? 1 : 0),
  }));

const exactMatch: Suite<'exact_match'> = async ({file}, read) => {
  const items: Item[] = [];
  for await (const line of read(file)) items.push(itemOf(line));
  if (items.length === 0)
    throw new TerminalError(`${file}: holds nothing to ask; write ${ITEM_EXAMPLE} on each line`);
  return items;
};

const itemOf = ({value, where}: JsonLine): Item => {
  const {prompt, answer}: {prompt?: unknown; answer?: unknown} = value instanceof Object ? value : {};
  if (typeof prompt !== 'string' || typeof answer !== 'string')
    throw new TerminalError(`${where}: needs the texts prompt and answer, as in ${ITEM_EXAMPLE}`);
  return {prompt, grade: (completion) => (completion.trim() === answer.trim() ? 1 : 0)};
};

/** A line of an evaluation file. */
export const ITEM_EXAMPLE = '{"prompt": "...", "answer": "..."}';

const suites: {[S in Answered['suite']]: Suite<S>} = {arithmetic, exact_match: exactMatch};

/** The items of the fleet's suite. */
export const itemsOf = <S extends Answered['suite']>(
  evaluation: Extract<Answered, {suite: S}>,
  read: (file: string) => AsyncIterable<JsonLine>,
): Promise<Item[]> => (suites[evaluation.suite as S] as Suite<S>)(evaluation, read);

/** The mean grade, from 0 to 1. */
export const scoreOf = (items: readonly Item[], completions: readonly string[]): number =>
  items.reduce((sum, {grade}, index) => sum + grade(completions[index] ?? ''), 0) / items.length;

/** Enough to get an impression of a policy, and little beside the rest of a score's message. */
const SHOWN_ITEMS = 5;
const MOST_CHARACTERS = 4096;

/** What the policy answered to the first items, which are the same with every score. */
export const shownAnswers = (items: readonly Item[], completions: readonly string[]): EvaluationAnswer[] =>
  items.slice(0, SHOWN_ITEMS).map(({prompt, grade}, index) => {
    const completion = completions[index] ?? '';
    return {
      prompt: excerpt(prompt, MOST_CHARACTERS),
      completion: excerpt(completion, MOST_CHARACTERS),
      grade: grade(completion),
    };
  });
