/**
 * What a reviser is asked and how its answer is read (Eq. 1, Appendix A.1 and A.2). Pure.
 *
 * The prompt and the parser change together. The prompt is in our own words; its structure and its identifiers are
 * those of the paper's published reviser. The parser is stricter than that one: a marker counts only at the start of a
 * line, there must be exactly one after the model's thoughts aloud, the model must have ended by itself, and what it calls
 * the solution must not speak of the format.
 *
 * | form | the answer is |
 * |---|---|
 * | `marked` | reasoning, then the revision, each after its identifier; JSON with these keys where the endpoint held it to that |
 * | `plain` | the revision alone, as models give it that keep to no form; its reasoning, where there is any, is thought aloud |
 */
import * as z from 'zod';
import type {Completion} from '../../proto/messages.js';
import type {AnswerForm} from '../../runtime/endpoints/chat.js';
import type {Answer} from '../../runtime/endpoints/reply.js';
import {conversationOf, transcriptOf} from '../../runtime/model/text/conversations.js';
import {afterMarker, bareAnswer, endingOf, markerAt, rationaleOf} from '../../runtime/text/answer-form.js';
import {filledIn, matchIn} from '../../runtime/text/own-words.js';

const GIVEN =
  "You are given the task, called {task}, and the student's answer to it, called {student_solution}.";
const OF_A_CONVERSATION =
  " The task is a conversation, each turn under the name of who speaks. The student's answer is the assistant's next turn: revise that turn alone, in keeping with all turns before it.";

/** Minimal, and better by the paper's three criteria. */
const builtIn = (
  given: string,
): string => `You are a teacher. A student has answered a task, and you minimally improve the student's answer.

${given}

Revise {student_solution} so that it becomes clearer, more correct, and more engaging. Copy every part that needs no \
correction exactly as the student wrote it. The revised solution stands on its own: it never alludes to being a \
revision or a correction, and never mentions the student or you.`;

export type RevisionForm = 'marked' | 'plain';

const CLOSING: {readonly [F in RevisionForm]: string} = {
  marked: `First think step by step about what should change and what should stay, in a part called {teacher_reasoning}. Then give \
the whole revised solution, and nothing after it, in a part called {corrected_student_solution}. Begin each part on a \
new line with its identifier, {teacher_reasoning} or {corrected_student_solution}, and write each identifier once.`,
  plain: `Now write the whole revised solution, and nothing else: no heading, no comment and no explanation, before it or after it.`,
};
/** Said where an endpoint may hold the answer to JSON: it is true whether it does or not. */
const AS_JSON: {readonly [F in RevisionForm]: string} = {
  marked:
    ' Where your answer is a JSON object, its keys are teacher_reasoning and corrected_student_solution.',
  plain: ' Where your answer is a JSON object, its key is corrected_student_solution.',
};

/** The form for endpoints that can hold a model to it; of the order of the keys, the reasoning comes first. */
export const revisionAnswerForm = (form: RevisionForm = 'marked'): AnswerForm => {
  const keys = [...(form === 'plain' ? [] : ['teacher_reasoning']), 'corrected_student_solution'];
  return {
    name: 'revision',
    schema: {
      type: 'object',
      properties: Object.fromEntries(keys.map((key) => [key, {type: 'string'}])),
      required: keys,
      additionalProperties: false,
    },
  };
};
const jsonRevision = z.object({
  teacher_reasoning: z.string().catch(''),
  corrected_student_solution: z.string(),
});

export interface RevisionWords {
  /** What to do with {student_solution}, in place of the built-in words. */
  readonly instructions?: string | undefined;
  readonly form?: RevisionForm | undefined;
  /** The endpoint is asked to hold the answer to JSON. */
  readonly structured?: boolean | undefined;
  /**
   * The user's own turn, with `{{prompt}}` and `{{completion}}` in it, in the place of all words here. Of a prompt with turns
   * before it, `{{prompt}}` is all of them.
   */
  readonly template?: string | undefined;
  /** What is taken from an answer: its groups `revision` and, where there is one, `rationale`. */
  readonly replyPattern?: string | undefined;
}

/** The user's turn for a completion. */
export const revisionPrompt = (
  {completion, ...asked}: Pick<Completion, 'prompt' | 'history' | 'completion'>,
  {instructions, form = 'marked', structured = false, template}: RevisionWords = {},
): string => {
  const conversation = conversationOf(asked);
  const task = transcriptOf(conversation);
  if (template !== undefined) return filledIn(template, {prompt: task, completion});
  const isTurn = typeof conversation === 'string';
  const given = isTurn ? GIVEN : GIVEN + OF_A_CONVERSATION;
  return `${instructions === undefined ? builtIn(given) : `${given}\n\n${instructions}`}

{task}:${isTurn ? ' ' : '\n\n'}${task}

{student_solution}: ${completion}

-----------------

${CLOSING[form]}${structured ? AS_JSON[form] : ''}
`;
};

