/** The choice of a token from a prediction, worked by hand and as transformers makes it. */
import test from 'ava';
import {sample} from '../../../runtime/model/sampling.js';

/** Tokens 2, 0, 3, 1 from the most probable on. */
const prediction = {best: 2, probabilities: Float32Array.of(0.3, 0.05, 0.5, 0.15)};
const all = {temperature: 1, topP: 1, topK: 0};
const draw = (options: Partial<typeof all>, uniform: number): number =>
  sample(prediction, {...all, ...options}, () => uniform);
/** The tokens drawn for numbers spread evenly over [0, 1). */
const drawn = (options: Partial<typeof all>): Set<number> =>
  new Set(Array.from({length: 1000}, (_, i) => draw(options, i / 1000)));

test('temperature 0 takes the best token and no random number', (t) => {
  const never = () => {
    throw new Error('not to be called');
  };
  t.is(sample({...prediction, best: 1}, {...all, temperature: 0}, never), 1);
});

test('without limits a token is drawn by its probability, in the order of the ids', (t) => {
  t.deepEqual(
    [0, 0.29, 0.31, 0.34, 0.36, 0.84, 0.86, 0.999999].map((u) => draw({}, u)),
    [0, 0, 1, 1, 2, 2, 3, 3],
  );
});

test('topK keeps the most probable tokens and shares their probability', (t) => {
  t.deepEqual(drawn({topK: 1}), new Set([2]));
  t.deepEqual(drawn({topK: 2}), new Set([2, 0]));
  t.deepEqual(drawn({topK: 9}), new Set([2, 0, 3, 1]));
  // .5 and .3 become 5/8 and 3/8.
  t.is(draw({topK: 2}, 0.624), 2);
  t.is(draw({topK: 2}, 0.626), 0);
});

test('topK keeps what is as probable as the last of them', (t) => {
  const equal = {best: 0, probabilities: Float32Array.of(0.2, 0.3, 0.2, 0.3)};
  const drawnOf = (topK: number) =>
    new Set(Array.from({length: 1000}, (_, i) => sample(equal, {...all, topK}, () => i / 1000)));
  t.deepEqual(drawnOf(1), new Set([1, 3]));
  t.deepEqual(drawnOf(3), new Set([1, 3, 0, 2]));
});

test('topP keeps the fewest tokens whose probabilities reach it', (t) => {
  t.deepEqual(drawn({topP: 0.49}), new Set([2]));
  t.deepEqual(drawn({topP: 0.79}), new Set([2, 0]));
  t.deepEqual(drawn({topP: 0.9}), new Set([2, 0, 3]));
  t.deepEqual(drawn({topP: 0.99}), new Set([2, 0, 3, 1]));
});

test('topP counts what topK left', (t) => {
  // Of .5, .3, .15 the first is .526: .52 is reached by it alone, where of all four .5 it would not be.
  t.deepEqual(drawn({topK: 3, topP: 0.52}), new Set([2]));
  t.deepEqual(drawn({topP: 0.52}), new Set([2, 0]));
});
