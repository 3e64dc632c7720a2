/** Pieces of a text as token ids: the `model` of tokenizer.json. */
import {Tokenizer} from '@huggingface/tokenizers';
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {changesNothing} from '../../json/json-file.js';
import {fieldsOf, refusal, typeOf, type Where} from './component.js';
import {unigramOf} from './unigram.js';

export interface TokenModel {
  encode(piece: string): number[];
  idOf(token: string): number | undefined;
  tokenOf(id: number): string | undefined;
  /** Tokens of the vocabulary. */
  readonly size: number;
}

/** Large ones are not checked entry by entry here: `idsByToken` and `mergesOf` look at each anyway. */
const vocabulary = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must map tokens to ids',
);
const list = z.custom<unknown[]>(Array.isArray, 'must be a list');

export function modelOf(where: Where, part: unknown): TokenModel {
  // Older files do not say that BPE is what they hold.
  const model =
    typeof part === 'object' && part !== null && !('type' in part) ? {type: 'BPE', ...part} : part;
  const type = typeOf(where, model);
  switch (type) {
    case 'BPE':
      return bpe(where, model);
    case 'Unigram':
      return unigram(where, model);
    case 'WordPiece':
      return wordPiece(where, model);
    case 'WordLevel':
      return wordLevel(where, model);
    default:
      throw refusal(where, `"${type}"`);
  }
}

const flag = z.boolean().nullish();

function bpe(where: Where, part: unknown): TokenModel {
  const fields = fieldsOf(where, part, {
    vocab: vocabulary,
    merges: list,
    dropout: z.number().nullish(),
    unk_token: z.string().nullish(),
    continuing_subword_prefix: z.string().nullish(),
    end_of_word_suffix: z.string().nullish(),
    fuse_unk: flag,
    byte_fallback: flag,
    ignore_merges: flag,
  });
  for (const name of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix'] as const) {
    const value = fields[name];
    if (!changesNothing(value) && value !== '' && value !== 0) throw refusal(where, `"${name}": ${value}`);
  }
  const words = idsByToken(where, fields.vocab);
  const unknownId = idOfUnknown(where, words, fields.unk_token);
  if (fields.byte_fallback) requireBytes(where, words);
  const merges = fields.merges.map((merge, index) => mergeOf(where, merge, index, words));
  const split = libraryModel({...fields, type: 'BPE', fuse_unk: false, merges});
  // Without a token for what is unknown, that is left out before anything merges.
  const isDropped = unknownId === undefined && !fields.byte_fallback;
  const known = (piece: string): string => [...piece].filter((character) => words.has(character)).join('');
  const {unk_token: unknown, fuse_unk: isFused} = fields;
  return {
    ...vocabularyOf(words),
    encode: (piece) =>
      split(isDropped && !(fields.ignore_merges && words.has(piece)) ? known(piece) : piece)
        // One unknown token stands for neighbours that are unknown, of the same piece.
        .filter((token, index, all) => !(isFused && token === unknown && all[index - 1] === unknown))
        .map((token) => words.get(token) ?? unknownId)
        .filter((id) => id !== undefined),
  };
}

/** The library's model alone, without what it does before and after. */
function libraryModel(model: object): (piece: string) => string[] {
  const none = {added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null};
  const tokenizer = new Tokenizer({...none, model}, {});
  return (piece) => tokenizer.tokenize(piece);
}

/** As a pair: a text is parted at its one space. */
function mergeOf(
  where: Where,
  merge: unknown,
  index: number,
  words: ReadonlyMap<string, number>,
): [string, string] {
  const pair: readonly unknown[] =
    typeof merge === 'string' ? merge.split(' ') : Array.isArray(merge) ? merge : [];
  const [left, right] = pair;
  const isPair = pair.length === 2 && typeof left === 'string' && typeof right === 'string';
  if (isPair && words.has(left) && words.has(right) && words.has(left + right)) return [left, right];
  throw new TerminalError(
    `${where}.merges.${index}: ${JSON.stringify(merge)} is no pair of tokens of the vocabulary; copy the file again`,
  );
}

