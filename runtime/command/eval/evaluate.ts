/** A suite from its items to its result: each item is answered or measured, then graded, and each step is kept as it is done. */
import {join} from 'node:path';
import * as z from 'zod';
import {moneyText, type Use} from '../../endpoints/usage.js';
import {messageOf, RetryableError, TerminalError} from '../../errors.js';
import {watchFirstVerdicts} from '../../suites/first-verdicts.js';
import {type Grade, type Graded, gradeOf} from '../../suites/grade.js';
import type {Judge} from '../../suites/judge.js';
import {gradedAtOnce} from '../../suites/judge.js';
import {recordedAnswers} from '../../suites/recorded.js';
import type {Answered} from '../../suites/scoring/conversation.js';
import {eachAtOnce} from '../../suites/scoring/each-at-once.js';
import type {Measuring} from '../../suites/scoring/measuring.js';
import type {
  AnswerOptions,
  AnswerSuite,
  Item,
  Likelihood,
  LikelihoodItem,
  LikelihoodSuite,
  Recorded,
} from '../../suites/suite.js';
import {meanSummary, type Summary} from '../../suites/summary.js';
import type {ProgressLine} from '../offline/progress-line.js';
import type {Answering} from './answering.js';
import {openJournal} from './journal.js';
import {timeLeft} from './time-left.js';

/** What an evaluation goes on with. */
export interface Evaluation<S, O> {
  readonly suite: S;
  readonly options: O;
  readonly folder: string;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
  /** Of what is asked of endpoints. */
  readonly spent?: () => Use;
}

/** A graded item with all that is kept of it. */
export interface KeptItem<I> extends Graded<I> {
  readonly answers?: readonly string[] | undefined;
  readonly finishReasons?: readonly string[] | undefined;
  readonly likelihoods?: readonly Likelihood[] | undefined;
}

export type Evaluated<I> =
  | {readonly kind: 'done'; readonly graded: readonly KeptItem<I>[]; readonly summary: Summary}
  /** It was asked to stop; how many items are graded. */
  | {readonly kind: 'stopped'; readonly done: number};

const answeredLine = z.union([
  z.object({kind: z.literal('answered'), answers: z.array(z.string()), finishReasons: z.array(z.string())}),
  z.object({kind: z.literal('refused'), reason: z.string()}),
]) satisfies z.ZodType<Answered>;

