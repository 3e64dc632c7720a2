/** Rows that decode together: what each predicts does not depend on the others, and a prompt is prefilled once. */
import test, {type ExecutionContext} from 'ava';
import {loadCheckpoint} from '../../../../runtime/model/files/checkpoint.js';
import type {CacheShape} from '../../../../runtime/model/generation/cache.js';
import {createDecoding} from '../../../../runtime/model/generation/decoding.js';
import type {Executor} from '../../../../runtime/tensor/executor.js';
import {openExecutor} from '../../../../runtime/tensor/open.js';
import {goldenPath} from '../../../helpers/goldens.js';

/** An executor that notes the sizes of each run of the program of that name. */
const noting = (executor: Executor, program: string, runs: object[]): Executor => ({
  ...executor,
  async compileSized(fn, state, options) {
    const compiled = await executor.compileSized?.(fn, state, options);
    if (compiled === undefined) throw new Error('there is nothing to note');
    if (fn.name !== program) return compiled;
    return {
      ...compiled,
      run(sizes, inputs) {
        runs.push(sizes);
        return compiled.run(sizes, inputs);
      },
    };
  },
});

async function open(t: ExecutionContext, family: string, cache: CacheShape, threads = 1) {
  const prefills: object[] = [];
  const decodes: object[] = [];
  const {executor} = await openExecutor({backend: 'onnx', threads});
  const noted = noting(noting(executor, 'prefill', prefills), 'decode', decodes);
  const decoding = await createDecoding(await loadCheckpoint(goldenPath(family)), noted, cache);
  t.teardown(() => decoding.dispose());
  return {decoding, prefills, decodes};
}

const promptOf = (length: number): number[] => Array.from({length}, (_, i) => (31 * length + 17 * i) % 512);

for (const threads of [1, 2]) {
  test(`a row predicts the same bits alone, beside others, at any place and in any span, on ${threads} threads`, async (t) => {
    const lengths = [1, 2, 3, 9, 17, 40, 40, 90, 130];
    const {decoding, decodes} = await open(t, 'qwen3', {rows: lengths.length, maxTokens: 200}, threads);
    const decode = async (order: readonly number[]) => {
      await decoding.begin(order.map((index, row) => ({row, promptIds: promptOf(lengths[index] ?? 0)})));
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
    t.true(decodes.some((sizes) => 'span' in sizes && sizes.span === 160));
    const others = [[0], [3], [8], [2, 1], [6, 4, 5], [4, 0, 1, 3, 2, 5]];
    for (const order of others) {
      for (const [index, results] of await decode(order)) {
        t.deepEqual(results, together.get(index), `row ${index} of ${order}`);
      }
    }
  });
}

test('the rows that decode are those asked for, over a span that the longest needs', async (t) => {
  const {decoding, decodes} = await open(t, 'llama', {rows: 8, maxTokens: 500});
  await decoding.begin([20, 3, 70].map((length, row) => ({row, promptIds: promptOf(length)})));
  const next = {token: 5, temperature: 1};
  await decoding.decode([next, next, next]);
  await decoding.decode([next]);
  t.deepEqual(decodes, [
    {rows: 3, span: 80},
    {rows: 1, span: 24},
  ]);
});

test('a prompt that comes several times, now or while a row holds it, is prefilled once', async (t) => {
  const {decoding, prefills} = await open(t, 'llama', {rows: 6, maxTokens: 64});
  const next = {token: 5, temperature: 1};
  const rows = (...lengths: number[]) => lengths.map((length, row) => ({row, promptIds: promptOf(length)}));
  await decoding.begin(rows(12, 12, 20, 12, 20));
  t.deepEqual(prefills, [
    {prompts: 1, length: 16},
    {prompts: 1, length: 24},
  ]);
  const [first, second, third, fourth, fifth] = await decoding.decode([next, next, next, next, next]);
  t.deepEqual(second, first);
  t.deepEqual(fourth, first);
  t.deepEqual(fifth, third);
  t.notDeepEqual(third, first);

  await decoding.begin([{row: 5, promptIds: promptOf(12)}]);
  decoding.move(5, 0);
  t.deepEqual((await decoding.decode([next]))[0], first);
  t.is(prefills.length, 2);
});

test('other weights forget the prompts', async (t) => {
  const {decoding, prefills} = await open(t, 'llama', {rows: 2, maxTokens: 64});
  const begin = () => decoding.begin([{row: 0, promptIds: promptOf(12)}]);
  const next = [{token: 5, temperature: 1}];
  await begin();
  const [before] = await decoding.decode(next);
  const {weights} = await loadCheckpoint(goldenPath('llama'));
  const other = new Map(weights);
  const layer = 'model.layers.0.self_attn.k_proj.weight';
  const keys = other.get(layer);
  if (keys === undefined) throw new Error('llama has keys');
  other.set(layer, {...keys, data: keys.data.slice().reverse()});
  decoding.setWeights(other);
  await begin();
  t.is(prefills.length, 2);
  t.notDeepEqual((await decoding.decode(next))[0]?.probabilities, before?.probabilities);
  decoding.setWeights(weights);
  await begin();
  t.deepEqual((await decoding.decode(next))[0], before);
});