function unigram(where: Where, part: unknown): TokenModel {
  const fields = fieldsOf(where, part, {
    vocab: list,
    unk_id: z.int().min(0).nullish(),
    byte_fallback: flag,
  });
  const unknownId = fields.unk_id ?? undefined;
  if (unknownId === undefined) throw refusal(where, 'a Unigram model without "unk_id"');
  if (unknownId >= fields.vocab.length)
    throw new TerminalError(`${where}: "unk_id" ${unknownId} is not in the vocabulary; copy the file again`);
  const scored = fields.vocab.map((entry, index) => scoredOf(where, entry, index));
  const words = new Map(scored.map(([token], id) => [token, id]));
  if (fields.byte_fallback) requireBytes(where, words);
  const split = unigramOf(scored, unknownId);
  const encoder = new TextEncoder();
  return {
    ...vocabularyOf(
      words,
      scored.map(([token]) => token),
    ),
    encode: (piece) =>
      split(piece).flatMap(({text}) => {
        const id = words.get(text);
        if (id !== undefined) return [id];
        if (!fields.byte_fallback) return [unknownId];
        return Array.from(encoder.encode(text), (byte) => words.get(byteToken(byte)) ?? unknownId);
      }),
  };
}

function scoredOf(where: Where, entry: unknown, index: number): [string, number] {
  const [token, score]: unknown[] = Array.isArray(entry) ? entry : [];
  if (typeof token === 'string' && typeof score === 'number') return [token, score];
  throw new TerminalError(`${where}.vocab.${index}: is no token with its score; copy the file again`);
}

function wordPiece(where: Where, part: unknown): TokenModel {
  const fields = fieldsOf(where, part, {
    vocab: vocabulary,
    unk_token: z.string(),
    continuing_subword_prefix: z.string(),
    max_input_chars_per_word: z.int().min(1),
  });
  const words = idsByToken(where, fields.vocab);
  const unknownId = idOfUnknown(where, words, fields.unk_token);
  const split = libraryModel({...fields, type: 'WordPiece'});
  return {
    ...vocabularyOf(words),
    encode: (piece) =>
      split(piece)
        .map((token) => words.get(token) ?? unknownId)
        .filter((id) => id !== undefined),
  };
}

function wordLevel(where: Where, part: unknown): TokenModel {
  const {vocab, unk_token} = fieldsOf(where, part, {vocab: vocabulary, unk_token: z.string()});
  const words = idsByToken(where, vocab);
  const unknownId = idOfUnknown(where, words, unk_token);
  return {
    ...vocabularyOf(words),
    encode: (piece) => [words.get(piece) ?? unknownId].filter((id) => id !== undefined),
  };
}

function idsByToken(where: Where, vocab: Readonly<Record<string, unknown>>): Map<string, number> {
  const words = new Map<string, number>();
  for (const [token, id] of Object.entries(vocab)) {
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0)
      throw new TerminalError(`${where}.vocab: ${JSON.stringify(token)} has no id; copy the file again`);
    words.set(token, id);
  }
  return words;
}

function vocabularyOf(
  words: ReadonlyMap<string, number>,
  tokens?: readonly string[],
): Omit<TokenModel, 'encode'> {
  const byId = new Map(
    tokens === undefined ? [...words].map(([token, id]) => [id, token]) : tokens.entries(),
  );
  return {idOf: (token) => words.get(token), tokenOf: (id) => byId.get(id), size: words.size};
}

function idOfUnknown(
  where: Where,
  words: ReadonlyMap<string, number>,
  token: string | null | undefined,
): number | undefined {
  if (token === null || token === undefined) return undefined;
  const id = words.get(token);
  if (id !== undefined) return id;
  throw new TerminalError(`${where}: "unk_token" ${JSON.stringify(token)} is not in the vocabulary; add it`);
}

const byteToken = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

/** With a part of the bytes, what is unknown would depend on its neighbours. */
function requireBytes(where: Where, words: ReadonlyMap<string, number>): void {
  const missing = Array.from({length: 256}, (_, byte) => byteToken(byte)).find((token) => !words.has(token));
  if (missing !== undefined) throw refusal(where, `"byte_fallback" without ${missing} in the vocabulary`);
}