const gradeLine = z.object({
  // JSON has no undefined.
  score: z.number().nullable(),
  unscored: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
type GradeLine = z.infer<typeof gradeLine>;

const lineOf = ({score, ...rest}: Grade): GradeLine => ({...rest, score: score ?? null});
const gradeIn = ({score, unscored, details}: GradeLine): Grade => ({
  score: score ?? undefined,
  ...(unscored === undefined ? {} : {unscored}),
  ...(details === undefined ? {} : {details}),
});

/** Of a suite that is answered: by `answering`, or in files. */
export const evaluateAnswers = async <O extends AnswerOptions, I extends Item>(
  evaluation: Evaluation<AnswerSuite<O, I>, O>,
  all: readonly I[],
  by: {
    /** Opened where there is something to ask. */
    readonly open: (unanswered: number) => Promise<Answering>;
    /** What was answered elsewhere, of other items where the suite parts them by that. */
    readonly recorded: Recorded<I> | undefined;
    readonly judge: Judge | undefined;
    readonly policy: string;
  },
): Promise<Evaluated<I>> => {
  const {suite, options, folder, progress, signal, spent} = evaluation;
  const {items, answers: recorded} = by.recorded ?? {items: all, answers: undefined};
  const answers = await openJournal<Answered>(join(folder, 'answers.jsonl'), answeredLine);
  const grades = await openJournal<GradeLine>(join(folder, 'grades.jsonl'), gradeLine);
  const isGraded = (place: number): boolean => typeof grades.known.get(place)?.score === 'number';
  const open = items.map((_, place) => place).filter((place) => !isGraded(place));
  const unanswered = recorded === undefined ? open.filter((place) => !answers.known.has(place)).length : 0;
  const answering = unanswered > 0 ? await by.open(unanswered) : undefined;
  const judge = by.judge === undefined ? undefined : watchFirstVerdicts(by.judge, open.length < items.length);
  const left = timeLeft(open.length);
  let failed: string | undefined;
  let failures = 0;
  const show = (): void => {
    const {cost = 0} = spent?.() ?? {};
    const pace = answering?.pace() ?? '';
    const done = items.length - open.length + left.done;
    const waiting = answers.known.size - done;
    progress.show(
      `answered and graded ${done} of ${items.length}${waiting > 0 ? `, ${waiting} more are answered` : ''}${left.text()}${pace === '' ? '' : `; ${pace}`}${cost === 0 ? '' : `; ${moneyText(cost)} spent`}`,
    );
  };
  show();
  const answerTo = async (item: I, place: number): Promise<Answered | Missing> => {
    if (recorded !== undefined) return recordedTo(item, recorded[place]);
    const known = answers.known.get(place);
    if (known !== undefined) return known;
    if (answering === undefined) throw new Error(`nobody was opened to answer item ${place + 1}`);
    const answered = await answering.answer(item, place);
    await answers.add(place, answered);
    show();
    return answered;
  };
  const gradeAnswer = async (item: I, answered: Answered | Missing): Promise<Grade> => {
    if (answered.kind === 'missing') return {score: undefined, unscored: answered.reason};
    if (answered.kind === 'refused')
      return {score: undefined, unscored: 'the endpoint refused it', details: {refusal: answered.reason}};
    const {answers: all} = answered;
    const grading = {answers: all, judge, policy: by.policy};
    return gradeOf(await suite.grade(item, all.at(-1) ?? '', grading, options));
  };
  try {
    await eachAtOnce(open, answering?.ahead ?? gradedAtOnce(by.judge), signal, async (place) => {
      const item = items[place];
      if (item === undefined) return;
      try {
        const grade = checked(await gradeAnswer(item, await answerTo(item, place)), place);
        await grades.add(place, lineOf(grade));
        left.did();
        show();
      } catch (error) {
        // What may be answered another time; the others go on.
        if (!(error instanceof RetryableError)) throw error;
        failed = messageOf(error);
        failures += 1;
      }
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await answering?.dispose();
    await answers.close();
    await grades.close();
  }
  if (signal.aborted) return {kind: 'stopped', done: items.length - open.length + left.done};
  if (failed !== undefined)
    throw new TerminalError(
      `${failures} items have no answer yet, the last: ${failed}; the same command goes on with them`,
    );
  const graded = items.map((item, place): KeptItem<I> => {
    const answered = answers.known.get(place);
    return {
      item,
      grade: gradeIn(grades.known.get(place) ?? {score: null}),
      answers: recorded?.[place] ?? (answered?.kind === 'answered' ? answered.answers : undefined),
      finishReasons: answered?.kind === 'answered' ? answered.finishReasons : undefined,
    };
  });
  return {kind: 'done', graded, summary: await (suite.summary?.(graded, options) ?? meanSummary(graded))};
};

interface Missing {
  readonly kind: 'missing';
  readonly reason: string;
}

/** An answer to some of the turns alone would be judged as an empty one to the others. */
const recordedTo = ({followUps = []}: Item, found: readonly string[] | undefined): Answered | Missing => {
  if (found === undefined) return {kind: 'missing', reason: 'there is no recorded answer'};
  return found.length === 1 + followUps.length
    ? {kind: 'answered', answers: found, finishReasons: []}
    : {kind: 'missing', reason: 'there is no recorded answer to each turn'};
};

/** What files have as answers to the items; undefined where there are no files. Throws as `recordedAnswers`. */
export const recordedFor = async <O extends AnswerOptions, I extends Item>(
  suite: AnswerSuite<O, I>,
  items: readonly I[],
  files: readonly string[],
): Promise<Recorded<I> | undefined> => {
  if (files.length === 0) return undefined;
  return suite.recorded?.(files, items) ?? {items, answers: await recordedAnswers(files, items)};
};

const checked = (grade: Grade, place: number): Grade => {
  const {score} = grade;
  if (score === undefined || (score >= 0 && score <= 1)) return grade;
  throw new TerminalError(`item ${place + 1} was graded ${score}; a grade is from 0 to 1`);
};

const likelihoodLine = z.object({
  likelihoods: z.array(z.object({logps: z.number(), tokens: z.int()})),
});

/** Of a suite that is measured: by a model, and by a reference where one is given. */
export const evaluateLikelihoods = async <O extends {readonly suite: string}, I extends LikelihoodItem>(
  evaluation: Evaluation<LikelihoodSuite<O, I>, O>,
  items: readonly I[],
  by: {
    readonly open: () => Promise<Measuring>;
    readonly openReference: (() => Promise<Measuring>) | undefined;
  },
): Promise<Evaluated<I>> => {
  const {suite, options, folder} = evaluation;
  const policy = await measured(evaluation, items.length, {
    path: join(folder, 'likelihoods.jsonl'),
    what: 'measured',
    open: by.open,
  });
  const reference =
    by.openReference === undefined || policy.kind === 'stopped'
      ? undefined
      : await measured(evaluation, items.length, {
          path: join(folder, 'reference.jsonl'),
          what: 'measured under the reference',
          open: by.openReference,
        });
  if (policy.kind === 'stopped') return policy;
  if (reference?.kind === 'stopped') return reference;
  const graded = items.map((item, place): KeptItem<I> => {
    const likelihoods = policy.of.get(place) ?? [];
    const grade = gradeOf(suite.grade(item, likelihoods, reference?.of.get(place), options));
    return {item, grade: checked(grade, place), likelihoods};
  });
  return {kind: 'done', graded, summary: await (suite.summary?.(graded, options) ?? meanSummary(graded))};
};

type Measured =
  | {readonly kind: 'done'; readonly of: ReadonlyMap<number, readonly Likelihood[]>}
  | {readonly kind: 'stopped'; readonly done: number};

const measured = async (
  {progress, signal}: Pick<Evaluation<unknown, unknown>, 'progress' | 'signal'>,
  count: number,
  {path, what, open}: {readonly path: string; readonly what: string; readonly open: () => Promise<Measuring>},
): Promise<Measured> => {
  const journal = await openJournal(path, likelihoodLine);
  try {
    const missing = Array.from({length: count}, (_, place) => place).filter(
      (place) => !journal.known.has(place),
    );
    if (missing.length > 0) {
      const measuring = await open();
      const left = timeLeft(missing.length);
      try {
        if (measuring.cut > 0)
          progress.print(
            `cut        ${measuring.cut} prompts are longer than the model’s positions and keep their end`,
          );
        for (const place of missing) {
          if (signal.aborted) return {kind: 'stopped', done: journal.known.size};
          progress.show(`${what} ${journal.known.size} of ${count}${left.text()}`);
          const likelihoods = [...(await measuring.measure(place))];
          const odd = likelihoods.find(({logps}) => !Number.isFinite(logps));
          if (odd !== undefined)
            throw new TerminalError(
              `item ${place + 1} has a log-probability of ${odd.logps}: the model's weights are damaged, or overflow in this precision`,
            );
          await journal.add(place, {likelihoods});
          left.did();
        }
      } finally {
        await measuring.dispose();
      }
    }
    return {kind: 'done', of: new Map([...journal.known].map(([place, line]) => [place, line.likelihoods]))};
  } finally {
    await journal.close();
  }
};
