/** Rows that decode together: what each predicts depends neither on the others nor on how its prompt was read. */
import test, {type ExecutionContext} from 'ava';
import {createPairScorer} from '../../../../runtime/learning/pair-scorer.js';
import {loadCheckpoint} from '../../../../runtime/model/files/model-checkpoint.js';
import {parameterShapes} from '../../../../runtime/model/files/parameters.js';
import type {CacheShape} from '../../../../runtime/model/generation/cache.js';
import {BLOCK_POSITIONS} from '../../../../runtime/model/generation/cache-blocks.js';
import {
  createDecoding,
  type Decoding,
  TOKENS_PER_READ,
} from '../../../../runtime/model/generation/decoding.js';
import type {ExecutorName} from '../../../../runtime/tensor/executors.js';
import {openExecutor} from '../../../../runtime/tensor/open.js';
import {presentExecutors} from '../../../helpers/executors.js';
import {goldenPath} from '../../../helpers/goldens.js';
import {noting, type RunSizes} from '../../../helpers/noting-executor.js';
import {floats, wave} from '../../tensor/both.js';

/** Of keys that are wide enough to be read where they lie, so that rows are in blocks. */
async function wideModel() {
  const narrow = await loadCheckpoint(goldenPath('llama'));
  const config = {...narrow.config, headCount: 6, keyValueHeadCount: 2, headDim: 32};
  const weights = new Map(
    [...parameterShapes(config)].map(([name, shape], index) => {
      const isNorm = shape.length === 1;
      return [
        name,
        isNorm ? floats(shape, new Array<number>(shape[0] ?? 0).fill(1)) : wave(shape, index, 0.2),
      ];
    }),
  );
  return {...narrow, config, weights};
}
const modelOf = (family: string) => (family === 'wide' ? wideModel() : loadCheckpoint(goldenPath(family)));

async function open(t: ExecutionContext, family: string, cache: CacheShape, threads = 1) {
  const runs: RunSizes[] = [];
  const {executor} = await openExecutor({backend: 'onnx', threads});
  const decoding = await createDecoding(await modelOf(family), noting(executor, runs), cache);
  t.teardown(() => decoding.dispose());
  const ofKind = (isRead: boolean) => (): RunSizes[] =>
    runs
      .filter(({wanted}) => (wanted === 0) === isRead)
      .map(({rows = 0, length = 0, span = 0}) => ({rows, length, span}));
  const draws = () => runs.filter(({wanted}) => wanted !== 0).map(({drawn}) => drawn);
  return {decoding, reads: ofKind(true), decodes: ofKind(false), draws};
}

/** Reads prompts to their ends, into the rows from `first` on; which of them each row is. */
async function readAll(
  decoding: Decoding,
  prompts: readonly (readonly number[])[],
  first = 0,
): Promise<number[]> {
  const order: number[] = [];
  while (order.length < prompts.length) {
    const rest = [...prompts.keys()].filter((index) => !order.includes(index));
    const whole = await decoding.read(
      first + order.length,
      rest.map((index) => prompts[index] ?? []),
    );
    order.push(...whole.map((index) => rest[index] ?? -1));
  }
  return order;
}

const promptOf = (length: number, phase = 0): number[] =>
  Array.from({length}, (_, i) => (31 * length + 17 * i + phase) % 512);

/** Several steps of each prompt, by prompt. */
async function predictions(decoding: Decoding, prompts: readonly (readonly number[])[]) {
  const order = await readAll(decoding, prompts);
  const results = new Map(order.map((index) => [index, [] as Float32Array[]]));
  for (let step = 0; step < 5; step++) {
    const next = order.map((index) => ({
      token: (prompts[index]?.at(-1) ?? 0) + step,
      temperature: 0.5 + step,
    }));
    for (const [row, {probabilities}] of (await decoding.decode(next)).entries())
      results.get(order[row] ?? -1)?.push(probabilities.slice());
  }
  return prompts.map((_, index) => results.get(index));
}

