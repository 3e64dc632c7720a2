/** What is computed, the same for every contender: pairs and requests of random tokens, drawn anew the same each time. */
import {uniformInt} from 'pure-rand/distribution/uniformInt';
import {randomFor, shuffled} from '../../seed.js';

/** The token that ends a completion. Below 3 are the special ones: padding, beginning, end. */
export const END_TOKEN = 2;

export const pairKinds = ['plain', 'clair'] as const;
/** `plain`: nothing in common but the prompt. `clair`: both completions begin with the same 60% of their tokens. */
export type PairKind = (typeof pairKinds)[number];
const SHARED_SHARE: Readonly<Record<PairKind, number>> = {plain: 0, clair: 0.6};

export interface TokenPair {
  readonly promptIds: readonly number[];
  /** With the end token. */
  readonly chosenIds: readonly number[];
  readonly rejectedIds: readonly number[];
}

export interface PairShape {
  readonly kind: PairKind;
  readonly pairs: number;
  /** Of a sequence; the prompt is a third of them. */
  readonly tokens: number;
  readonly vocabSize: number;
}

export function makePairs({kind, pairs, tokens, vocabSize}: PairShape): TokenPair[] {
  const ids = idsFrom(vocabSize, 'bench pairs', kind);
  const prompt = Math.floor(tokens / 3);
  const completion = tokens - prompt;
  const shared = Math.round(SHARED_SHARE[kind] * completion);
  return Array.from({length: pairs}, () => {
    const promptIds = ids(prompt);
    const prefix = ids(shared);
    const rest = () => [...prefix, ...ids(completion - shared - 1), END_TOKEN];
    return {promptIds, chosenIds: rest(), rejectedIds: rest()};
  });
}

export interface Request {
  readonly promptIds: readonly number[];
  readonly newTokens: number;
}

/** Requests of 32 prompt tokens and 8 to 64 new ones, evenly spread and in no order. */
export function makeRequests(count: number, vocabSize: number): Request[] {
  const ids = idsFrom(vocabSize, 'bench requests');
  const lengths = Array.from({length: count}, (_, i) => 8 + Math.round((56 * i) / Math.max(1, count - 1)));
  return shuffled(lengths, 'bench lengths').map((newTokens) => ({promptIds: ids(32), newTokens}));
}

/** Gives so many random tokens, none of them a special one, by the words that name what they are for. */
export function idsFrom(vocabSize: number, ...words: string[]): (count: number) => number[] {
  const random = randomFor(...words);
  return (count) => Array.from({length: count}, () => uniformInt(random, END_TOKEN + 1, vocabSize - 1));
}
