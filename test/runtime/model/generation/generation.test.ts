/** Generation: what is said, by whom, whatever else is under way. */
import test, {type ExecutionContext} from 'ava';
import * as z from 'zod';
import {TerminalError} from '../../../../runtime/errors.js';
import {createPairScorer} from '../../../../runtime/learning/pair-scorer.js';
import {loadCheckpoint} from '../../../../runtime/model/files/model-checkpoint.js';
import type {CacheShape} from '../../../../runtime/model/generation/cache.js';
import {
  createGenerator,
  type Generation,
  type GenerationRequest,
  type GeneratorOptions,
} from '../../../../runtime/model/generation/generation.js';
import type {LazyTensor} from '../../../../runtime/tensor/executor.js';
import type {ExecutorName, Precision} from '../../../../runtime/tensor/executors.js';
import {openExecutor} from '../../../../runtime/tensor/open.js';
import {presentExecutors} from '../../../helpers/executors.js';
import {goldenPath, goldenTokens, readGolden} from '../../../helpers/goldens.js';
import {noting, type RunSizes} from '../../../helpers/noting-executor.js';

const greedy = {temperature: 0, topP: 1, topK: 0, seed: 0};
const sampled = {temperature: 1, topP: 1, topK: 0};

async function open(
  t: ExecutionContext,
  family: string,
  cache: CacheShape,
  backend: ExecutorName = 'onnx',
  options: GeneratorOptions = {},
  precision: Precision = 'float32',
) {
  const {executor} = await openExecutor({backend, threads: 1, precision});
  const model = await loadCheckpoint(goldenPath(family));
  const generator = await createGenerator(model, executor, cache, options);
  t.teardown(() => generator.dispose());
  return {model, executor, generator};
}

/** Requests with prompts of 1 to 40 tokens and 3 to 14 new ones. */
const crowd = (count: number): GenerationRequest[] =>
  Array.from({length: count}, (_, i) => ({
    ...sampled,
    promptIds: Array.from({length: 1 + ((i * 7) % 40)}, (_, j) => (31 * i + 17 * j) % 512),
    maxNewTokens: 3 + (i % 12),
    seed: 1000 + i,
  }));

const tokensOf = (generations: readonly Generation[]) => generations.map(({completionIds}) => completionIds);

for (const backend of [...presentExecutors(), 'eager'] as const) {
  for (const family of ['llama', 'llama3-rope', 'mistral', 'qwen2', 'qwen3']) {
    test(`${family} on ${backend} goes on greedily as transformers does, 24 tokens`, async (t) => {
      const {generator} = await open(t, family, {rows: 2, maxTokens: 72}, backend);
      const schema = z.record(z.string(), z.object({greedy_24: z.array(z.int())}));
      const expected = (await readGolden('expected-forward.json', schema))[family]?.greedy_24;
      const promptIds = (await goldenTokens())[1]?.promptIds ?? [];
      const [generation] = await generator.generate([{...greedy, promptIds, maxNewTokens: 24}]);
      t.deepEqual(generation?.completionIds, expected);
      t.is(generation?.finishReason, 'length');
    });
  }
}

test('a request has the same text alone, in a crowd, and in another order of calls', async (t) => {
  const {generator} = await open(t, 'qwen3', {rows: 16, maxTokens: 64});
  const requests = crowd(60);
  const together = await generator.generate(requests);
  const overlapping = await Promise.all(
    [30, 0].map((begin) => generator.generate(requests.slice(begin, begin + 30))),
  );
  t.deepEqual([...(overlapping[1] ?? []), ...(overlapping[0] ?? [])], together);
  for (const index of [0, 17, 41, 59]) {
    t.deepEqual(await generator.generate(requests.slice(index, index + 1)), together.slice(index, index + 1));
  }
  for (const [index, {completionIds, finishReason}] of together.entries()) {
    const limit = requests[index]?.maxNewTokens ?? 0;
    t.true(
      finishReason === 'stop' ? completionIds.at(-1) === 4 : completionIds.length === limit,
      `request ${index}`,
    );
  }
});

