/**
 * A ranking by comparisons of each answer with every other. Pure.
 *
 * An answer's points are the comparisons that it won less those that it lost; one that came out even, or could not be read, is
 * neither.
 */
import type {Side} from './judge.js';

/** Two of the answers, by their places. */
export interface Meeting {
  readonly first: number;
  readonly second: number;
}

/** Each with every other, once. */
export const meetingsOf = (count: number): readonly Meeting[] =>
  Array.from({length: count}, (_, first) =>
    Array.from({length: count - first - 1}, (_, after) => ({first, second: first + after + 1})),
  ).flat();

export const pointsOf = (
  count: number,
  won: readonly (Meeting & {readonly better: Side})[],
): readonly number[] => {
  const points = Array.from({length: count}, () => 0);
  for (const {first, second, better} of won) {
    const [winner, loser] = better === 'first' ? [first, second] : [second, first];
    points[winner] = (points[winner] ?? 0) + 1;
    points[loser] = (points[loser] ?? 0) - 1;
  }
  return points;
};
