/** Where a pattern of tokenizer.json matches in a text, and the ways in which a text is split there. Pure. */
import {toRegExp} from 'oniguruma-to-es';
import * as z from 'zod';
import {messageOf} from '../../errors.js';
import {refusal, type Where} from './component.js';

export const patternSchema = z.union([
  z.strictObject({String: z.string()}),
  z.strictObject({Regex: z.string()}),
]);

/** Patterns are Oniguruma's; one that has no exact counterpart in JavaScript is refused. */
export function regExpOf(where: Where, pattern: z.infer<typeof patternSchema>): RegExp {
  // An empty text matches nowhere.
  if ('String' in pattern) return pattern.String === '' ? /(?!)/gu : new RegExp(quoted(pattern.String), 'gu');
  const unsupported = (why: string) =>
    refusal(where, `the pattern ${JSON.stringify(pattern.Regex)} (${why})`);
  const inexact = inexactIn(pattern.Regex);
  if (inexact !== undefined) throw unsupported(inexact);
  const regExp = (() => {
    try {
      return toRegExp(pattern.Regex, {global: true, target: 'ES2024', accuracy: 'strict'});
    } catch (error) {
      throw unsupported(messageOf(error));
    }
  })();
  // V8 lets `[^]+` match one character where the flag is `v`.
  if (regExp.source.includes('[^]')) throw unsupported('a dot for every character');
  return regExp;
}

/** What is translated, but not exactly. */
function inexactIn(pattern: string): string | undefined {
  // Oniguruma's word characters are others than the translation's, and others in a class than outside.
  const word = /(?<!\\)(?:\\\\)*(\\[wWbB]|\\p\{\^?word\})/i.exec(pattern)?.[1];
  if (word !== undefined) return word;
  // Without case a class may take other letters, and one letter may stand for several: ß for ss.
  const isOpen = withoutCaseIn(pattern).some((part) =>
    /ss|ff|fi|fl|st|[^\0-\x7f]|\\[xuopP0-9]|\[:/i.test(part),
  );
  if (isOpen) return 'letters without case that may be others';
  return undefined;
}

const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** The parts of a pattern that are matched without case: to the end of the group, or all the rest where groups are nested. */
const withoutCaseIn = (pattern: string): string[] =>
  [...pattern.matchAll(/\(\?[a-z]*i[a-z-]*[:)]/g)].map(({0: opening, index}) => {
    const rest = pattern.slice(index + opening.length);
    const group = rest.slice(0, rest.indexOf(')'));
    return opening.endsWith(':') && !group.includes('(') ? group : rest;
  });

/** A part of a text; the parts of a text join to it. */
export interface Part {
  readonly text: string;
  readonly isMatch: boolean;
}

export function partsOf(text: string, pattern: RegExp): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const [found] = match;
    // Oniguruma passes over an empty match at the end of the match before.
    if (found === '' && parts.length > 0 && match.index === end) continue;
    if (match.index > end) parts.push({text: text.slice(end, match.index), isMatch: false});
    parts.push({text: found, isMatch: true});
    end = match.index + found.length;
  }
  if (end < text.length) parts.push({text: text.slice(end), isMatch: false});
  return parts;
}

/** Puts `content` as it is in the place of each match. */
export function replacing(
  where: Where,
  pattern: z.infer<typeof patternSchema>,
  content: string,
): (text: string) => string {
  // As a function: in a text `$&` would stand for something else than itself.
  if ('String' in pattern && pattern.String !== '')
    return (text) => text.replaceAll(pattern.String, () => content);
  const regExp = regExpOf(where, pattern);
  return (text) =>
    partsOf(text, regExp)
      .map((part) => (part.isMatch ? content : part.text))
      .join('');
}

/** Each character that matches is a part of its own. */
export function characterParts(text: string, isMatch: (character: string) => boolean): Part[] {
  const parts: Part[] = [];
  let other = '';
  for (const character of text) {
    if (!isMatch(character)) {
      other += character;
      continue;
    }
    if (other !== '') parts.push({text: other, isMatch: false});
    parts.push({text: character, isMatch: true});
    other = '';
  }
  if (other !== '') parts.push({text: other, isMatch: false});
  return parts;
}

export const behaviorSchema = z.enum([
  'Removed',
  'Isolated',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
]);
export type Behavior = z.infer<typeof behaviorSchema>;

/** The parts as they are left: some removed, some joined with a neighbour. */
export function joinedParts(parts: readonly Part[], behavior: Behavior): Part[] {
  switch (behavior) {
    case 'Isolated':
      return [...parts];
    case 'Removed':
      return parts.map(({text, isMatch}) => ({text: isMatch ? '' : text, isMatch}));
    case 'Contiguous':
      return joinedWhere(parts, (part, before) => part.isMatch === before.isMatch);
    case 'MergedWithPrevious':
      return joinedWhere(parts, (part, before) => part.isMatch && !before.isMatch);
    case 'MergedWithNext':
      return joinedWhere(parts, (part, before) => before.isMatch && !part.isMatch);
  }
}

function joinedWhere(parts: readonly Part[], belong: (part: Part, before: Part) => boolean): Part[] {
  const joined: Part[] = [];
  parts.forEach((part, index) => {
    const before = parts[index - 1];
    const last = joined.at(-1);
    if (before === undefined || last === undefined || !belong(part, before)) joined.push(part);
    else joined[joined.length - 1] = {text: last.text + part.text, isMatch: part.isMatch};
  });
  return joined;
}