test('a request has the same text in a cache of other rows and positions, on other threads', async (t) => {
  const requests = crowd(40).map((request, i) => ({
    ...request,
    topP: i % 2 === 0 ? 1 : 0.9,
    topK: i % 3 === 0 ? 20 : 0,
  }));
  const {generator} = await open(t, 'llama', {rows: 40, maxTokens: 64});
  const expected = await generator.generate(requests);
  const {executor} = await openExecutor({backend: 'onnx', threads: 2});
  const model = await loadCheckpoint(goldenPath('llama'));
  for (const cache of [
    {rows: 1, maxTokens: 72},
    {rows: 7, maxTokens: 500},
  ]) {
    const other = await createGenerator(model, executor, cache);
    t.deepEqual(await other.generate(requests), expected);
    await other.dispose();
  }
});

for (const {precision, gap} of [
  {precision: 'float32', gap: 1e-5},
  {precision: 'int8', gap: 0.02},
] as const) {
  test(`an answer says how probable it was, in ${precision} within ${gap} nats a token of the scorer`, async (t) => {
    const {generator, model} = await open(t, 'llama', {rows: 16, maxTokens: 64}, 'onnx', {}, precision);
    const requests = crowd(24);
    const generations = await generator.generate(requests);
    t.deepEqual(await generator.generate(requests.slice(5, 6)), generations.slice(5, 6), 'alone');
    const {executor} = await openExecutor({backend: 'onnx', threads: 1});
    const scorer = createPairScorer(model, executor, 64);
    let [difference, tokens] = [0, 0];
    for (const [index, {completionIds, logps = Number.NaN}] of generations.entries()) {
      const {promptIds = []} = requests[index] ?? {};
      // The scorer takes the template's limits as they come; both sides are the same answer.
      const {chosen} = await scorer.logps({promptIds, chosenIds: completionIds, rejectedIds: completionIds});
      difference += Math.abs(chosen - logps);
      tokens += completionIds.length;
    }
    t.true(difference / tokens < gap, `${difference / tokens}`);
    await scorer.dispose();
  });
}

test('several samples of one prompt are those that each request has alone', async (t) => {
  const {generator} = await open(t, 'qwen2', {rows: 4, maxTokens: 64});
  const promptIds = [0, 2, 331, 17, 88, 301];
  const requests = Array.from({length: 10}, (_, seed) => ({...sampled, promptIds, maxNewTokens: 9, seed}));
  const together = await generator.generate(requests);
  for (const [index, request] of requests.entries()) {
    t.deepEqual(await generator.generate([request]), [together[index]]);
  }
  t.is(new Set(together.map(({completionIds}) => completionIds.join())).size, 10);
});

test('what is sampled has the probability that the scorer gives it', async (t) => {
  // The mean over samples of exp(-logp) · 1[y] is the share of tokens tried; over one token it is a frequency test.
  const {generator, model, executor} = await open(t, 'mistral', {rows: 16, maxTokens: 16});
  const promptIds = [0, 2, 331];
  const requests = Array.from({length: 400}, (_, seed) => ({...sampled, promptIds, maxNewTokens: 1, seed}));
  const generations = await generator.generate(requests);
  const counts = new Map<number, number>();
  for (const {completionIds} of generations) {
    const [token = -1] = completionIds;
    counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  const [[token, count] = [0, 0]] = [...counts].sort(([, a], [, b]) => b - a);
  const scorer = createPairScorer(model, executor, 16);
  const {chosen} = await scorer.logps({promptIds, chosenIds: [token], rejectedIds: [token]});
  await scorer.dispose();
  const probability = Math.exp(chosen);
  // Five standard errors.
  t.true(
    Math.abs(count / 400 - probability) < 5 * Math.sqrt((probability * (1 - probability)) / 400),
    `${count} ${probability}`,
  );
});

test('another seed says something else, the same seed the same', async (t) => {
  const {generator} = await open(t, 'llama', {rows: 4, maxTokens: 64});
  const request = {...sampled, promptIds: [0, 2, 331], maxNewTokens: 20};
  const [first, same, other] = await generator.generate([1, 1, 2].map((seed) => ({...request, seed})));
  t.deepEqual(first, same);
  t.notDeepEqual(first?.completionIds, other?.completionIds);
});

test('an end token ends a completion and is not in its text', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const model = await loadCheckpoint(goldenPath('qwen2'));
  const promptIds = (await goldenTokens())[1]?.promptIds ?? [];
  // Greedy continuation: 18, 18, 85, 355, 307, 88, ...
  const tokenizer = {...model.tokenizer, endTokenIds: [4, 355]};
  const generator = await createGenerator({...model, tokenizer}, executor, {rows: 2, maxTokens: 72});
  t.teardown(() => generator.dispose());
  const [generation] = await generator.generate([{...greedy, promptIds, maxNewTokens: 24}]);
  t.deepEqual(generation, {
    completionIds: [18, 18, 85, 355],
    text: model.tokenizer.decode([18, 18, 85]),
    finishReason: 'stop',
    segments: [{policyVersion: 0, tokenCount: 4}],
  });
});

