/** Tokens that are found in a text before anything else is done to it, special ones mostly: `added_tokens`. */
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {checked} from '../../json/json-file.js';
import {isWhiteSpace, WORD} from './characters.js';
import type {Where} from './component.js';
import {prefixTreeOf} from './prefix-tree.js';

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Not within a word. */
  readonly single_word: boolean;
  /** Takes the white space before it. */
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Found in the normalized text. */
  readonly normalized: boolean;
  /** Not written when text is made of tokens. */
  readonly special: boolean;
}

const flags = {
  content: z.string(),
  single_word: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  normalized: z.boolean().optional(),
  special: z.boolean().default(false),
};
const fileSchema = z.array(z.strictObject({...flags, id: z.int().min(0)}));

const name = z.union([z.string(), z.looseObject({content: z.string()}).transform(({content}) => content)]);
const names = z.union([z.array(name), z.record(z.string(), name).transform(Object.values<string>)]).nullish();
const tokenNames = ['bos', 'eos', 'unk', 'sep', 'pad', 'cls', 'mask'].map((kind) => `${kind}_token`);
const configSchema = z.looseObject({
  ...Object.fromEntries(tokenNames.map((each) => [each, name.nullish()])),
  additional_special_tokens: names,
  extra_special_tokens: names,
  added_tokens_decoder: z.record(z.string(), z.looseObject(flags)).nullish(),
  split_special_tokens: z.literal(false, 'only false is supported').nullish(),
});

/** A part of a text: an added token, or what lies between two. */
export type Section =
  | {readonly kind: 'token'; readonly id: number}
  | {readonly kind: 'text'; readonly text: string; readonly start: number};

/** Splits a text where the tokens stand in it: the leftmost first, of those the longest. */
export type TokenFinder = (text: string) => Section[];

/**
 * The added tokens of tokenizer.json, as tokenizer_config.json changes them in transformers: its `added_tokens_decoder` has
 * the last word on how a token is found, and the tokens that it names, such as `eos_token`, are special.
 *
 * @param idOf of a token in the model's own vocabulary
 * @throws TerminalError for a token whose id is not the one that the vocabulary gives it.
 */
export function addedTokensOf(
  tokenizer: {readonly where: Where; readonly tokens: unknown},
  config: {readonly where: Where; readonly contents: unknown},
  {idOf, size}: {readonly idOf: (token: string) => number | undefined; readonly size: number},
): AddedToken[] {
  const {where} = tokenizer;
  const added = new Map<string, AddedToken>();
  let next = size;
  const add = (token: Omit<z.infer<typeof fileSchema>[number], 'id'>): void => {
    const id = added.get(token.content)?.id ?? idOf(token.content) ?? next;
    next = Math.max(next, id + 1);
    added.set(token.content, {...token, id, normalized: token.normalized ?? !token.special});
  };
  checked(where, tokenizer.tokens ?? [], fileSchema).forEach(({id, ...token}, index) => {
    add(token);
    const given = added.get(token.content)?.id;
    if (given === id) return;
    throw new TerminalError(
      `${where}.${index}: ${JSON.stringify(token.content)} has the id ${id}, and would be given ${given}; save the tokenizer again`,
    );
  });

  const {added_tokens_decoder, additional_special_tokens, extra_special_tokens, ...named} = checked(
    config.where,
    config.contents,
    configSchema,
  );
  const byId = Object.entries(added_tokens_decoder ?? {}).sort(
    ([one], [other]) => Number(one) - Number(other),
  );
  for (const [, {content, single_word, lstrip, rstrip, normalized, special}] of byId)
    add({content, single_word, lstrip, rstrip, normalized, special});
  const special = [
    ...tokenNames.map((each) => named[each]),
    ...(additional_special_tokens ?? []),
    ...(extra_special_tokens ?? []),
  ].filter((each) => typeof each === 'string');
  for (const content of special) {
    const known = added.get(content) ?? {
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    };
    add({...known, special: true});
  }
  added.delete('');
  return [...added.values()];
}

const endsWithWord = new RegExp(`[${WORD}]$`, 'u');
const beginsWithWord = new RegExp(`^[${WORD}]`, 'u');

/** @param writtenAs how a token stands in the text that is searched: normalized, where the text is */
export function tokenFinderOf(
  tokens: readonly AddedToken[],
  writtenAs: (content: string) => string = (content) => content,
): TokenFinder {
  const byText = new Map(tokens.map((token) => [writtenAs(token.content), token]));
  byText.delete('');
  const tree = prefixTreeOf(byText.keys());

  return (text) => {
    const sections: Section[] = [];
    /** Where the text begins that is in no section yet. */
    let begin = 0;
    let index = 0;
    while (index < text.length) {
      const matchEnd = tree.endsAt(text, index).at(-1);
      const token = matchEnd === undefined ? undefined : byText.get(text.slice(index, matchEnd));
      if (matchEnd === undefined || token === undefined) {
        index += 1;
        continue;
      }
      const start = index;
      index = matchEnd;
      const isWithinWord =
        endsWithWord.test(text.slice(Math.max(0, start - 2), start)) ||
        beginsWithWord.test(text.slice(matchEnd, matchEnd + 2));
      if (token.single_word && isWithinWord) continue;
      const tokenStart = token.lstrip ? Math.max(begin, spaceBegin(text, start)) : start;
      const tokenEnd = token.rstrip ? spaceEnd(text, matchEnd) : matchEnd;
      if (begin < tokenStart)
        sections.push({kind: 'text', text: text.slice(begin, tokenStart), start: begin});
      sections.push({kind: 'token', id: token.id});
      begin = tokenEnd;
    }
    if (begin < text.length) sections.push({kind: 'text', text: text.slice(begin), start: begin});
    return sections;
  };
}

function spaceBegin(text: string, end: number): number {
  let begin = end;
  while (begin > 0 && isWhiteSpace(text.charAt(begin - 1))) begin -= 1;
  return begin;
}

function spaceEnd(text: string, begin: number): number {
  let end = begin;
  while (end < text.length && isWhiteSpace(text.charAt(end))) end += 1;
  return end;
}
