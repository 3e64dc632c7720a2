/**
 * What a reviser is asked and how its answer is read (Eq. 1, Appendix A.1 and A.2). Pure.
 *
 * The prompt and the parser change together. The prompt is in our own words; its structure and its identifiers are
 * those of the paper's published reviser. The parser is stricter than that one: a marker counts only at the start of a
 * line, there must be exactly one after the model's thoughts aloud, the model must have ended by itself, and what it calls
 * the solution must not speak of the format.
 */
import {
  type CandidatePair,
  type Completion,
  FinishReason,
  type PreferenceSource,
  RejectionReason,
} from '../../proto/messages.js';
import {afterMarker, endingOf} from '../../runtime/text/answer-form.js';

const GIVEN =
  "You are given the task, called {task}, and the student's answer to it, called {student_solution}.";

/** Minimal, and better by the paper's three criteria. */
const BUILT_IN = `You are a teacher. A student has answered a task, and you minimally improve the student's answer.

${GIVEN}

Revise {student_solution} so that it becomes clearer, more correct, and more engaging. Copy every part that needs no \
correction exactly as the student wrote it. The revised solution stands on its own: it never alludes to being a \
revision or a correction, and never mentions the student or you.`;

/**
 * The user's turn for a completion.
 *
 * @param instructions what to do with {student_solution}, in place of the built-in words.
 */
export const revisionPrompt = (
  {prompt, completion}: Pick<Completion, 'prompt' | 'completion'>,
  instructions?: string,
): string =>
  `${instructions === undefined ? BUILT_IN : `${GIVEN}\n\n${instructions}`}

{task}: ${prompt}

{student_solution}: ${completion}

-----------------

First think step by step about what should change and what should stay, in a part called {teacher_reasoning}. Then give \
the whole revised solution, and nothing after it, in a part called {corrected_student_solution}. Begin each part on a \
new line with its identifier, {teacher_reasoning} or {corrected_student_solution}, and write each identifier once.
`;

export type Revision =
  | {readonly kind: 'revision'; readonly text: string; readonly rationale: string}
  | {readonly kind: 'malformed'; readonly detail: string};

/**
 * A marker's line start, as models write it: `{name}`, `{name}:`, `**{name}:**`, `**{name}**:`, `## {name}`, and for the
 * words, which are no identifier by themselves, the bold form only.
 */
const markerAt = (identifier: string, words: string): string =>
  `^[ \\t]*(?:#{1,6}[ \\t]+)?(?:\\*\\*\\{${identifier}\\}(?::?\\*\\*:?)|\\{${identifier}\\}:?|\\*\\*${words}(?::\\*\\*|\\*\\*:?))`;
const SOLUTION = new RegExp(
  markerAt('corrected_student_solution', '[Cc]orrected [Ss]tudent [Ss]olution'),
  'gm',
);
const REASONING = new RegExp(markerAt('teacher_reasoning', '[Tt]eacher [Rr]easoning'), 'm');
/** In a solution these words are the format speaking, not the answer. */
const FORMAT_WORDS = /\{(?:corrected_student_solution|teacher_reasoning|student_solution)\}/;

/**
 * Takes a reviser's answer apart.
 *
 * @param finishReason as the endpoint gave it.
 */
export const parseRevision = (answer: string, finishReason: string): Revision => {
  const ending = endingOf(finishReason);
  if (ending !== 'whole') return malformed(`the answer is ${ending}: finish_reason is ${finishReason}`);
  const solution = afterMarker(answer, SOLUTION, '{corrected_student_solution}');
  if (solution.kind === 'malformed') return solution;
  const text = solution.text.trim();
  if (text === '') return malformed('nothing follows {corrected_student_solution}');
  const leak = FORMAT_WORDS.exec(text) ?? REASONING.exec(text);
  if (leak !== null) return malformed(`the solution contains ${leak[0].trim()}`);
  return {kind: 'revision', text, rationale: rationaleIn(solution.before)};
};

const malformed = (detail: string): Revision => ({kind: 'malformed', detail});

/** The reasoning part; without its marker, all that comes before the solution. */
const rationaleIn = (before: string): string => {
  const marker = REASONING.exec(before);
  return (marker === null ? before : before.slice(marker.index + marker[0].length)).trim();
};

/** Why no revision could make a pair of this completion; undefined where one may. Asking would cost and give nothing. */
export const unrevisable = ({completion, finishReason, completionIds}: Completion) => {
  if (completion.trim() === '') {
    return {reason: RejectionReason.REJECTION_REASON_EMPTY, detail: 'the completion is empty'};
  }
  if (finishReason === FinishReason.FINISH_REASON_LENGTH) {
    const detail = `the completion was cut off at ${completionIds.length} tokens`;
    return {reason: RejectionReason.REJECTION_REASON_TRUNCATED, detail};
  }
  return undefined;
};

/** The revision between the white space that the original begins and ends with: a reviser is not asked about it. */
const withOuterSpaceOf = (original: string, revision: string): string => {
  const begin = original.slice(0, original.length - original.trimStart().length);
  return begin + revision.trim() + original.slice(original.trimEnd().length);
};

/**
 * Eq. 1: y_l = M(x) is rejected, y_w = Reviser(x, y_l) is chosen. Both begin and end with the same white space: it is the
 * policy's, and it decides how the first word is encoded.
 */
export const revisedPair = (
  completion: Completion,
  revision: {readonly text: string; readonly rationale: string},
  by: {readonly source: PreferenceSource; readonly model: string; readonly requestId: string},
): CandidatePair => ({
  promptId: completion.promptId,
  prompt: completion.prompt,
  chosen: withOuterSpaceOf(completion.completion, withLineEndsOf(completion.completion, revision.text)),
  rejected: completion.completion,
  // A revision has no tokens of its own yet: the reference encodes it, once.
  chosenIds: [],
  rejectedIds: completion.completionIds,
  source: by.source,
  rationale: revision.rationale,
  policyVersion: completion.policyVersion,
  model: by.model,
  requestId: by.requestId,
  finishReason: completion.finishReason,
  sampling: completion.sampling ?? null,
});

/** Some gateways write every line end as Windows does: that is no difference between two answers. */
const withLineEndsOf = (original: string, text: string): string =>
  original.includes('\r') ? text : text.replaceAll('\r\n', '\n');
