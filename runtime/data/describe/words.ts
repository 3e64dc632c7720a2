/** Words of a text, where no tokenizer says what its tokens are. Pure. */

/** Runs of letters, of digits, and every other sign by itself; white space separates and is none. */
export const wordsIn = (text: string): string[] =>
  text.match(/\p{L}[\p{L}\p{M}]*|\p{N}+|[^\s\p{L}\p{N}]/gu) ?? [];