for (const [threads, family] of [
  [1, 'qwen3'],
  [2, 'qwen3'],
  [2, 'llama'],
] as const) {
  test(`a row predicts the same bits alone, beside others, at any place and in any span: ${family} on ${threads} threads`, async (t) => {
    const lengths = [1, 2, 3, 9, 17, 40, 40, 90, 130];
    const {decoding, decodes} = await open(t, family, {rows: lengths.length, maxTokens: 200}, threads);
    const decode = async (wanted: readonly number[]) => {
      const read = await readAll(
        decoding,
        wanted.map((index) => promptOf(lengths[index] ?? 0)),
      );
      const order = read.map((place) => wanted[place] ?? -1);
      const results: Float32Array[][] = order.map(() => []);
      for (let step = 0; step < 20; step++) {
        const next = order.map((index) => ({token: (index * 91 + step * 7) % 512, temperature: 0.5 + index}));
        for (const [row, {probabilities}] of (await decoding.decode(next)).entries()) {
          results[row]?.push(probabilities.slice());
        }
      }
      return new Map(order.map((index, row) => [index, results[row]]));
    };
    const together = await decode(lengths.map((_, index) => index));
    t.true(decodes().some(({span}) => span === (family === 'qwen3' ? BLOCK_POSITIONS : 160)));
    const others = [[0], [3], [8], [2, 1], [6, 4, 5], [4, 0, 1, 3, 2, 5]];
    for (const order of others) {
      for (const [index, results] of await decode(order)) {
        t.deepEqual(results, together.get(index), `row ${index} of ${order}`);
      }
    }
  });
}

for (const [threads, family] of [
  [1, 'llama'],
  [2, 'llama'],
  [1, 'wide'],
] as const) {
  test(`a prompt has the same bits in whatever parts it is read and whatever it shares: ${family} on ${threads} threads`, async (t) => {
    const {decoding, reads} = await open(t, family, {rows: 8, maxTokens: 800}, threads);
    const {weights} = await modelOf(family);
    const forget = () => decoding.setWeights(weights);
    const system = promptOf(TOKENS_PER_READ + 44);
    const prompts = [
      [...system, ...promptOf(10)],
      [...system, ...promptOf(9), 7],
      [...system, ...promptOf(40)],
      [...system.slice(0, 70), ...promptOf(260)],
      [...system, ...promptOf(10)],
      [...system.slice(0, 30), 5],
      [...system, ...promptOf(2 * TOKENS_PER_READ - 50)],
      system.slice(0, TOKENS_PER_READ + 2),
    ];
    const alone = [];
    for (const prompt of prompts) {
      await forget();
      alone.push((await predictions(decoding, [prompt]))[0]);
    }
    const read = () => reads().reduce((sum, {rows = 0, length = 0}) => sum + rows * length, 0);
    const before = read();
    await forget();
    t.deepEqual(await predictions(decoding, prompts), alone);
    // What they share is read once, of those that are longer than a read.
    const all = prompts.reduce((sum, {length}) => sum + length, 0);
    t.true(read() - before < all - 5 * system.length + 20, `${read() - before} of ${all}`);
    await forget();
    t.deepEqual(await predictions(decoding, [...prompts].reverse()), [...alone].reverse());
  });
}

for (const family of ['llama', 'wide'] as const) {
  test(`a prompt has the same bits wherever what it shares ends: ${family}`, async (t) => {
    const {decoding, reads} = await open(t, family, {rows: 2, maxTokens: 600});
    const {weights} = await modelOf(family);
    const prompt = promptOf(400);
    const [alone] = await predictions(decoding, [prompt]);
    // Attention is computed by tokens of twice a head's width at a time: one more than those is alone in its part.
    for (const rest of [1, 2, 17, 33, 64, 65, 129, 193, 256, 257, 321]) {
      await decoding.setWeights(weights);
      await readAll(decoding, [[...prompt.slice(0, -1 - rest), 5, 6]]);
      const [last] = await predictions(decoding, [prompt]);
      t.deepEqual(last, alone, `${rest} tokens`);
      const part = rest % TOKENS_PER_READ || TOKENS_PER_READ;
      t.is(reads().at(-1)?.length, part + (part % 2));
    }
  });
}

