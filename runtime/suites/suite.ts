/**
 * The contract of a suite: what a policy is scored by, whether each checkpoint of a fleet or one model by `anchorage eval`.
 * Scores and grades are from 0, wrong, to 1, right.
 */
import * as z from 'zod';
import type {Text} from '../model/text/conversations.js';
import type {Grade, Graded} from './grade.js';
import type {Judge} from './judge.js';
import type {Summary} from './summary.js';

export interface AnySuite<O> {
  /**
   * What fleet.yaml says under `evaluation`, and `anchorage eval` as options of the same names.
   */
  readonly options: z.ZodObject;
  /** Those of the options that name files or folders: what is in them is held to be the same on every machine of a run. */
  readonly files?: readonly string[];
  /** Names of all metrics that it may say beside its score; none unless given. */
  readonly metrics?: readonly string[];
  /** Names of its metrics of which less is better; of its score, from 0 to 1, more always is. */
  readonly lowerIsBetter?: readonly string[];
  /** What a table of differences says of the score before training, where that measures nothing yet; a sentence. */
  readonly beforeTraining?: string;
  /** The suite and what it asks, in a few words for a dry run. */
  describe(options: O): string;
}

/** One thing to ask; a suite's items hold besides whatever it grades by. */
export interface Item {
  readonly prompt: string;
  /** Further turns of the same conversation, each asked after the answer to the one before. */
  readonly followUps?: readonly string[];
  /** How often it counts, where the same thing is in a set several times; 1 unless given. */
  readonly weight?: number;
  /** At which it is answered where nobody says otherwise; 0, greedily, unless given. */
  readonly temperature?: number;
}

/** Items whose answers stand in a score: enough to get an impression of a policy, and little beside the rest of its message. */
export const SHOWN_ITEMS = 5;

/** What a grade may be made of besides the item and the last answer. */
export interface Grading {
  /** To each turn, in order. */
  readonly answers: readonly string[];
  /** Undefined where there is none. */
  readonly judge: Judge | undefined;
  /** What to call whoever answered. */
  readonly policy: string;
}

/** Items with the answers to each that were recorded, undefined where there are none. Copies that were answered differently are items of their own. */
export interface Recorded<I> {
  readonly items: readonly I[];
  readonly answers: readonly (readonly string[] | undefined)[];
}

/** What every suite has whose items the policy answers. */
export interface AnswerOptions {
  readonly suite: string;
  readonly maxCompletionTokens: number;
}

/** Items are answered, by greedy completions in a fleet, and each answer is graded; the score is the mean grade unless it sums up otherwise. */
export interface AnswerSuite<O extends AnswerOptions = AnswerOptions, I extends Item = Item>
  extends AnySuite<O> {
  readonly kind: 'answers';
  /**
   * Read before anything of a run starts, and again by each evaluator.
   *
   * @throws TerminalError with the file and the line of what is wrong, or where there is nothing to ask.
   */
  items(options: O): Promise<readonly I[]>;
  /** @param answer to the last turn. */
  grade(item: I, answer: string, grading: Grading, options: O): Promise<number | Grade>;
  /** Whether a judge is asked at all where there is one; not unless given. */
  readonly usesJudge?: true;
  /** Whether there is no score without a judge, as far as that is known before its items are read; not unless given. */
  needsJudge?(options: O, items?: readonly I[]): boolean;
  /** How grades become the score, where that is not their mean. */
  summary?(graded: readonly Graded<I>[], options: O): Summary | Promise<Summary>;
  /** Of a mixture, what each of the items is a part of. */
  parts?(items: readonly I[]): readonly (string | undefined)[];
  /** How answers are found in files of somebody else's; without it they are found by their prompts. */
  recorded?(files: readonly string[], items: readonly I[]): Promise<Recorded<I>>;
  /** Grades that somebody recorded elsewhere, where the options name such; then nobody is asked at all. */
  annotated?(options: O): Promise<readonly Graded<I>[] | undefined>;
}

/** What is measured of one continuation. */
export interface Likelihood {
  /** log π(continuation | prompt), summed over its tokens; nats. */
  readonly logps: number;
  readonly tokens: number;
}

/** What a policy says of given texts. */
export interface LikelihoodItem {
  /** May be empty: then the first token follows what begins a text. Messages are an `answer`'s alone. */
  readonly prompt: Text;
  /** Each after the prompt, on its own. */
  readonly continuations: readonly Text[];
  readonly weight?: number;
}

/**
 * How prompt and continuation become tokens. `choice`: as lm-evaluation-harness joins them, by a space, or after the chat template's
 * beginning of an answer where that is asked for. `text`: as they stand. `answer`: a prompt and its answer, by the chat template
 * where the model has one, end token included.
 */
export type LikelihoodForm = 'choice' | 'text' | 'answer';

/** The policy's log-probabilities of texts are measured, and each item is graded by them. */
export interface LikelihoodSuite<
  O extends {readonly suite: string} = {readonly suite: string},
  I extends LikelihoodItem = LikelihoodItem,
> extends AnySuite<O> {
  readonly kind: 'likelihoods';
  readonly form: LikelihoodForm;
  /** Tokens of a long text that are looked at together; all that the model has places for unless given. */
  windowTokens?(options: O): number;
  /** Throws as `AnswerSuite.items`. */
  items(options: O): Promise<readonly I[]>;
  /** @param reference the same measured of a reference model; undefined where there is none. */
  grade(
    item: I,
    policy: readonly Likelihood[],
    reference: readonly Likelihood[] | undefined,
    options: O,
  ): number | Grade;
  summary?(graded: readonly Graded<I>[], options: O): Summary | Promise<Summary>;
  /** As `AnswerSuite.parts`. */
  parts?(items: readonly I[]): readonly (string | undefined)[];
}

/** The run's own held-out pairs are scored by the policy. */
export interface PairSuite<O = {readonly suite: string}> extends AnySuite<O> {
  readonly kind: 'pairs';
}

export type Suite = AnswerSuite | LikelihoodSuite | PairSuite;

/** Of an `AnswerSuite`: how long an answer may be. */
export const answerLength = {maxCompletionTokens: z.int().positive().default(512)};