test('a completion ends where the cache does', async (t) => {
  const {generator} = await open(t, 'qwen2', {rows: 2, maxTokens: 48});
  const promptIds = (await goldenTokens())[1]?.promptIds ?? [];
  t.is(promptIds.length, 45);
  const [generation] = await generator.generate([{...greedy, promptIds, maxNewTokens: 24}]);
  t.deepEqual(generation?.completionIds, [18, 18, 85]);
  t.is(generation?.finishReason, 'length');
});

test('new weights serve later calls, and earlier calls end under the old ones', async (t) => {
  const {generator, model} = await open(t, 'mistral', {rows: 8, maxTokens: 64});
  const requests = crowd(20);
  const before = await generator.generate(requests);
  const other = new Map(model.weights);
  const head = other.get('lm_head.weight');
  if (head === undefined) throw new Error('mistral has an output matrix');
  other.set('lm_head.weight', {...head, data: head.data.slice().reverse()});

  const earlier = generator.generate(requests);
  generator.reload(other, 1);
  const later = await generator.generate(requests);
  t.deepEqual(await earlier, before);
  t.notDeepEqual(tokensOf(later), tokensOf(before));
  for (const {segments, completionIds} of later)
    t.deepEqual(segments, [{policyVersion: 1, tokenCount: completionIds.length}]);
  generator.reload(model.weights, 2);
  t.deepEqual(tokensOf(await generator.generate(requests)), tokensOf(before));
});

for (const pickUp of ['request', 'token'] as const) {
  test(`new weights of which some cannot be read answer nobody until newer ones can, by ${pickUp}`, async (t) => {
    const {generator, model} = await open(t, 'mistral', {rows: 2, maxTokens: 32}, 'eager', {pickUp});
    const requests = crowd(1);
    const released: string[] = [];
    let failures = 0;
    const broken = new Map(
      [...model.weights].map(([name, {shape, dtype, data}]): readonly [string, LazyTensor] => {
        const load = async () => {
          if (name !== 'lm_head.weight') return {shape, dtype, data: data.slice().reverse()};
          failures += 1;
          throw new TerminalError('altered while it was read');
        };
        return [name, {shape, dtype, load, release: () => void released.push(name)}];
      }),
    );
    const before = await generator.generate(requests);
    generator.reload(broken, 1);
    // Nobody waits for an answer while it fails.
    while (failures === 0) await new Promise(setImmediate);
    await t.throwsAsync(generator.generate(requests), {message: 'altered while it was read'});
    await t.throwsAsync(generator.generate(requests), {message: 'altered while it was read'});
    generator.reload(model.weights, 2);
    t.deepEqual(tokensOf(await generator.generate(requests)), tokensOf(before));
    t.true(released.includes('lm_head.weight'));
  });
}

