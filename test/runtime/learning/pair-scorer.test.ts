/** Both answers of a pair in one pass have the log-probabilities that transformers gives them. */
import test, {type ExecutionContext} from 'ava';
import * as z from 'zod';
import {TerminalError} from '../../../runtime/errors.js';
import type {TrainingPair} from '../../../runtime/learning/pair.js';
import {createPairScorer} from '../../../runtime/learning/pair-scorer.js';
import {loadCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import type {Executor} from '../../../runtime/tensor/executor.js';
import {openExecutor} from '../../../runtime/tensor/open.js';
import {presentExecutors} from '../../helpers/executors.js';
import {goldenModel, goldenPath, goldenTokens, readGolden, tensorOf} from '../../helpers/goldens.js';

const forwardSchema = z.record(
  z.string(),
  z.object({chosen_logps: z.array(z.number()), rejected_logps: z.array(z.number())}),
);

const near = (t: ExecutionContext, actual: number, wanted: number | undefined): boolean =>
  t.true(Math.abs(actual / (wanted ?? 0) - 1) < 1e-5, `${actual} for ${wanted}`);

for (const backend of presentExecutors()) {
  for (const family of ['llama', 'llama3-rope', 'mistral', 'qwen2', 'qwen3']) {
    test(`${family} on ${backend}: pairs have the log-probabilities that transformers gives them`, async (t) => {
      const {executor} = await openExecutor({backend, threads: 1});
      const forward = await readGolden('expected-forward.json', forwardSchema);
      const expected = tensorOf(new Map(Object.entries(forward)), family);
      const scorer = createPairScorer(await loadCheckpoint(goldenPath(family)), executor, 256);
      t.teardown(() => scorer.dispose());
      for (const [index, pair] of (await goldenTokens()).slice(0, 16).entries()) {
        const {chosen, rejected} = await scorer.logps(pair);
        near(t, chosen, expected.chosen_logps[index]);
        near(t, rejected, expected.rejected_logps[index]);
      }
    });
  }
}

test('operation by operation, the shortest pair has the same log-probabilities', async (t) => {
  const {executor} = await openExecutor({backend: 'eager', threads: 1});
  const forward = (await readGolden('expected-forward.json', forwardSchema)).llama;
  const scorer = createPairScorer(await goldenModel(), executor, 256);
  const {chosen, rejected} = await scorer.logps((await goldenTokens())[1] as TrainingPair);
  near(t, chosen, forward?.chosen_logps[1]);
  near(t, rejected, forward?.rejected_logps[1]);
});

test('answers that are equal, or of which one begins the other, have the values that they have alone', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const model = await goldenModel();
  const scorer = createPairScorer(model, executor, 64);
  t.teardown(() => scorer.dispose());
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
    // Beside an answer with which it has nothing in common.
    const alone = async (ids: readonly number[]): Promise<number> =>
      (await scorer.logps({promptIds, chosenIds: [...ids], rejectedIds: [100]})).chosen;
    const [chosen, rejected] = [await alone(chosenIds), await alone(rejectedIds)];
    for (const [one, other] of [
      [pair.chosen, chosen],
      [pair.rejected, rejected],
    ] as const)
      t.true(Math.abs(one - other) < 1e-4, `${one} for ${other}`);
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

test('a pair beyond the scorer’s length fails, and the next is scored', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const scorer = createPairScorer(await goldenModel(), executor, 10);
  t.teardown(() => scorer.dispose());
  const promptIds = [0, 1, 2, 3, 4, 5];
  await t.throwsAsync(scorer.logps({promptIds, chosenIds: [1, 2, 3, 4, 5], rejectedIds: [1]}), {
    instanceOf: TerminalError,
    message: /11 tokens is beyond the limit of 10/,
  });
  t.true((await scorer.logps({promptIds, chosenIds: [1], rejectedIds: [2]})).chosen < 0);
});

test('a scorer takes the weights over instead of copying them', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const taken: (boolean | undefined)[] = [];
  const noting: Executor = {
    ...executor,
    createState(tensors, takeOver) {
      taken.push(takeOver);
      return executor.createState(tensors, takeOver);
    },
  };
  await createPairScorer(await goldenModel(), noting, 16).dispose();
  t.deepEqual(taken, [true]);
});
