/** The contract of a suite: what every checkpoint of a run is scored by. Scores and grades are from 0, wrong, to 1, right. */
import * as z from 'zod';

export interface AnySuite<O> {
  /** What fleet.yaml says under `evaluation`. What it calls `file` is held to be the same on every machine of the run. */
  readonly options: z.ZodObject;
  /** The suite and what it asks, in a few words for a dry run. */
  describe(options: O): string;
}

/** One thing to ask; a suite's items hold besides whatever it grades by. */
export interface Item {
  readonly prompt: string;
}

/** Items whose answers stand in a score: enough to get an impression of a policy, and little beside the rest of its message. */
export const SHOWN_ITEMS = 5;

/** What every suite has whose items the policy answers. */
export interface AnswerOptions {
  readonly suite: string;
  readonly maxCompletionTokens: number;
}

/** Items are answered by greedy completions, and each answer is graded; the score is the mean grade. */
export interface AnswerSuite<O extends AnswerOptions = AnswerOptions, I extends Item = Item>
  extends AnySuite<O> {
  readonly kind: 'answers';
  /**
   * Read before anything of a run starts, and again by each evaluator.
   *
   * @throws TerminalError with the file and the line of what is wrong, or where there is nothing to ask.
   */
  items(options: O): Promise<readonly I[]>;
  grade(item: I, answer: string): Promise<number>;
}

/** The run's own held-out pairs are scored by the policy. */
export interface PairSuite<O = {readonly suite: string}> extends AnySuite<O> {
  readonly kind: 'pairs';
}

export type Suite = AnswerSuite | PairSuite;

/** Of an `AnswerSuite`: how long an answer may be. */
export const answerLength = {maxCompletionTokens: z.int().positive().default(512)};