for (const backend of [...presentExecutors(), 'eager'] as const satisfies readonly ExecutorName[]) {
  test(`what is predicted after a prompt read in parts is what the scorer gives it read whole, on ${backend}`, async (t) => {
    const model = await loadCheckpoint(goldenPath('llama3-rope'));
    const system = promptOf(TOKENS_PER_READ + 31);
    const prompts = [[...system, ...promptOf(30)], [...system, 9, 3], promptOf(20)];
    const answer = [5, 300, 11, 42];
    const {executor} = await openExecutor({backend, threads: 1});
    const decoding = await createDecoding(model, executor, {rows: 3, maxTokens: 400});
    const order = await readAll(decoding, prompts);
    const logps = order.map(() => 0);
    for (const [step, token] of answer.entries()) {
      const next = order.map((index) => ({
        token: (step === 0 ? prompts[index]?.at(-1) : answer[step - 1]) ?? 0,
        temperature: 1,
      }));
      for (const [row, {probabilities}] of (await decoding.decode(next)).entries())
        logps[order[row] ?? 0] = (logps[order[row] ?? 0] ?? 0) + Math.log(probabilities[token] ?? 0);
    }
    await decoding.dispose();
    const {executor: onnx} = await openExecutor({backend: 'onnx', threads: 1});
    const scorer = createPairScorer(await loadCheckpoint(goldenPath('llama3-rope')), onnx, 400);
    for (const [index, promptIds] of prompts.entries()) {
      const {chosen} = await scorer.logps({promptIds, chosenIds: answer, rejectedIds: answer});
      const error = Math.abs((logps[index] ?? 0) - chosen) / Math.abs(chosen);
      t.true(error < 1e-5, `${index}: ${error}`);
    }
    await scorer.dispose();
  });
}

test('the rows that decode are those asked for, over a span that the longest needs', async (t) => {
  const {decoding, decodes} = await open(t, 'llama', {rows: 8, maxTokens: 500});
  await readAll(
    decoding,
    [70, 20, 3].map((length) => promptOf(length)),
  );
  const next = {token: 5, temperature: 1};
  await decoding.decode([next, next, next]);
  decoding.move(2, 0);
  await decoding.decode([next]);
  t.deepEqual(decodes(), [
    {rows: 3, length: 1, span: 80},
    {rows: 1, length: 1, span: 8},
  ]);
});

test('at temperature 0 a row gives its best token and no probabilities, which the others beside it have', async (t) => {
  const {decoding, draws} = await open(t, 'llama', {rows: 4, maxTokens: 64});
  await readAll(
    decoding,
    [7, 20, 3].map((length) => promptOf(length)),
  );
  const decode = (temperatures: readonly number[]) =>
    decoding.decode(temperatures.map((temperature) => ({token: 5, temperature})));
  const [first, second, third] = await decode([0, 0.7, 0]);
  t.deepEqual(
    [first, second, third].map((prediction) => prediction?.probabilities.length),
    [0, 512, 0],
  );
  for (const {best, isSound, probabilities} of await decode([1, 1, 1])) {
    t.true(isSound);
    t.is(probabilities.indexOf(Math.max(...probabilities)), best);
  }
  await decode([0, 0, 0]);
  t.deepEqual(draws(), [1, 3, 0]);
});

test('a prompt that comes several times, now or while a row holds it, is read once', async (t) => {
  const {decoding, reads} = await open(t, 'llama', {rows: 6, maxTokens: 64});
  const next = {token: 5, temperature: 1};
  const prompts = [12, 12, 20, 12, 20].map((length) => promptOf(length));
  const order = await readAll(decoding, prompts);
  t.deepEqual(reads(), [
    {rows: 1, length: 16, span: 1},
    {rows: 1, length: 24, span: 1},
  ]);
  const results = await decoding.decode([next, next, next, next, next]);
  const [first, second, third, fourth, fifth] = prompts.map((_, index) => results[order.indexOf(index)]);
  t.deepEqual(second, first);
  t.deepEqual(fourth, first);
  t.deepEqual(fifth, third);
  t.notDeepEqual(third, first);

  await readAll(decoding, [promptOf(12)], 5);
  decoding.move(5, 0);
  t.deepEqual((await decoding.decode([next]))[0], first);
  t.is(reads().length, 2);
});

