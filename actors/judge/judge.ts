/**
 * What a judge is asked, and how its answer is read (Eq. 2, Appendix A.1 and A.2). Pure.
 *
 * The paper's judge prompt is not published. Ours keeps the reviser's framing and criteria and shows both answers.
 *
 * | form | the answer is |
 * |---|---|
 * | `marked` | reasoning, then the verdict as the last line, `{better_student_solution}: [1]`, `[2]`, or `[0]` where neither is better |
 * | `plain` | the digit alone, as models give it that keep to no form; what else they say is kept as the rationale |
 *
 * Judges favour a position. Two answers are shown in both orders, and make a pair where the same one is preferred in both; or, with
 * `orders: seeded`, in one order by a seed and the prompt's id, so that the preference evens out over a dataset and a rerun
 * shows each pair as before.
 */
import * as z from 'zod';
import type {CompletionPair} from '../../proto/messages.js';
import type {AnswerForm} from '../../runtime/endpoints/chat.js';
import type {Answer} from '../../runtime/endpoints/reply.js';
import {
  type AskedPrompt,
  askedOf,
  conversationOf,
  transcriptOf,
} from '../../runtime/model/text/conversations.js';
import {seedOf} from '../../runtime/seed.js';
import {afterMarker, bareAnswer, endingOf, markerAt, rationaleOf} from '../../runtime/text/answer-form.js';
import {filledIn, matchIn} from '../../runtime/text/own-words.js';

/** Two answers in the order in which the judge sees them. */
export interface Shown extends AskedPrompt {
  readonly answers: readonly [string, string];
  /** The judge's first answer is the pair's second. */
  readonly flipped: boolean;
}

type Texts = AskedPrompt & Pick<CompletionPair, 'first' | 'second'>;

const inOrder = ({first, second, ...asked}: Texts, flipped: boolean): Shown => ({
  ...askedOf(asked),
  answers: flipped ? [second, first] : [first, second],
  flipped,
});

/** The order for one pair: the same for the same seed and prompt. */
export const show = (pair: Texts & Pick<CompletionPair, 'promptId'>, seed: number): Shown =>
  inOrder(pair, seedOf(pair.promptId, seed, 'judge') >>> 31 === 1);

/** The same answers the other way round. */
export const turned = ({answers: [first, second], flipped, ...asked}: Shown): Shown => ({
  ...asked,
  answers: [second, first],
  flipped: !flipped,
});

export type JudgmentForm = 'marked' | 'plain';

export interface JudgmentWords {
  readonly form?: JudgmentForm | undefined;
  /** The endpoint is asked to hold the answer to JSON. */
  readonly structured?: boolean | undefined;
  /**
   * The user's own turn, with `{{prompt}}`, `{{first}}` and `{{second}}` in it, in the place of all words here. Of a prompt with
   * turns before it, `{{prompt}}` is all of them.
   */
  readonly template?: string | undefined;
  /** Its group `first` or `second` matches where that answer is the better; neither does in a tie. */
  readonly replyPattern?: string | undefined;
}

/** What the answer is to be. */
const CLOSING: {readonly [F in JudgmentForm]: string} = {
  marked: `First think step by step about how the two solutions differ, in a part called {teacher_reasoning}. Then give your \
verdict as the last line, which is {better_student_solution}: [1] where {student_solution_1} is better, \
{better_student_solution}: [2] where {student_solution_2} is better, or {better_student_solution}: [0] where neither is. Begin \
each part on a new line with its identifier, {teacher_reasoning} or {better_student_solution}, and write each identifier \
once.`,
  plain: `Which solution is better? Answer with one digit and nothing else: 1 where {student_solution_1} is better, 2 where \
{student_solution_2} is better, or 0 where neither is.`,
};
/** Said where an endpoint may hold the answer to JSON: it is true whether it does or not. */
const AS_JSON: {readonly [F in JudgmentForm]: string} = {
  marked:
    ' Where your answer is a JSON object, its keys are teacher_reasoning and better_student_solution, and the latter is the number alone.',
  plain:
    ' Where your answer is a JSON object, its key is better_student_solution, and its value is that digit.',
};

