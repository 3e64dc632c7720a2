/** Randomness that depends on names, never on time or order of arrival: the same run makes the same choices. */
import {uniformInt} from 'pure-rand/distribution/uniformInt';
import {xoroshiro128plus} from 'pure-rand/generator/xoroshiro128plus';
import type {RandomGenerator} from 'pure-rand/types/RandomGenerator';
import {skipN} from 'pure-rand/utils/skipN';

/**
 * A 32-bit seed from the words that name what is to be random, such as a fleet's seed, a prompt's id and a sample's
 * index. FNV-1a over their UTF-16 units, with a separator that no number contains.
 */
export const seedOf = (...words: readonly (string | number)[]): number => {
  let hash = 0x811c9dc5;
  for (const unit of words.join('\u0000')) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
};

/** A generator of its own for these words: what is drawn for one thing never moves what is drawn for another. */
export const randomFor = (...words: readonly (string | number)[]): RandomGenerator => {
  const random = xoroshiro128plus(seedOf(...words));
  // The first numbers still show the seed's own bits: small seeds would begin almost alike.
  skipN(random, 16);
  return random;
};

/** The items in the random order (Fisher-Yates) that these words name. */
export const shuffled = <T>(items: readonly T[], ...words: readonly (string | number)[]): T[] => {
  const random = randomFor(...words);
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const pick = uniformInt(random, 0, last);
    [order[last], order[pick]] = [order[pick] as T, order[last] as T];
  }
  return order;
};