test('between two tokens of other rows, a long prompt is read in part, and is there when they have moved on', async (t) => {
  const {decoding, reads} = await open(t, 'llama', {rows: 3, maxTokens: 1000});
  const long = promptOf(3 * TOKENS_PER_READ);
  const [alone] = await predictions(decoding, [long]);
  const {weights} = await loadCheckpoint(goldenPath('llama'));
  await decoding.setWeights(weights);
  await readAll(decoding, [promptOf(5), promptOf(6, 3)]);
  const next = {token: 5, temperature: 1};
  const before = reads().length;
  t.deepEqual(await decoding.read(2, [long]), []);
  await decoding.decode([next, next]);
  // One of them has ended; what is read in part lies a row further on than it will.
  t.deepEqual(await decoding.read(1, [long]), []);
  await decoding.decode([next]);
  t.deepEqual(await decoding.read(1, [long]), [0]);
  t.deepEqual(
    reads()
      .slice(before)
      .map(({length}) => length),
    // The last part is a token less, and filled up.
    [TOKENS_PER_READ, TOKENS_PER_READ, TOKENS_PER_READ],
  );
  decoding.move(1, 0);
  const [prediction] = await decoding.decode([{token: long.at(-1) ?? 0, temperature: 0.5}]);
  t.deepEqual(prediction?.probabilities, alone?.[0]);
});

test('other weights forget the prompts', async (t) => {
  const {decoding, reads} = await open(t, 'llama', {rows: 2, maxTokens: 64});
  const begin = () => readAll(decoding, [promptOf(12)]);
  const next = [{token: 5, temperature: 1}];
  await begin();
  const [before] = await decoding.decode(next);
  const {weights} = await loadCheckpoint(goldenPath('llama'));
  const other = new Map(weights);
  const layer = 'model.layers.0.self_attn.k_proj.weight';
  const keys = other.get(layer);
  if (keys === undefined) throw new Error('llama has keys');
  other.set(layer, {...keys, data: keys.data.slice().reverse()});
  await decoding.setWeights(other);
  await begin();
  t.is(reads().length, 2);
  t.notDeepEqual((await decoding.decode(next))[0]?.probabilities, before?.probabilities);
  await decoding.setWeights(weights);
  await begin();
  t.deepEqual((await decoding.decode(next))[0], before);
});

test('a row in blocks says what the scorer says, whatever other rows came, moved and ended', async (t) => {
  const {decoding} = await open(t, 'wide', {rows: 5, maxTokens: 500});
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const scorer = createPairScorer(await wideModel(), executor, 500);
  const prompts = [300, 62, 63, 130, 5].map((length) => promptOf(length));
  const answer = [5, 300, 11, 42, 7, 9];
  let rows = (await readAll(decoding, prompts)).map((index) => ({index, step: 0, logp: 0}));
  const ended: typeof rows = [];
  while (rows.length > 0) {
    const next = rows.map(({index, step}) => ({
      token: (step === 0 ? prompts[index]?.at(-1) : answer[step - 1]) ?? 0,
      temperature: 1,
    }));
    for (const [row, {probabilities}] of (await decoding.decode(next)).entries()) {
      const at = rows[row];
      if (at !== undefined) at.logp += Math.log(probabilities[answer[at.step++] ?? 0] ?? 0);
    }
    // Each prompt has an answer of another length; who ends makes way for the last one.
    for (let row = rows.length - 1; row >= 0; row--) {
      const at = rows[row];
      if (at === undefined || at.step < answer.length - at.index) continue;
      ended.push(at);
      decoding.move(rows.length - 1, row);
      rows[row] = rows.at(-1) ?? at;
      rows = rows.slice(0, -1);
    }
  }
  t.is(ended.length, prompts.length);
  for (const {index, step, logp} of ended) {
    const said = answer.slice(0, step);
    const pair = {promptIds: prompts[index] ?? [], chosenIds: said, rejectedIds: said};
    const {chosen} = await scorer.logps(pair);
    t.true(Math.abs(logp - chosen) / Math.abs(chosen) < 1e-5, `${index}: ${logp} for ${chosen}`);
  }
  await scorer.dispose();
});
