/** What a learner may keep for a budget, beside peaks that were measured. */
import test from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {DEFAULT_KEPT_BYTES, keptBytesPerToken} from '../../../runtime/learning/batch-memory.js';
import {
  defaultMemoryBytes,
  expectedMemoryBytes,
  leastMemoryBytes,
  type MemoryNeeds,
  memoryLine,
  memoryNeeds,
  memoryPlan,
} from '../../../runtime/learning/memory-plan.js';
import {gigabytes, machineMemoryBytes, memoryBytes, sizeText} from '../../../runtime/machine/memory-size.js';
import {ALL_LINEAR} from '../../../runtime/model/files/adapter-config.js';
import {type ModelConfig, readModelConfig} from '../../../runtime/model/files/config.js';
import {goldenPath} from '../../helpers/goldens.js';

const llama = await readModelConfig(goldenPath('llama'));
const smol: ModelConfig = {
  ...llama,
  hiddenSize: 576,
  intermediateSize: 1536,
  layerCount: 30,
  headCount: 9,
  keyValueHeadCount: 3,
  headDim: 64,
  vocabSize: 49_152,
  tiedEmbeddings: true,
};
const small: ModelConfig = {
  ...smol,
  hiddenSize: 192,
  intermediateSize: 512,
  layerCount: 8,
  headCount: 6,
  keyValueHeadCount: 2,
  headDim: 32,
};
const lora = {rank: 16, targetModules: ALL_LINEAR};
const on = (longestPair: number) => ({backend: 'onnx', longestPair}) as const;

/** The budget for which the plan keeps what runs of so many pairs of the longest length do. */
const budgetFor = (needs: MemoryNeeds, pairs: number): number => {
  let [low, high] = [leastMemoryBytes(needs), 64e9];
  const kept = pairs * needs.longestPair * keptBytesPerToken(needs.config);
  while (high - low > 1e6) {
    const middle = (low + high) / 2;
    if (memoryPlan(middle, needs).keptBytes < kept) low = middle;
    else high = middle;
  }
  return high;
};

/** Peaks of whole processes on Linux, onnxruntime-node 1.30, in MiB: VmHWM after two to eight steps. */
const measured: readonly (readonly [MemoryNeeds, pairs: number, peakMebibytes: number])[] = [
  [memoryNeeds(small, undefined, on(240)), 4, 1011],
  [memoryNeeds(small, undefined, on(1000)), 1, 1055],
  [memoryNeeds(small, undefined, on(1000)), 2, 1204],
  [memoryNeeds(smol, undefined, on(240)), 4, 5764],
  [memoryNeeds(smol, lora, on(1201)), 1, 2645],
];

for (const [needs, pairs, peak] of measured) {
  const what = needs.frozenBytes > 0 ? 'LoRA' : 'every weight';
  const name = `${needs.config.layerCount} layers, ${what}, ${pairs} x ${needs.longestPair} tokens`;
  test(`a budget is what was measured, to 15 %: ${name}`, (t) => {
    const budget = budgetFor(needs, pairs) / 2 ** 20;
    t.true(budget > 0.85 * peak && budget < 1.15 * peak, `${budget} MiB beside ${peak}`);
  });
}

test('the least is what was measured, to 15 %, where layers are computed again', (t) => {
  const billion: ModelConfig = {
    ...smol,
    hiddenSize: 2048,
    intermediateSize: 8192,
    layerCount: 16,
    headCount: 32,
    keyValueHeadCount: 8,
    vocabSize: 128_256,
  };
  for (const [needs, peak] of [
    [memoryNeeds(smol, lora, on(1201)), 1364],
    [memoryNeeds(billion, {...lora, rank: 8}, on(689)), 5573],
  ] as const) {
    const least = leastMemoryBytes(needs) / 2 ** 20;
    t.true(least > 0.85 * peak && least < 1.15 * peak, `${least} MiB beside ${peak}`);
  }
});

test('what is expected unless told is what pairs of real lengths took, to 15 %, whether the longest pair’s layers are kept or not', (t) => {
  // Runs of real lengths up to 512 and 512 tokens, 1,292 tokens in 1.00 seats each; the longest pair the limits allow has 1,536.
  const needs = memoryNeeds(smol, lora, on(1536));
  const expected = expectedMemoryBytes(needs, DEFAULT_KEPT_BYTES, 16) / 2 ** 20;
  t.true(expected > 0.85 * 2861 && expected < 1.15 * 2861, `${expected} MiB`);
});

test('a budget that holds no pair is refused with the least that does, which is then enough', (t) => {
  const needs = memoryNeeds(smol, lora, on(1536));
  const {message} = t.throws(() => memoryPlan(1e9, needs), {instanceOf: TerminalError}) ?? {message: ''};
  t.regex(message, /^1\.0 GB cannot hold this model and a pair of 1536 tokens; the least is \d+\.\d GB: /);
  const named = memoryBytes(`${/the least is (\S+ GB)/.exec(message)?.[1]}`) ?? 0;
  const plan = memoryPlan(named, needs);
  t.true(plan.recompute);
  t.is(plan.longestPairsPerRun, 1);
  t.regex(memoryLine(plan), /1 of the longest pairs at once, layers computed again in the backward pass$/);
});

test('a budget below a tenth of a gigabyte is said as it was given', (t) => {
  t.throws(() => memoryPlan(1e6, memoryNeeds(smol, lora, on(1536))), {
    message: /^1 MB cannot hold this model .*; the least is \d+\.\d GB: /,
  });
});

test('more memory keeps more, and computes nothing twice where a pair fits', (t) => {
  const needs = memoryNeeds(smol, lora, on(1000));
  const [less, more] = [memoryPlan(2e9, needs), memoryPlan(9e9, needs)];
  t.true(less.recompute);
  t.false(more.recompute);
  t.true(more.longestPairsPerRun > less.longestPairsPerRun);
});

test('the default keeps what makes runs faster, of a third of the machine’s memory, and holds the model', (t) => {
  const third = machineMemoryBytes() / 3;
  const every = [
    memoryNeeds(smol, lora, on(1536)),
    memoryNeeds(small, undefined, on(1500)),
    memoryNeeds(small, undefined, on(240)),
  ];
  for (const needs of every) {
    const bytes = defaultMemoryBytes(needs);
    const plan = memoryPlan(bytes, needs);
    t.true(bytes <= Math.max(third, leastMemoryBytes(needs)));
    if (bytes >= third) continue;
    t.false(plan.recompute);
    t.true(plan.keptBytes >= DEFAULT_KEPT_BYTES);
  }
});

test('memory is said as people say it, and nothing else is understood', (t) => {
  t.is(memoryBytes('4GB'), 4e9);
  t.is(memoryBytes('1.5 GiB'), 1.5 * 2 ** 30);
  t.is(memoryBytes('800MB'), 8e8);
  for (const text of ['', '4', '4G', '-1GB', '0GB', '1e3GB', '4 gb', 'GB'])
    t.is(memoryBytes(text), undefined, text);
  t.is(gigabytes(4e9), '4.0 GB');
  t.deepEqual(
    [5e4, 2e6, 1.26e9].map((each) => sizeText(each)),
    ['50 kB', '2 MB', '1.3 GB'],
  );
});
