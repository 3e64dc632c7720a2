/** Classes of characters as Rust and Oniguruma have them; JavaScript's `\s` and `\w` are others. */

/** Unicode's White_Space, for character classes. */
export const WHITE_SPACE = '\\p{White_Space}';
/** `\w` of the Rust crate `regex`, for character classes. */
export const WORD = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}';

const whiteSpace = /^\p{White_Space}$/u;
export const isWhiteSpace = (character: string): boolean => whiteSpace.test(character);

const numeric = /^\p{N}$/u;
export const isNumeric = (character: string): boolean => numeric.test(character);

/** Punctuation since Unicode 8, which the crate that classifies it does not know, */
const YOUNG_PUNCTUATION =
  '\\u{61d}\\u{9fd}\\u{a76}\\u{c77}\\u{c84}\\u{1b4e}-\\u{1b4f}\\u{1b7d}-\\u{1b7f}\\u{2e43}-\\u{2e4f}\\u{2e52}-\\u{2e5d}\\u{10d6e}\\u{10ead}\\u{10ed0}\\u{10f55}-\\u{10f59}\\u{10f86}-\\u{10f89}\\u{113d4}-\\u{113d5}\\u{113d7}-\\u{113d8}\\u{1144b}-\\u{1144f}\\u{1145a}-\\u{1145b}\\u{1145d}\\u{11660}-\\u{1166c}\\u{116b9}\\u{1183b}\\u{11944}-\\u{11946}\\u{119e2}\\u{11a3f}-\\u{11a46}\\u{11a9a}-\\u{11a9c}\\u{11a9e}-\\u{11aa2}\\u{11b00}-\\u{11b09}\\u{11be1}\\u{11c41}-\\u{11c45}\\u{11c70}-\\u{11c71}\\u{11ef7}-\\u{11ef8}\\u{11f43}-\\u{11f4f}\\u{11fff}\\u{12ff1}-\\u{12ff2}\\u{16d6d}-\\u{16d6f}\\u{16e97}-\\u{16e9a}\\u{16fe2}\\u{1e5ff}\\u{1e95e}-\\u{1e95f}';
/** and what was punctuation then. */
const OLD_PUNCTUATION = '\\u{166d}\\u{111c9}';
const punctuation = new RegExp(`^(?![${YOUNG_PUNCTUATION}])[\\p{P}${OLD_PUNCTUATION}!-/:-@[-\`{-~]$`, 'u');
export const isPunctuation = (character: string): boolean => punctuation.test(character);

/** Characters since Unicode 12.1 that decompose, which the crate that normalizes does not know. They compose with nothing. */
const YOUNG_DECOMPOSITIONS =
  '\\u{32ff}\\u{a7f1}-\\u{a7f4}\\u{ab69}\\u{105c9}\\u{105e4}\\u{10781}-\\u{10785}\\u{10787}-\\u{107b0}\\u{107b2}-\\u{107ba}\\u{11383}\\u{11385}\\u{1138e}\\u{11391}\\u{113c5}\\u{113c7}-\\u{113c8}\\u{11938}\\u{16121}-\\u{16128}\\u{16d68}-\\u{16d6a}\\u{1ccd6}-\\u{1ccf9}\\u{1e030}-\\u{1e06d}\\u{1f16c}\\u{1fbf0}-\\u{1fbf9}';
const between = new RegExp(`[^${YOUNG_DECOMPOSITIONS}]+`, 'gu');

/** A normalization form, as the Rust crate has it. */
export const normalized = (text: string, form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): string =>
  text.replace(between, (part) => part.normalize(form));
