/**
 * Scores that nobody is going to give: what an evaluator gave up, and why. A run waits for the scores that it is owed, and for none of
 * these. One value of the run's bucket, changed by compare-and-set.
 */
import type {KeyValues} from '../../bus/bus.js';
import {excerpt} from '../../text/excerpt.js';

/** The reason by `scoreKey`. */
export type Unscored = Readonly<Record<string, string>>;

const MOST_OF_REASON = 200;

export const unscoredIn = async (kv: Pick<KeyValues, 'get'>): Promise<Unscored> =>
  (await kv.get<Unscored>('unscored'))?.value ?? {};

/** Any number of processes may, at the same time. */
export const giveUp = async (
  kv: Pick<KeyValues, 'get' | 'compareAndSet'>,
  keys: readonly string[],
  reason: string,
): Promise<void> => {
  for (;;) {
    const found = await kv.get<Unscored>('unscored');
    const before = found?.value ?? {};
    if (keys.every((key) => Object.hasOwn(before, key))) return;
    const added = Object.fromEntries(keys.map((key) => [key, excerpt(reason, MOST_OF_REASON)]));
    if (await kv.compareAndSet('unscored', {...added, ...before}, found?.revision ?? 0)) return;
  }
};