const verdictSchema = {type: 'integer', enum: [0, 1, 2]};
/** The form for endpoints that can hold a model to it; of the order of the keys, the reasoning comes first. */
export const judgmentAnswerForm = (form: JudgmentForm = 'marked'): AnswerForm => ({
  name: 'judgment',
  schema: {
    type: 'object',
    ...(form === 'plain'
      ? {properties: {better_student_solution: verdictSchema}, required: ['better_student_solution']}
      : {
          properties: {teacher_reasoning: {type: 'string'}, better_student_solution: verdictSchema},
          required: ['teacher_reasoning', 'better_student_solution'],
        }),
    additionalProperties: false,
  },
});
const jsonJudgment = z.object({
  teacher_reasoning: z.string().catch(''),
  better_student_solution: z.union([z.literal([0, 1, 2]), z.stringFormat('number', /^\[?[012]\]?$/)]),
});

const OF_A_CONVERSATION =
  " The task is a conversation, each turn under the name of who speaks. Each answer is the assistant's next turn: compare the answers as that turn, with regard to all turns before it.";

/** The user's turn for two answers. */
export const judgmentPrompt = (
  {answers: [first, second], ...asked}: Shown,
  {form = 'marked', structured = false, template}: JudgmentWords = {},
): string => {
  const conversation = conversationOf(asked);
  const task = transcriptOf(conversation);
  if (template !== undefined) return filledIn(template, {prompt: task, first, second});
  const isTurn = typeof conversation === 'string';
  return `You are a teacher. Two students have answered a task, and you decide whose answer is better.

You are given the task, called {task}, and the two answers to it, called {student_solution_1} and \
{student_solution_2}.${isTurn ? '' : OF_A_CONVERSATION}

Prefer the solution that is clearer, more correct, and more engaging. The order in which the solutions are given means \
nothing, and neither does their length by itself.

{task}:${isTurn ? ' ' : '\n\n'}${task}

{student_solution_1}: ${first}

{student_solution_2}: ${second}

-----------------

${CLOSING[form]}${structured ? AS_JSON[form] : ''}
`;
};

export type Judgment =
  /** `better` counts the answers as they were shown; 0 is neither. */
  | {readonly kind: 'judgment'; readonly better: 0 | 1 | 2; readonly rationale: string}
  | {readonly kind: 'malformed'; readonly detail: string};

const VERDICT = new RegExp(markerAt('better_student_solution', '[Bb]etter [Ss]tudent [Ss]olution'), 'gm');
/** The number alone, in brackets or as the answer's name, bold or not, on the marker's line or the next. */
const NUMBER = /^\s*(?:\*\*)?(?:\[{0,2}([012])\]{0,2}|\{student_solution_([12])\})(?:\*\*)?\.?\s*$/;
const REASONING = new RegExp(markerAt('teacher_reasoning', '[Tt]eacher [Rr]easoning'), 'm');

/** Takes a judge's answer apart, by the words in which it was asked for. */
export const parseJudgment = (
  {text: answer, finishReason, reasoning}: Pick<Answer, 'text' | 'finishReason' | 'reasoning'>,
  {form = 'marked', replyPattern}: JudgmentWords = {},
): Judgment => {
  const ending = endingOf(finishReason);
  if (form === 'plain' && replyPattern === undefined && ending === 'cut') {
    // It was given, and whatever else the model went on to say is none of it.
    const given = firstVerdictIn(answer);
    if (given !== undefined) return {kind: 'judgment', better: given, rationale: rationaleOf(reasoning)};
  }
  if (ending !== 'whole') return malformed(`the answer is ${ending}: finish_reason is ${finishReason}`);
  if (replyPattern !== undefined) {
    const matched = matchIn(replyPattern, answer);
    if (matched.kind === 'malformed') return matched;
    const {first, second, rationale} = matched.groups;
    const better = first === undefined ? (second === undefined ? 0 : 2) : 1;
    return {kind: 'judgment', better, rationale: rationaleOf(reasoning, rationale)};
  }
  const json = jsonIn(answer);
  if (json !== undefined) {
    const rationale = rationaleOf(reasoning, json.teacher_reasoning);
    return {kind: 'judgment', better: numberOf(String(json.better_student_solution)), rationale};
  }
  if (form === 'plain') return plainJudgment(answer, reasoning);
  const verdict = afterMarker(answer, VERDICT, '{better_student_solution}');
  if (verdict.kind === 'malformed') return verdict;
  const number = NUMBER.exec(verdict.text);
  if (number === null) return malformed('{better_student_solution} is not followed by [1], [2] or [0] alone');
  return {
    kind: 'judgment',
    better: numberOf(number[1] ?? number[2] ?? ''),
    rationale: rationaleOf(reasoning, verdict.thoughts, rationaleIn(verdict.before)),
  };
};

