/** The form in which models answer, whatever their makers call it: how an answer ended, and what it is wrapped in. Pure. */
import {excerpt} from './excerpt.js';

/**
 * | ending | the answer |
 * |---|---|
 * | `whole` | is all that the model had to say |
 * | `cut` | was ended by a limit |
 * | `withheld` | was ended or emptied by a filter |
 * | `broken` | was ended by a fault of whoever serves the model |
 */
export type Ending = 'whole' | 'cut' | 'withheld' | 'broken';

/**
 * What a finish reason says. The words are many: OpenAI's `stop` is others' `eos_token`, `end_turn`, `STOP`, or nothing at all. So
 * words that name a limit, a filter or a fault are known by their stems, and every other word is a way to say that it ended.
 *
 * @param finishReason as the endpoint gave it; '' where it gave none.
 */
export const endingOf = (finishReason: string): Ending => {
  const word = finishReason.toLowerCase();
  if (/filter|safety|sensitive|moderat|prohibit|blocked|blocklist|recitation|refus|spii|guardrail/.test(word))
    return 'withheld';
  if (/length|max_|maxtoken|limit|truncat|incomplete|exceed|cut|budget/.test(word)) return 'cut';
  if (/error|fail|abort|cancel|interrupt|timeout|insufficient|malformed/.test(word)) return 'broken';
  return 'whole';
};

/** Tags in which models think aloud before they answer. */
const THOUGHT = String.raw`(?:<(?:think|thinking|thought|reasoning)>|\[THINK\]|<\|channel\|>analysis<\|message\|>)`;
const THOUGHT_ENDS = String.raw`(?:</(?:think|thinking|thought|reasoning)>|\[/THINK\]|<\|channel\|>final<\|message\|>)`;
const FENCE = /^[ \t]*(?:`{3,}|~{3,})[^`\n]*$/gm;

export type Unwrapped =
  /** The answer, what came before the marker on whose line it begins, and the thoughts before all that. */
  | {readonly kind: 'answer'; readonly thoughts: string; readonly before: string; readonly text: string}
  | {readonly kind: 'malformed'; readonly detail: string};

/**
 * What a model says after a marker, without what surrounds it: thoughts aloud before the answer, in which drafts of the marker
 * may stand, and a code fence that was opened before the marker and is closed after the text.
 *
 * @param marker global, and matches at the start of a line.
 * @param name what the marker is called in a complaint.
 */
export const afterMarker = (reply: string, marker: RegExp, name: string): Unwrapped => {
  if (reply.trim() === '') return malformed('the answer is empty');
  const parts = apart(reply, (rest) => [...rest.matchAll(marker)].length === 1);
  if (parts === undefined) return malformed('the answer ends within its reasoning');
  const {thoughts, answer} = parts;
  const [found, ...more] = answer.matchAll(marker);
  if (found === undefined) return malformed(`no line begins with ${name}`);
  if (more.length > 0) return malformed(`${more.length + 1} lines begin with ${name}`);
  const before = answer.slice(0, found.index);
  const text = answer.slice(found.index + found[0].length);
  if (!isOdd(before.match(FENCE))) return {kind: 'answer', thoughts, before, text};
  const unfenced = withoutClosingFence(text);
  return typeof unfenced === 'string' ? {kind: 'answer', thoughts, before, text: unfenced} : unfenced;
};

/** What a model says where it was asked for no marker: all of it, but for thoughts aloud before it. */
export const bareAnswer = (reply: string): Unwrapped => {
  if (reply.trim() === '') return malformed('the answer is empty');
  const parts = apart(reply, (_, before) => !new RegExp(THOUGHT).test(before));
  if (parts === undefined) return malformed('the answer ends within its reasoning');
  const text = parts.answer.trim();
  if (text === '') return malformed('nothing follows its reasoning');
  return {kind: 'answer', thoughts: parts.thoughts, before: '', text};
};

const malformed = (detail: string) => ({kind: 'malformed', detail}) as const;
const isOdd = (found: readonly string[] | null): boolean => (found?.length ?? 0) % 2 === 1;

/**
 * Thoughts and what follows them; undefined where they do not end. A template may have opened them, and the reply only closes them:
 * then `isAnswer` says of what follows, by that and what is before, whether it is one. A policy that thinks aloud has such tags
 * in the answer itself.
 */
const apart = (
  reply: string,
  isAnswer: (rest: string, before: string) => boolean,
): {readonly thoughts: string; readonly answer: string} | undefined => {
  const opened = new RegExp(`^\\s*${THOUGHT}`).exec(reply);
  const ends = [...reply.matchAll(new RegExp(THOUGHT_ENDS, 'g'))];
  const first = opened?.[0].length ?? 0;
  const partAt = ({index, 0: tag}: RegExpExecArray) => ({
    thoughts: reply.slice(first, index).trim(),
    answer: reply.slice(index + tag.length),
  });
  if (opened !== null) return ends[0] === undefined ? undefined : partAt(ends[0]);
  const end = ends.find((each) => isAnswer(partAt(each).answer, reply.slice(0, each.index)));
  return end === undefined ? {thoughts: '', answer: reply} : partAt(end);
};

/** The fence around the reply ends with its last line; fences within the text come in twos. */
const withoutClosingFence = (text: string) => {
  const last = [...text.matchAll(FENCE)].at(-1);
  if (last === undefined || !isOdd(text.match(FENCE))) return malformed('its code fence does not end');
  if (text.slice(last.index + last[0].length).trim() !== '') return malformed('more follows its code fence');
  return text.slice(0, last.index).replace(/\r?\n$/, '');
};

/**
 * A marker at the start of a line as models write it: `{name}`, `{name}:`, `**{name}:**`, `**{name}**:`, `## {name}`, and of the
 * words, which are no identifier by themselves, the bold form and that of a heading alone.
 */
export const markerAt = (identifier: string, words: string): string =>
  `^[ \\t]*(?:(?:#{1,6}[ \\t]+)?(?:\\*\\*\\{${identifier}\\}(?::?\\*\\*:?)|\\{${identifier}\\}:?|\\*\\*${words}(?::\\*\\*|\\*\\*:?))|#{1,6}[ \\t]+${words}:?(?=[ \\t]*$))`;

/** Longer reasoning is cut: it is for people to look at, and must leave room in a message for the answers. */
const MOST_RATIONALE = 16_384;

/** What a model gave as its reasons, wherever it put them. */
export const rationaleOf = (...parts: readonly (string | undefined)[]): string =>
  excerpt(
    parts
      .map((part) => part?.trim())
      .filter(Boolean)
      .join('\n\n'),
    MOST_RATIONALE,
  );
