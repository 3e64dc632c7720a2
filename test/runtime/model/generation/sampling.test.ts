/** The choice of a token from a prediction, worked by hand and as transformers makes it. */
import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {sample} from '../../../../runtime/model/generation/sampling.js';

/** Tokens 2, 0, 3, 1 from the most probable on. */
const prediction = {best: 2, isSound: true, probabilities: Float32Array.of(0.3, 0.05, 0.5, 0.15)};
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

test('a prediction that is not of numbers gives no token, whatever is asked for', (t) => {
  const broken = {best: 1, isSound: false, probabilities: new Float32Array(4).fill(Number.NaN)};
  for (const options of [{}, {temperature: 0}, {topK: 2}, {topP: 0.9}]) {
    t.throws(() => sample(broken, {...all, ...options}, () => 0.5), {
      instanceOf: TerminalError,
      message: /no number for the next token; its weights are damaged/,
    });
  }
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
  const equal = {best: 0, isSound: true, probabilities: Float32Array.of(0.2, 0.3, 0.2, 0.3)};
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

/** Of the logits below, as transformers 5.24 leaves them: its warpers for temperature, top_k and top_p, in that order. */
const asTransformers: [options: Partial<typeof all>, shares: Readonly<Record<number, number>>][] = [
  [
    {},
    {
      0: 0.181551,
      1: 0.03001,
      2: 0.090156,
      3: 0.330808,
      4: 0.085759,
      5: 0.005482,
      6: 0.121697,
      7: 0.049478,
      8: 0.090156,
      9: 0.014903,
    },
  ],
  [
    {temperature: 0.7},
    {
      0: 0.189868,
      1: 0.014511,
      2: 0.069849,
      3: 0.447409,
      4: 0.065033,
      5: 0.001279,
      6: 0.107222,
      7: 0.029642,
      8: 0.069849,
      9: 0.005338,
    },
  ],
  [{topK: 4}, {0: 0.222935, 2: 0.110706, 3: 0.406214, 6: 0.149438, 8: 0.110706}],
  [{topP: 0.85}, {0: 0.201695, 2: 0.100159, 3: 0.367513, 4: 0.095274, 6: 0.1352, 8: 0.100159}],
  [
    {temperature: 0.7, topP: 0.6},
    {0: 0.297937, 3: 0.702063},
  ],
  [
    {temperature: 1.3, topK: 5, topP: 0.7},
    {0: 0.301055, 3: 0.477627, 6: 0.221318},
  ],
  [{topK: 1, topP: 0.9}, {3: 1}],
  [
    {temperature: 2, topK: 3},
    {0: 0.315598, 3: 0.426013, 6: 0.25839},
  ],
  [{topP: 0.05}, {3: 1}],
  [
    {temperature: 0.5, topK: 6, topP: 0.95},
    {0: 0.190019, 2: 0.046858, 3: 0.630884, 6: 0.085381, 8: 0.046858},
  ],
];
const logits = [1.5, -0.3, 0.8, 2.1, 0.75, -2, 1.1, 0.2, 0.8, -1];

for (const [options, shares] of asTransformers) {
  test(`${JSON.stringify(options)} leaves the tokens and shares that transformers leaves`, (t) => {
    const {temperature = 1} = options;
    const weights = logits.map((logit) => Math.exp(logit / temperature));
    const total = weights.reduce((sum, weight) => sum + weight);
    const probabilities = Float32Array.from(weights, (weight) => weight / total);
    const counts = new Map<number, number>();
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      const token = sample(
        {best: 3, isSound: true, probabilities},
        {...all, ...options},
        () => (i + 0.5) / draws,
      );
      counts.set(token, (counts.get(token) ?? 0) + 1);
    }
    t.deepEqual([...counts.keys()].sort(), Object.keys(shares).map(Number));
    for (const [token, share] of Object.entries(shares)) {
      t.true(Math.abs((counts.get(Number(token)) ?? 0) / draws - share) < 2e-4, `token ${token}`);
    }
  });
}

test('a topK beyond what is kept in order while reading gives the same as sorting', (t) => {
  const probabilities = Float32Array.from({length: 1000}, (_, i) => (1 + ((i * 617) % 1000)) / 500_500);
  for (const topK of [1, 2, 100, 128, 129, 400, 1000]) {
    // The most probable last: a number next to 1 draws the least probable that is kept.
    const token = sample({best: 0, isSound: true, probabilities}, {...all, topK}, () => 1 - 1e-12);
    t.is(Math.round((probabilities[token] ?? 0) * 500_500), 1001 - topK);
  }
});
