/** Which option a model chooses, read by rule. Pure. */

/** White space at an end, and what may stand around a letter there. */
const OUTER = /^[\s,.!?;:'"]+|[\s,.!?;:'"]+$/g;
/** Words of an answer from which on it is looked for the text of an option. */
const WORDS = 5;

/**
 * The letter of the option that an answer chooses, by rule; undefined where none can be told.
 *
 * A letter alone, in brackets or in bold, with or without a full stop, a bracket or a colon after it, as MixEval's rule parser knows
 * them; the first counts. `A` and `I` before a word in lower case are words. Without a letter an answer of more than five words
 * chooses the option whose text it has, the first.
 */
export const choiceIn = (answer: string, options: readonly string[]): string | undefined => {
  const text = ` ${answer.replaceAll(OUTER, '')} `;
  const letters = options.map((_, place) => String.fromCharCode(65 + place));
  const pattern = new RegExp(
    [
      // Alone between white space, with what may follow it.
      String.raw`(?<=\s)([${letters.join('')}])(?=[.):,]?\s)`,
      // In brackets, whatever is around them.
      String.raw`[([]([${letters.join('')}])[)\]]`,
      // In bold, or at the beginning or the end of what is.
      String.raw`\*\*\(?([${letters.join('')}])(?=[.):,]?(?:\s|\*\*))`,
      String.raw`(?<=\s)([${letters.join('')}])(?=[.):]?\*\*)`,
    ].join('|'),
    'g',
  );
  for (const found of text.matchAll(pattern)) {
    const letter = found.slice(1).find((each) => each !== undefined);
    if (letter === undefined) continue;
    const after = text.slice((found.index ?? 0) + found[0].length);
    // An article, or a person: not an option.
    if (/[AI]/.test(letter) && /^ \p{Ll}/u.test(after)) continue;
    return letter;
  }
  if (text.trim().split(/\s+/).length <= WORDS) return undefined;
  const lower = text.toLowerCase();
  let first: {readonly letter: string; readonly at: number} | undefined;
  for (const [place, option] of options.entries()) {
    const at = option.trim() === '' ? -1 : lower.indexOf(option.toLowerCase());
    if (at >= 0 && (first === undefined || at < first.at)) first = {letter: letters[place] ?? '', at};
  }
  return first?.letter;
};
