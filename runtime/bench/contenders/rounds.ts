/** Contenders take turns, so that what disturbs the machine for a while disturbs all of them. */
import type {Contender} from './contender.js';

export interface Timings {
  readonly median: number;
  readonly min: number;
  /** The median of each round. */
  readonly byRound: readonly number[];
}

/** Seconds by contender's name. */
export async function takeTurns(
  contenders: readonly Contender[],
  {rounds, count}: {readonly rounds: number; readonly count: number},
): Promise<ReadonlyMap<string, Timings>> {
  const taken = new Map(contenders.map(({name}) => [name, [] as (readonly number[])[]]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) taken.get(contender.name)?.push((await contender.run(count)).seconds);
  }
  return new Map([...taken].map(([name, seconds]) => [name, timingsOf(seconds)]));
}

export const timingsOf = (rounds: readonly (readonly number[])[]): Timings => ({
  median: median(rounds.flat()),
  min: Math.min(...rounds.flat()),
  byRound: rounds.map(median),
});

/** How many times longer the other took, round by round: within a round the machine was in one mood. */
export function ratios(
  ours: Timings,
  other: Timings,
): {readonly median: number; readonly byRound: readonly number[]} {
  const byRound = ours.byRound.map((seconds, round) => (other.byRound[round] ?? Number.NaN) / seconds);
  return {median: median(byRound), byRound};
}

/** The faster of several in each round, as one contender. */
export const fastest = (timings: readonly Timings[]): Timings => {
  const [first] = timings;
  const byRound = (first?.byRound ?? []).map((_, round) =>
    Math.min(...timings.map((each) => each.byRound[round] ?? Number.POSITIVE_INFINITY)),
  );
  return {median: median(byRound), min: Math.min(...timings.map(({min}) => min)), byRound};
};

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