test('between tokens, new weights go on with what is under way as if they had read it, and each part says whose it is', async (t) => {
  const cache = {rows: 4, maxTokens: 64};
  const {generator, model, executor} = await open(t, 'mistral', cache, 'onnx', {
    policyVersion: 3,
    pickUp: 'token',
  });
  const other = new Map(model.weights);
  const layer = other.get('model.layers.0.mlp.down_proj.weight');
  if (layer === undefined) throw new Error('mistral has a first layer');
  other.set('model.layers.0.mlp.down_proj.weight', {...layer, data: layer.data.slice().reverse()});
  const weightsOf = (weights: typeof other) =>
    new Map([...weights].map(([name, tensor]) => [name, {...tensor}]));
  const later = await createGenerator({...model, weights: weightsOf(other)}, executor, cache);
  t.teardown(() => later.dispose());

  const requests = crowd(6).map((request) => ({...request, ...greedy, maxNewTokens: 20}));
  const first = generator.generate(requests.slice(0, 1));
  const rest = generator.generate(requests.slice(1));
  const [short] = await generator.generate([{...greedy, promptIds: [0, 2], maxNewTokens: 3}]);
  generator.reload(weightsOf(other), 4);
  const all = [...(await first), ...(await rest)];
  t.deepEqual(short?.segments, [{policyVersion: 3, tokenCount: 3}]);
  t.true(all.some(({segments}) => segments.length === 2));
  for (const [index, {segments, completionIds}] of all.entries()) {
    t.is(
      segments.reduce((sum, {tokenCount}) => sum + tokenCount, 0),
      completionIds.length,
    );
    const [before] = segments;
    const told = before?.policyVersion === 3 ? before.tokenCount : 0;
    if (told === completionIds.length) continue;
    const {promptIds = []} = requests[index] ?? {};
    const begun = [...promptIds, ...completionIds.slice(0, told)];
    const [rightOn] = await later.generate([{...greedy, promptIds: begun, maxNewTokens: 20 - told}]);
    t.deepEqual(completionIds.slice(told), rightOn?.completionIds, `request ${index}`);
  }
});

test('a caller that goes on as soon as it is answered is served again', async (t) => {
  const {generator} = await open(t, 'llama', {rows: 2, maxTokens: 16});
  const [request] = crowd(1);
  if (request === undefined) throw new Error('no request');
  let served = 0;
  for (let turn = 0; turn < 5; turn++) {
    const generations = await generator.generate([request, request, request]);
    served += generations.length;
  }
  t.is(served, 15);
  t.deepEqual(await generator.generate([]), []);
});

test('the tokens so far are those of all requests, before any is answered in full', async (t) => {
  const {generator} = await open(t, 'llama', {rows: 2, maxTokens: 16});
  t.is(generator.tokenCount, 0);
  const [short, long] = [3, 9].map((maxNewTokens) => ({...sampled, promptIds: [7], maxNewTokens, seed: 1}));
  if (short === undefined || long === undefined) throw new Error('no requests');
  const later = generator.generate([long]);
  const [first] = await generator.generate([short]);
  const told = generator.tokenCount;
  t.true(told > (first?.completionIds.length ?? 0), `${told}`);
  const [last] = await later;
  t.is(generator.tokenCount, tokensOf(first && last ? [first, last] : []).flat().length);
});

