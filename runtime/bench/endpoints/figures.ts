/** What a stand-in's notes come to. Pure. */
import type {Seen} from './stand-in.js';

/** Share of the time that slots were busy, between two moments. */
export const busyShare = (
  {busy}: Pick<Seen, 'busy'>,
  slots: number,
  fromMs: number,
  toMs: number,
): number => {
  const within = busy.filter(([atMs]) => atMs >= fromMs && atMs <= toMs);
  const [first, last] = [within[0], within.at(-1)];
  if (first === undefined || last === undefined || last[0] === first[0]) return Number.NaN;
  return (last[1] - first[1]) / ((last[0] - first[0]) * slots);
};

const MINUTE_MS = 60_000;

/** The most and the fewest tokens of requests that came within a minute, of all minutes that lie between two moments. */
export const tokensOfMinutes = (
  {asked}: Pick<Seen, 'asked'>,
  fromMs: number,
  toMs: number,
): {readonly most: number; readonly least: number} => {
  const inOrder = [...asked].sort(([one], [other]) => one - other);
  const sums: number[] = [];
  let sum = 0;
  let oldest = 0;
  for (const [atMs, tokens] of inOrder) {
    sum += tokens;
    // A minute that ends with this request, which is in it.
    for (; (inOrder[oldest]?.[0] ?? 0) <= atMs - MINUTE_MS; oldest += 1) sum -= inOrder[oldest]?.[1] ?? 0;
    if (atMs >= fromMs + MINUTE_MS && atMs <= toMs) sums.push(sum);
  }
  return {most: Math.max(...sums), least: Math.min(...sums)};
};
