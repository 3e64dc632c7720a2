/** Times of answers of a model, as a factor of their median. */
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {randomFor} from '../seed.js';

/** Of the logarithm. */
const SPREAD = 0.25;

/** Draws by Box and Muller's, the same ones of each seed. */
export const lognormalFor = (seed: string): (() => number) => {
  const random = randomFor(seed);
  const draw = (): number => uniformFloat64(random);
  return () => Math.exp(SPREAD * Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw()));
};