const invalid: [claim: string, fields: Partial<GenerationRequest>, message: RegExp][] = [
  ['no tokens', {promptIds: []}, /the prompt has no tokens/],
  [
    'a prompt as long as the cache',
    {promptIds: new Array<number>(16).fill(1)},
    /16 tokens leaves no room in 16/,
  ],
  ['another model’s ids', {promptIds: [512]}, /below the vocabulary's 512/],
  ['no new tokens', {maxNewTokens: 0}, /maxNewTokens is 0/],
  ['a negative temperature', {temperature: -1}, /temperature is -1/],
  ['topP 0', {topP: 0}, /topP is 0/],
  ['half a token of topK', {topK: 0.5}, /topK is 0\.5/],
];
test('impossible requests are refused before anything runs', async (t) => {
  const {generator} = await open(t, 'llama', {rows: 2, maxTokens: 16});
  for (const [claim, fields, message] of invalid) {
    const request = {...greedy, promptIds: [0], maxNewTokens: 1, ...fields};
    await t.throwsAsync(generator.generate([request]), {instanceOf: TerminalError, message}, claim);
  }
});

test('a long prompt does not hold up the others: between two parts of it they get a token', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const runs: RunSizes[] = [];
  const model = await loadCheckpoint(goldenPath('llama'));
  const generator = await createGenerator(model, noting(executor, runs), {rows: 2, maxTokens: 1000});
  t.teardown(() => generator.dispose());
  const long = Array.from({length: 900}, (_, i) => (7 * i) % 512);
  const short = {...sampled, promptIds: [5, 6, 7], maxNewTokens: 20, seed: 1};
  await generator.generate([short, {...short, promptIds: long, maxNewTokens: 1}]);
  const tokensAtOnce = runs.map(({rows = 0, length = 0}) => rows * length);
  // 131 are left, and padding beside them.
  t.deepEqual(tokensAtOnce.slice(0, 8), [8, 256, 1, 256, 1, 256, 1, 132]);
});

test('few rows wait while the prompts of more are being read', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const runs: RunSizes[] = [];
  const model = await loadCheckpoint(goldenPath('llama'));
  const generator = await createGenerator(model, noting(executor, runs), {rows: 5, maxTokens: 400});
  t.teardown(() => generator.dispose());
  const prompts = Array.from({length: 5}, (_, i) => Array.from({length: 250}, (_, j) => (7 * j + i) % 512));
  await generator.generate(prompts.map((promptIds) => ({...greedy, promptIds, maxNewTokens: 2})));
  const rowsOf = runs.map(({rows = 0, length = 0}) => (length === 1 ? rows : 'prompt'));
  t.deepEqual(rowsOf, ['prompt', 'prompt', 'prompt', 3, 'prompt', 4, 'prompt', 2, 1]);
});

test('a cancelled request rejects with the reason, and its row serves others', async (t) => {
  const {executor} = await openExecutor({backend: 'onnx', threads: 1});
  const runs: RunSizes[] = [];
  const model = await loadCheckpoint(goldenPath('qwen3'));
  const generator = await createGenerator(model, noting(executor, runs), {rows: 2, maxTokens: 500});
  t.teardown(() => generator.dispose());
  const [first, second, third] = crowd(3);
  if (first === undefined || second === undefined || third === undefined) throw new Error('no requests');
  const [alone] = await generator.generate([third]);
  const before = runs.length;
  const cancel = new AbortController();
  const reason = new Error('nobody waits for it');
  const endless = {...greedy, promptIds: [5], maxNewTokens: 450};
  // Two in rows, one that waits.
  const cancelled = [first, second, first].map(({promptIds}) =>
    generator.generate([{...endless, promptIds}], cancel.signal),
  );
  const kept = generator.generate([third]);
  cancel.abort(reason);
  for (const each of cancelled) t.is(await t.throwsAsync(each), reason);
  t.deepEqual(await kept, [alone]);
  t.true(runs.length - before < 30, `${runs.length - before} runs`);
});

test('a failing run fails what waits for it, and later requests are served', async (t) => {
  const {generator, model} = await open(t, 'llama', {rows: 2, maxTokens: 16});
  const [request] = crowd(1);
  if (request === undefined) throw new Error('no request');
  const [before] = await generator.generate([request]);
  const norm = model.weights.get('model.norm.weight');
  if (norm === undefined) throw new Error('llama has a last norm');
  generator.reload(new Map([['model.norm.weight', {...norm, shape: [32], data: norm.data.slice(0, 32)}]]), 1);
  await t.throwsAsync(generator.generate([request, request, request]));
  generator.reload(model.weights, 2);
  t.deepEqual(tokensOf(await generator.generate([request])), [before?.completionIds]);
});
