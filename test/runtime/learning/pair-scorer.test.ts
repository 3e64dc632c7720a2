/** Both answers of a pair in one pass have the log-probabilities that transformers gives them. */
import test from 'ava';
import {z} from 'zod';
import {TerminalError} from '../../../runtime/errors.js';
import {createPairScorer} from '../../../runtime/learning/pair-scorer.js';
import {createScorer} from '../../../runtime/model/logps.js';
import {openExecutor} from '../../../runtime/tensor/open.js';
import {presentExecutors} from '../../helpers/executors.js';
import {goldenModel, goldenTokens, readGolden, tensorOf} from '../../helpers/goldens.js';

const forwardSchema = z.record(
  z.string(),
  z.object({chosen_logps: z.array(z.number()), rejected_logps: z.array(z.number())}),
);

for (const backend of presentExecutors()) {
  test(`${backend}: pairs have the log-probabilities that transformers gives them`, async (t) => {
    const {executor} = await openExecutor({backend, threads: 1});
    const forward = await readGolden('expected-forward.json', forwardSchema);
    const expected = tensorOf(new Map(Object.entries(forward)), 'llama');
    const scorer = createPairScorer(await goldenModel(), executor, 256);
    t.teardown(() => scorer.dispose());
    const near = (actual: number, wanted: number | undefined) =>
      t.true(Math.abs(actual / (wanted ?? 0) - 1) < 1e-5, `${actual} for ${wanted}`);
    for (const [index, pair] of (await goldenTokens()).slice(0, 16).entries()) {
      const {chosen, rejected} = await scorer.logps(pair);
      near(chosen, expected.chosen_logps[index]);
      near(rejected, expected.rejected_logps[index]);
    }
  });
}

test('answers that are equal, or of which one begins the other, have the values that they have alone', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const model = await goldenModel();
  const [scorer, alone] = [
    createPairScorer(model, executor, 64),
    await createScorer(model, executor, {rows: 1, maxTokens: 64}),
  ];
  t.teardown(() => Promise.all([scorer.dispose(), alone.dispose()]));
  const promptIds = [1, 7];
  for (const [chosenIds, rejectedIds] of [
    [
      [5, 6, 2],
      [5, 6, 2],
    ],
    [[5, 6, 2], [5]],
    [[5], [5, 6, 2]],
    [[5], [6]],
    [Array.from({length: 40}, (_, index) => index + 3), [9]],
  ] as const) {
    const pair = await scorer.logps({promptIds, chosenIds, rejectedIds});
    const [chosen, rejected] = await alone.logps(
      [chosenIds, rejectedIds].map((completionIds) => ({promptIds, completionIds})),
    );
    for (const [one, other] of [
      [pair.chosen, chosen],
      [pair.rejected, rejected],
    ] as const)
      t.true(Math.abs(one - (other ?? 0)) < 1e-4, `${one} for ${other}`);
  }
});

test('a pair’s values do not depend on which others are scored, nor when', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const pairs = (await goldenTokens()).slice(0, 8);
  const scorer = createPairScorer(await goldenModel(), executor, 256);
  t.teardown(() => scorer.dispose());
  const together = await Promise.all(pairs.map((pair) => scorer.logps(pair)));
  const reversed = [];
  for (const pair of [...pairs].reverse()) reversed.unshift(await scorer.logps(pair));
  t.deepEqual(reversed, together);
});

test('a length beyond the model’s positions is refused', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const model = await goldenModel();
  t.throws(() => createPairScorer(model, executor, 1025), {
    instanceOf: TerminalError,
    message: /beyond the model's 1024 positions/,
  });
});
