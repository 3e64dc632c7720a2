/** The form in which models answer, whatever their makers call it: how an answer ended, and what it is wrapped in. Pure. */

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
  /** The answer without the thoughts before it, and what came before the marker on whose line it begins. */
  | {readonly kind: 'answer'; readonly before: string; readonly text: string}
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
  const answer = withoutThoughts(reply, marker);
  if (answer === undefined) return malformed('the answer ends within its reasoning');
  const [found, ...more] = answer.matchAll(marker);
  if (found === undefined) return malformed(`no line begins with ${name}`);
  if (more.length > 0) return malformed(`${more.length + 1} lines begin with ${name}`);
  const before = answer.slice(0, found.index);
  const text = answer.slice(found.index + found[0].length);
  return isOdd(before.match(FENCE)) ? withoutClosingFence(before, text) : {kind: 'answer', before, text};
};

const malformed = (detail: string): Unwrapped => ({kind: 'malformed', detail});
const isOdd = (found: readonly string[] | null): boolean => (found?.length ?? 0) % 2 === 1;

/** What follows the thoughts; undefined where they do not end. A template may have opened them, and the reply only closes them. */
const withoutThoughts = (reply: string, marker: RegExp): string | undefined => {
  const opened = new RegExp(`^\\s*${THOUGHT}`).exec(reply);
  const ends = [...reply.matchAll(new RegExp(THOUGHT_ENDS, 'g'))].map(
    ({index, 0: tag}) => index + tag.length,
  );
  if (opened !== null) return ends[0] === undefined ? undefined : reply.slice(ends[0]);
  // A policy that thinks aloud has such tags in the answer itself: there no marker follows.
  const end = ends.find((at) => [...reply.slice(at).matchAll(marker)].length === 1);
  return end === undefined ? reply : reply.slice(end);
};

/** The fence around the reply ends with its last line; fences within the text come in twos. */
const withoutClosingFence = (before: string, text: string): Unwrapped => {
  const last = [...text.matchAll(FENCE)].at(-1);
  if (last === undefined || !isOdd(text.match(FENCE))) return malformed('its code fence does not end');
  if (text.slice(last.index + last[0].length).trim() !== '') return malformed('more follows its code fence');
  return {kind: 'answer', before, text: text.slice(0, last.index).replace(/\r?\n$/, '')};
};
