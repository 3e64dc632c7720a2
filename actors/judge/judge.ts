/**
 * What a judge is asked, how its answer is read, and which answers make a pair (Eq. 2, Appendix A.1 and A.2). Pure.
 *
 * The paper's judge prompt is not published. Ours keeps the reviser's framing and criteria and shows both answers;
 * the verdict is the last line, `{better_student_solution}: [1]` or `{better_student_solution}: [2]`.
 *
 * Judges favour a position. Half of the pairs, chosen by a seed and the prompt's id, are shown in reverse order, so the
 * preference evens out over a dataset and a rerun shows each pair as before.
 *
 * Eq. 3 (off-policy) is this same judgment on answers of other models. Eq. 4 (stronger preferred) asks nobody: it is
 * another rule beside `judgedPair`, with the stronger model's answer as chosen.
 */
import {
  type CandidatePair,
  type CompletionPair,
  FinishReason,
  type PreferenceSource,
  RejectionReason,
} from '../../proto/messages.js';
import {seedOf} from '../../runtime/seed.js';
import {afterMarker, endingOf} from '../../runtime/text/answer-form.js';

/** Two answers in the order in which the judge sees them. */
export interface Shown {
  readonly prompt: string;
  readonly answers: readonly [string, string];
  /** The judge's first answer is the pair's second. */
  readonly flipped: boolean;
}

/** The order for one pair: the same for the same seed and prompt. */
export const show = ({promptId, prompt, first, second}: CompletionPair, seed: number): Shown => {
  const flipped = seedOf(promptId, seed, 'judge') >>> 31 === 1;
  return {prompt, answers: flipped ? [second, first] : [first, second], flipped};
};

/** The user's turn for two answers. */
export const judgmentPrompt = ({prompt, answers: [first, second]}: Shown): string =>
  `You are a teacher. Two students have answered a task, and you decide whose answer is better.

You are given the task, called {task}, and the two answers to it, called {student_solution_1} and \
{student_solution_2}.

Prefer the solution that is clearer, more correct, and more engaging. The order in which the solutions are given means \
nothing, and neither does their length by itself.

{task}: ${prompt}

{student_solution_1}: ${first}

{student_solution_2}: ${second}

-----------------

First think step by step about how the two solutions differ, in a part called {teacher_reasoning}. Then give your \
verdict as the last line, which is {better_student_solution}: [1] where {student_solution_1} is better, or \
{better_student_solution}: [2] where {student_solution_2} is better. Begin each part on a new line with its \
identifier, {teacher_reasoning} or {better_student_solution}, and write each identifier once.
`;

export type Judgment =
  | {readonly kind: 'judgment'; readonly better: 1 | 2; readonly rationale: string}
  | {readonly kind: 'malformed'; readonly detail: string};

const VERDICT = /^[ \t]*(?:\*\*)?\{better_student_solution\}(?:\*\*)?:?(?:\*\*)?:?/gm;
/** The bracketed number alone, bold or not, on the marker's line or the next. */
const NUMBER = /^\s*(?:\*\*)?\[([12])\](?:\*\*)?\.?\s*$/;
const REASONING = /^[ \t]*(?:\*\*)?\{teacher_reasoning\}(?:\*\*)?:?(?:\*\*)?:?/m;

/**
 * Takes a judge's answer apart. `better` counts the answers as they were shown.
 *
 * @param finishReason as the endpoint gave it.
 */
export const parseJudgment = (answer: string, finishReason: string): Judgment => {
  const ending = endingOf(finishReason);
  if (ending !== 'whole') return malformed(`the answer is ${ending}: finish_reason is ${finishReason}`);
  const verdict = afterMarker(answer, VERDICT, '{better_student_solution}');
  if (verdict.kind === 'malformed') return verdict;
  const number = NUMBER.exec(verdict.text);
  if (number === null) return malformed('{better_student_solution} is not followed by [1] or [2] alone');
  return {
    kind: 'judgment',
    better: number[1] === '1' ? 1 : 2,
    rationale: rationaleIn(verdict.before),
  };
};

const malformed = (detail: string): Judgment => ({kind: 'malformed', detail});

const rationaleIn = (before: string): string => {
  const marker = REASONING.exec(before);
  return (marker === null ? before : before.slice(marker.index + marker[0].length)).trim();
};

/** Why no judgment could make a pair of these answers; undefined where one may. Asking would cost and give nothing. */
export const unjudgeable = (pair: CompletionPair) => {
  const {first, second} = pair;
  if (first.trim() === '' || second.trim() === '') {
    const detail = `the ${first.trim() === '' ? 'first' : 'second'} answer is empty`;
    return {reason: RejectionReason.REJECTION_REASON_EMPTY, detail};
  }
  if (finishReasonOf(pair) === FinishReason.FINISH_REASON_LENGTH) {
    return {
      reason: RejectionReason.REJECTION_REASON_TRUNCATED,
      detail: 'an answer was cut off at its token limit',
    };
  }
  if (first.trim() === second.trim()) {
    return {reason: RejectionReason.REJECTION_REASON_UNCHANGED, detail: 'both answers are the same text'};
  }
  return undefined;
};

/** Eq. 2: y_w, y_l = Judge(x, y_1, y_2), the answers back in the order of the pair. */
export const judgedPair = (
  pair: CompletionPair,
  {flipped}: Pick<Shown, 'flipped'>,
  {better, rationale}: {readonly better: 1 | 2; readonly rationale: string},
  by: {readonly source: PreferenceSource; readonly model: string; readonly requestId: string},
): CandidatePair => {
  const firstIsBetter = (better === 1) !== flipped;
  const {firstIds, secondIds} = pair;
  return {
    promptId: pair.promptId,
    prompt: pair.prompt,
    chosen: firstIsBetter ? pair.first : pair.second,
    rejected: firstIsBetter ? pair.second : pair.first,
    chosenIds: firstIsBetter ? firstIds : secondIds,
    rejectedIds: firstIsBetter ? secondIds : firstIds,
    source: by.source,
    rationale,
    policyVersion: pair.policyVersion,
    model: by.model,
    requestId: by.requestId,
    finishReason: finishReasonOf(pair),
    sampling: pair.sampling ?? null,
  };
};

const finishReasonOf = ({firstFinishReason, secondFinishReason}: CompletionPair): FinishReason =>
  secondFinishReason === FinishReason.FINISH_REASON_LENGTH ? secondFinishReason : firstFinishReason;
