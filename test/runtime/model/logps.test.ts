/** Log-probabilities of completions, against transformers'. */
import test from 'ava';
import {z} from 'zod';
import {TerminalError} from '../../../runtime/errors.js';
import {loadCheckpoint} from '../../../runtime/model/checkpoint.js';
import type {EncodedCompletion} from '../../../runtime/model/encode.js';
import {createScorer} from '../../../runtime/model/logps.js';
import type {Executor} from '../../../runtime/tensor/executor.js';
import {openExecutor} from '../../../runtime/tensor/open.js';
import {presentExecutors} from '../../helpers/executors.js';
import {goldenPath, goldenTokens, readGolden} from '../../helpers/goldens.js';

const forwardSchema = z.record(
  z.string(),
  z.object({chosen_logps: z.array(z.number()), rejected_logps: z.array(z.number())}),
);

/** Pairs 0 to 15: chosen and rejected in turns, with what transformers says of them. */
async function scored(family: string): Promise<{sequences: EncodedCompletion[]; expected: number[]}> {
  const forward = (await readGolden('expected-forward.json', forwardSchema))[family];
  const pairs = (await goldenTokens()).slice(0, 16);
  return {
    sequences: pairs.flatMap(({promptIds, chosenIds, rejectedIds}) => [
      {promptIds: [...promptIds], completionIds: [...chosenIds]},
      {promptIds: [...promptIds], completionIds: [...rejectedIds]},
    ]),
    expected: pairs.flatMap((_, i) => [forward?.chosen_logps[i] ?? 0, forward?.rejected_logps[i] ?? 0]),
  };
}

for (const backend of presentExecutors()) {
  for (const family of ['llama', 'llama3-rope', 'mistral', 'qwen2', 'qwen3']) {
    test(`${family} on ${backend}: 32 completions of many lengths are scored to 1e-5`, async (t) => {
      const {executor} = await openExecutor({backend, threads: 1});
      const model = await loadCheckpoint(goldenPath(family));
      const {sequences, expected} = await scored(family);
      const scorer = await createScorer(model, executor, {rows: 5, maxTokens: 256});
      const logps = await scorer.logps(sequences);
      for (const [i, logp] of logps.entries()) {
        const error = Math.abs(logp / (expected[i] ?? 0) - 1);
        t.true(error < 1e-5, `sequence ${i}: ${logp} for ${expected[i]}`);
      }
      t.is(logps.length, 32);
      await scorer.dispose();
    });
  }
}

test('operation by operation, the shortest pair has the same log-probabilities', async (t) => {
  const {executor} = await openExecutor({backend: 'eager', threads: 1});
  const model = await loadCheckpoint(goldenPath('llama'));
  const {sequences, expected} = await scored('llama');
  const scorer = await createScorer(model, executor, {rows: 2, maxTokens: 256});
  const logps = await scorer.logps(sequences.slice(2, 4));
  for (const [i, logp] of logps.entries())
    t.true(Math.abs(logp / (expected[2 + i] ?? 0) - 1) < 1e-5, `${logp}`);
  await scorer.dispose();
});

test('a sequence’s value does not depend on its neighbours, their order or calls at the same time', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const model = await loadCheckpoint(goldenPath('llama'));
  const sequences = (await scored('llama')).sequences.slice(0, 8);
  const scorer = await createScorer(model, executor, {rows: 4, maxTokens: 256});
  const together = await scorer.logps(sequences);
  const reversed = await scorer.logps([...sequences].reverse());
  const overlapping = await Promise.all(sequences.map((sequence) => scorer.logps([sequence])));
  t.deepEqual(reversed.reverse(), together);
  t.deepEqual(overlapping.flat(), together);
  t.deepEqual(await scorer.logps([]), []);
  await scorer.dispose();
});

test('a sequence beyond the scorer’s length fails, and the next call still works', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const model = await loadCheckpoint(goldenPath('llama'));
  const scorer = await createScorer(model, executor, {rows: 1, maxTokens: 10});
  await t.throwsAsync(scorer.logps([{promptIds: [0, 1, 2, 3, 4, 5], completionIds: [1, 2, 3, 4, 5]}]), {
    instanceOf: TerminalError,
    message: /11 tokens is beyond the limit of 10/,
  });
  const [short] = await scorer.logps([{promptIds: [0, 1], completionIds: [2, 4]}]);
  t.true(short !== undefined && short < 0);
  await scorer.dispose();
  await t.throwsAsync(createScorer(model, executor, {rows: 1, maxTokens: 1025}), {
    instanceOf: TerminalError,
    message: /beyond the model's 1024 positions/,
  });
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
  const scorer = await createScorer(await loadCheckpoint(goldenPath('llama')), noting, {
    rows: 1,
    maxTokens: 16,
  });
  t.deepEqual(taken, [true]);
  await scorer.dispose();
});
