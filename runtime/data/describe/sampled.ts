/** So many of a stream, each with the same chance, drawn by a seed: the same stream gives the same ones. */
import {uniformInt} from 'pure-rand/distribution/uniformInt';
import {randomFor} from '../../seed.js';

export interface Drawn<T> {
  take(item: T): void;
  /** In the order of the stream. */
  readonly items: readonly T[];
}

/** Algorithm R: the n-th item takes the place of one that was drawn before with a chance of size/n. */
export const drawn = <T>(size: number, ...seed: readonly (string | number)[]): Drawn<T> => {
  const random = randomFor(...seed);
  const items: {readonly at: number; readonly item: T}[] = [];
  let count = 0;
  return {
    take(item) {
      const place = count < size ? count : uniformInt(random, 0, count);
      if (place < size) items[place] = {at: count, item};
      count += 1;
    },
    get items() {
      return items.toSorted((one, other) => one.at - other.at).map(({item}) => item);
    },
  };
};