/** Longer lines say more than a verdict. */
const MOST_OF_A_VERDICT = 80;
/** `2`, `Answer: 1`, `Solution 2 is better.`, `The better solution is 1.`, of a line without marks. */
const PLAIN =
  /^(?:(?:(?:the|my) )?(?:(?:better|best|correct|preferred|clearer|final) )?(?:student )?(?:answer|solution|verdict|choice|one|number|digit)(?: is)? ?:? ?)?(?:(?:student )?(?:answer|solution|option) )?([012])(?: is (?:the )?(?:better|best)(?: (?:one|answer|solution))?)? ?[.!]?$/i;

/** The number of a line that is a verdict and nothing else, bold, in brackets or not; undefined of another line. */
const plainVerdictIn = (line: string): 0 | 1 | 2 | undefined => {
  if (line.length > MOST_OF_A_VERDICT) return undefined;
  const [, number] = PLAIN.exec(line.replaceAll(/[\s*_`"'#>[\](){}]+/g, ' ').trim()) ?? [];
  return number === undefined ? undefined : numberOf(number);
};

/** Of an answer that was cut after it, the verdict that is its first line. */
const firstVerdictIn = (answer: string): 0 | 1 | 2 | undefined => {
  const bare = bareAnswer(answer);
  if (bare.kind === 'malformed') return undefined;
  const [first = '', ...more] = bare.text.split('\n');
  return more.length === 0 ? undefined : plainVerdictIn(first);
};

/** Of a whole answer, the verdict of its lines that are one. */
const plainJudgment = (answer: string, reasoning: string | undefined): Judgment => {
  const bare = bareAnswer(answer);
  if (bare.kind === 'malformed') return bare;
  const lines = bare.text.split('\n').map((line) => ({line, better: plainVerdictIn(line)}));
  const [better, ...others] = new Set(lines.flatMap((each) => each.better ?? []));
  if (better === undefined) return malformed('no line is 1, 2 or 0 alone');
  if (others.length > 0) return malformed(`its lines say ${[better, ...others].join(' and ')}`);
  const rest = lines.flatMap((each) => (each.better === undefined ? [each.line] : [])).join('\n');
  return {kind: 'judgment', better, rationale: rationaleOf(reasoning, bare.thoughts, rest)};
};

const malformed = (detail: string) => ({kind: 'malformed', detail}) as const;

const numberOf = (text: string): 0 | 1 | 2 => (text.includes('1') ? 1 : text.includes('2') ? 2 : 0);

const jsonIn = (answer: string) => {
  if (!/^\s*\{\s*"/.test(answer)) return undefined;
  try {
    return jsonJudgment.safeParse(JSON.parse(answer)).data;
  } catch {
    return undefined;
  }
};

const rationaleIn = (before: string): string => {
  const marker = REASONING.exec(before);
  return (marker === null ? before : before.slice(marker.index + marker[0].length)).trim();
};

/** Of the answers as the pair has them. */
export type Side = 'first' | 'second';

/** Whom a judgment prefers; undefined in a tie. */
export const preferredIn = ({flipped}: Pick<Shown, 'flipped'>, better: 0 | 1 | 2): Side | undefined =>
  better === 0 ? undefined : (better === 1) === flipped ? 'second' : 'first';
