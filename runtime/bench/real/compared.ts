/** How contenders compare: in speed and memory, and whether they have computed the same. Pure. */
import type {Measured} from '../contenders/field.js';
import {megabytes, rounded} from '../report.js';
import {percent} from './table.js';

/** What a contender got through in all its turns, in tokens. */
export type TokensOf = (measured: Measured) => number;

export const totalSeconds = ({timings}: Measured): number =>
  timings.byRound.reduce((sum, seconds) => sum + seconds, 0);

/** Speed and memory of one; its turns are of one time each. */
export const speedOf = (measured: Measured, tokens: number) => ({
  contender: measured.name,
  tokens,
  seconds: rounded(totalSeconds(measured)),
  secondsByTurn: measured.timings.byRound.map(rounded),
  tokensPerSecond: rounded(tokens / totalSeconds(measured)),
  startSeconds: rounded(measured.startSeconds),
  peakMemoryMegabytes: megabytes(measured.peakMemoryBytes),
});

/** How many times as fast one is as the other, and its share of the other's memory. */
export const comparison = (one: Measured, other: Measured, tokens: TokensOf) => ({
  contender: one.name,
  against: other.name,
  timesAsFast: rounded(tokens(one) / totalSeconds(one) / (tokens(other) / totalSeconds(other))),
  memoryShare: rounded(one.peakMemoryBytes / other.peakMemoryBytes),
});

export const ratioLine = ({
  contender,
  against,
  timesAsFast,
  memoryShare,
}: ReturnType<typeof comparison>): string =>
  `${contender}: ${timesAsFast} times as fast as ${against}, in ${percent(memoryShare)} of its memory`;

/** The largest difference of numbers that should be equal, as a share of theirs; undefined where they are not as many. */
export function relativeDifference(one: unknown, other: unknown): number | undefined {
  const [left, right] = [numbersIn(one), numbersIn(other)];
  if (left.length === 0 || left.length !== right.length) return undefined;
  const differences = left.map((value, index) => {
    const others = right[index] ?? Number.NaN;
    return value === others ? 0 : Math.abs(value - others) / Math.max(Math.abs(value), Math.abs(others));
  });
  return rounded(Math.max(...differences));
}

/** Of lists of tokens, how many are the same in both. */
export function sameLists(one: unknown, other: unknown): number {
  const [left, right] = [one, other].map((lists) => (Array.isArray(lists) ? lists : []));
  return left?.filter((list, index) => JSON.stringify(list) === JSON.stringify(right?.[index])).length ?? 0;
}

const numbersIn = (value: unknown): number[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'number') : [];