/** A revision as a fleet shows it to the reviser. */
export interface RevisionExample {
  readonly prompt: string;
  readonly completion: string;
  readonly revision: string;
  readonly reasoning?: string | undefined;
}

/** Examples as turns before the question: it is asked of each as of the completion, and each is answered as it should be. */
export const exampleTurns = (examples: readonly RevisionExample[], words: RevisionWords) =>
  examples.map((example) => ({
    prompt: revisionPrompt(example, words),
    answer:
      words.form === 'plain'
        ? example.revision
        : `{teacher_reasoning}: ${example.reasoning ?? 'The rest stays as the student wrote it.'}\n\n{corrected_student_solution}: ${example.revision}`,
  }));

export type Revision =
  | {readonly kind: 'revision'; readonly text: string; readonly rationale: string}
  | {readonly kind: 'malformed'; readonly detail: string};

const SOLUTION = new RegExp(
  markerAt('corrected_student_solution', '[Cc]orrected [Ss]tudent [Ss]olution'),
  'gm',
);
const REASONING = new RegExp(markerAt('teacher_reasoning', '[Tt]eacher [Rr]easoning'), 'm');
/** In a solution these words are the format speaking, not the answer. */
const FORMAT_WORDS = /\{(?:corrected_student_solution|teacher_reasoning|student_solution|task)\}/;
/** What models put before an answer that was to stand alone: `Here is the revised solution:`, `**Revised answer:**`. */
const LABEL =
  /^(?:(?:sure|certainly|of course)[,.!]*\s+)?(?:\*\*|#+ )?(?:here(?:'s| is|’s) (?:the|a|my|your) )?(?:whole )?(?:revised|corrected|improved)(?: student(?:'s)?)? (?:answer|solution|version|response)[^\n:]{0,40}(?::\*\*|\*\*:|:)\s*/i;

/** A reviser's reply, as far as it is read. */
export type RevisionReply = Pick<Answer, 'text' | 'finishReason' | 'reasoning'>;

/**
 * Takes a reviser's answer apart, by the words in which it was asked for.
 *
 * @param original the policy's answer: what a label looks like there is text.
 */
export const parseRevision = (
  {text: answer, finishReason, reasoning}: RevisionReply,
  {form = 'marked', replyPattern}: RevisionWords = {},
  original = '',
): Revision => {
  const ending = endingOf(finishReason);
  if (ending !== 'whole') return malformed(`the answer is ${ending}: finish_reason is ${finishReason}`);
  if (replyPattern !== undefined) {
    const matched = matchIn(replyPattern, answer);
    if (matched.kind === 'malformed') return matched;
    return checked(matched.groups.revision ?? '', rationaleOf(reasoning, matched.groups.rationale));
  }
  const json = jsonIn(answer);
  if (json !== undefined)
    return checked(json.corrected_student_solution, rationaleOf(reasoning, json.teacher_reasoning));
  // A model that keeps to the markers all the same is taken at its word.
  if (form === 'plain' && [...answer.matchAll(SOLUTION)].length !== 1) {
    const bare = bareAnswer(answer);
    if (bare.kind === 'malformed') return bare;
    const text = LABEL.test(original.trimStart()) ? bare.text : bare.text.replace(LABEL, '');
    return checked(text, rationaleOf(reasoning, bare.thoughts));
  }
  const solution = afterMarker(answer, SOLUTION, '{corrected_student_solution}');
  if (solution.kind === 'malformed') return solution;
  return checked(solution.text, rationaleOf(reasoning, solution.thoughts, rationaleIn(solution.before)));
};

const malformed = (detail: string) => ({kind: 'malformed', detail}) as const;

const checked = (solution: string, rationale: string): Revision => {
  const text = solution.trim();
  if (text === '') return malformed('nothing follows {corrected_student_solution}');
  const leak = FORMAT_WORDS.exec(text) ?? REASONING.exec(text);
  if (leak !== null) return malformed(`the solution contains ${leak[0].trim()}`);
  return {kind: 'revision', text, rationale};
};

/** An answer that is the object of the form, whether the endpoint was held to it or the model chose it. */
const jsonIn = (answer: string) => {
  if (!/^\s*\{\s*"/.test(answer)) return undefined;
  try {
    return jsonRevision.safeParse(JSON.parse(answer)).data;
  } catch {
    return undefined;
  }
};

/** The reasoning part; without its marker, all that comes before the solution. */
const rationaleIn = (before: string): string => {
  const marker = REASONING.exec(before);
  return (marker === null ? before : before.slice(marker.index + marker[0].length)).trim();
};
