/** The choice of a token from logits, worked by hand. */
import test from 'ava';
import {createSampler} from '../../../runtime/model/sampling.js';

/** Probabilities .5, .3, .15, .05 in another order: token 2, 0, 3, 1. */
const logits = Float32Array.from([0.3, 0.05, 0.5, 0.15], Math.log);
const all = {temperature: 1, topP: 1, topK: 0};
const sample = createSampler(4);
const draw = (options: Partial<typeof all>, uniform: number): number =>
  sample(logits, {...all, ...options}, () => uniform);
/** The tokens drawn for numbers spread evenly over [0, 1). */
const drawn = (options: Partial<typeof all>): Set<number> =>
  new Set(Array.from({length: 1000}, (_, i) => draw(options, i / 1000)));

test('temperature 0 takes the largest logit, the first of equals, and no random number', (t) => {
  const never = () => {
    throw new Error('not to be called');
  };
  t.is(sample(logits, {...all, temperature: 0}, never), 2);
  t.is(createSampler(3)(Float32Array.of(1, 7, 7), {...all, temperature: 0}, never), 1);
});

test('temperature 1 draws by the probabilities, in the order of the ids', (t) => {
  t.deepEqual(
    [0, 0.29, 0.31, 0.34, 0.36, 0.84, 0.86, 0.999999].map((u) => draw({}, u)),
    [0, 0, 1, 1, 2, 2, 3, 3],
  );
});

test('a higher temperature flattens: at 2, probabilities go with their square roots', (t) => {
  const roots = [0.3, 0.05, 0.5, 0.15].map(Math.sqrt);
  const share = (roots[0] ?? 0) / roots.reduce((sum, root) => sum + root);
  t.is(draw({temperature: 2}, share - 1e-6), 0);
  t.is(draw({temperature: 2}, share + 1e-6), 1);
});

test('topK keeps the most probable tokens and shares their probability', (t) => {
  t.deepEqual(drawn({topK: 1}), new Set([2]));
  t.deepEqual(drawn({topK: 2}), new Set([2, 0]));
  t.deepEqual(drawn({topK: 9}), new Set([2, 0, 3, 1]));
  // .5 and .3 become 5/8 and 3/8.
  t.is(draw({topK: 2}, 0.624), 2);
  t.is(draw({topK: 2}, 0.626), 0);
});

test('topK keeps exactly k of equal logits, the first ones', (t) => {
  const equal = createSampler(4);
  const options = {...all, topK: 2};
  t.is(
    equal(Float32Array.of(1, 1, 1, 1), options, () => 0.999),
    1,
  );
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
