/** Texts as Python has them: counted in code points, with Python's white space, lines and cases. */

/** Where `str.isspace` holds; for use within the brackets of a pattern. */
export const WHITE_SPACE =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const LEFT = new RegExp(`^[${WHITE_SPACE}]+`);
const SPACE = new RegExp(`^[${WHITE_SPACE}]$`);
// biome-ignore lint/suspicious/noControlCharactersInRegex: these end a line, too.
const LINE_END = /\r\n|[\n-\r\x1c-\x1e\x85\u2028\u2029]/g;

export const isWhiteSpace = (character: string): boolean => SPACE.test(character);

/** `str.strip`, `lstrip`, `rstrip`: without the outer white space, or the outer characters that are among `chars`. */
export function stripped(text: string, chars?: string, side: 'both' | 'left' | 'right' = 'both'): string {
  const among = chars === undefined ? undefined : new Set(chars);
  const goes = (character: string): boolean => among?.has(character) ?? isWhiteSpace(character);
  let rest = text;
  if (side !== 'right') {
    if (among === undefined) rest = rest.replace(LEFT, '');
    else
      for (let first = firstOf(rest); first !== '' && goes(first); first = firstOf(rest))
        rest = rest.slice(first.length);
  }
  if (side !== 'left') {
    let end = rest.length;
    for (let last = lastOf(rest, end); last !== '' && goes(last); last = lastOf(rest, end))
      end -= last.length;
    rest = rest.slice(0, end);
  }
  return rest;
}

const firstOf = (text: string): string => (text === '' ? '' : String.fromCodePoint(text.codePointAt(0) ?? 0));

function lastOf(text: string, end: number): string {
  const last = text.slice(Math.max(0, end - 1), end);
  const two = text.slice(Math.max(0, end - 2), end);
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(two) ? two : last;
}

/** In code points, as Python counts. */
export const characters = (text: string): string[] => Array.from(text);

export const lengthOf = (text: string): number =>
  /[\ud800-\udbff]/.test(text) ? characters(text).length : text.length;

/** `str.splitlines`. */
export function linesOf(text: string, keepEnds = false): string[] {
  const lines: string[] = [];
  let start = 0;
  for (const {index, 0: end} of text.matchAll(LINE_END)) {
    lines.push(text.slice(start, keepEnds ? index + end.length : index));
    start = index + end.length;
  }
  if (start < text.length) lines.push(text.slice(start));
  return lines;
}

/** `str.split` without a separator: the words, and after `limit` of them the rest as it is. */
export function wordsOf(text: string, limit: number): string[] {
  const words: string[] = [];
  let rest = text.replace(LEFT, '');
  while (rest !== '') {
    if (limit >= 0 && words.length === limit) return [...words, rest];
    const word = rest.match(new RegExp(`^[^${WHITE_SPACE}]+`))?.[0] ?? '';
    words.push(word);
    rest = rest.slice(word.length).replace(LEFT, '');
  }
  return words;
}

/** `str.split` at a separator, at most `limit` times where that is not negative. */
export function splitAt(text: string, separator: string, limit: number): string[] {
  const parts = text.split(separator);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)];
}

/** `str.rsplit` at a separator. */
export function splitFromRight(text: string, separator: string, limit: number): string[] {
  const parts = text.split(separator);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  const cut = parts.length - limit;
  return [parts.slice(0, cut).join(separator), ...parts.slice(cut)];
}

/** `str.replace`, at most `limit` times where that is not negative. */
export function replaced(text: string, old: string, by: string, limit: number): string {
  if (old !== '') {
    const parts = splitAt(text, old, limit);
    return parts.join(by);
  }
  let left = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  const put = (): string => (left-- > 0 ? by : '');
  return characters(text).reduce((whole, character) => whole + character + put(), put());
}

const CASED_CHARACTER = /\p{Cased}/u;
/** Letters such as ǅ, by their lower case. */
let titles: Map<string, string> | undefined;

function titleOf(character: string): string {
  titles ??= new Map(
    Array.from({length: 0x20_00}, (_, code) => String.fromCodePoint(code))
      .filter((each) => /\p{Lt}/u.test(each))
      .map((each) => [each.toLowerCase(), each]),
  );
  const title = titles.get(character.toLowerCase());
  if (title !== undefined) return title;
  // Georgian capitals are for whole words.
  if (/[\u10d0-\u10ff]/.test(character)) return character;
  const [first = '', ...others] = characters(character.toUpperCase());
  return first + others.join('').toLowerCase();
}

/** `str.capitalize`. */
export function capitalized(text: string): string {
  const [first = '', ...others] = characters(text);
  return titleOf(first) + others.join('').toLowerCase();
}

/** `str.title`: the first letter of each run of letters. */
export function titled(text: string): string {
  let isInside = false;
  let whole = '';
  for (const character of text) {
    whole += isInside ? character.toLowerCase() : titleOf(character);
    isInside = CASED_CHARACTER.test(character);
  }
  return whole;
}

export const isUpper = (text: string): boolean =>
  CASED_CHARACTER.test(text) && !/[\p{Ll}\p{Lt}]|\p{Lowercase}/u.test(text);
export const isLower = (text: string): boolean =>
  CASED_CHARACTER.test(text) && !/[\p{Lu}\p{Lt}]|\p{Uppercase}/u.test(text);

/** By code points, as Python orders texts. */
export function compareTexts(a: string, b: string): number {
  if (!/[\ud800-\uffff]/.test(a + b)) return a < b ? -1 : a > b ? 1 : 0;
  const [left, right] = [characters(a), characters(b)];
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Runs of letters, digits and `_`. */
export const wordCount = (text: string): number => text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0;
