/** Random numbers by name: what is drawn depends on what it is for, never on what was drawn for something else. */
import {xoroshiro128plus} from 'pure-rand/generator/xoroshiro128plus';
import type {RandomGenerator} from 'pure-rand/types/RandomGenerator';
import {skipN} from 'pure-rand/utils/skipN';
import {seedOf} from '../seed.js';

/** A generator of its own for these words; the same words start the same sequence. */
export const randomFor = (...words: readonly (string | number)[]): RandomGenerator => {
  const random = xoroshiro128plus(seedOf(...words));
  // The first numbers still show the seed's own bits, and its lowest bit is only the parity of the words.
  skipN(random, 16);
  return random;
};
