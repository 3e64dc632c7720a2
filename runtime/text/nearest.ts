/** What somebody who mistyped a word most likely meant. Pure. */
import {closest, distance} from 'fastest-levenshtein';

/** The nearest of the known words; undefined where none is near: over two letters, and over a third of the word, apart. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  if (known.length === 0) return undefined;
  const near = closest(word, [...known]);
  return distance(word, near) <= Math.max(2, word.length / 3) ? near : undefined;
};
