import test from 'ava';
import {learnerJob} from '../../../runtime/bench/learner/bench.js';
import {parseOptions} from '../../../runtime/bench/options.js';
import {TerminalError} from '../../../runtime/errors.js';

test('each benchmark has defaults of its own', (t) => {
  const {sizes, rounds, pairKinds, lora, backends} = parseOptions(['learner']);
  t.deepEqual([sizes.length, rounds, pairKinds, lora], [5, 5, ['plain', 'clair'], 0]);
  t.deepEqual(backends, ['onnx', 'tensorflow']);
  const memory = parseOptions(['memory']);
  t.deepEqual([memory.sizes, memory.pairs, memory.tokens, memory.lora], [['135M'], 2, 1024, 8]);
  const shards = parseOptions(['shards']);
  t.deepEqual([shards.threads, shards.loras, shards.backends], [1, [0, 8], ['onnx']]);
  t.deepEqual(parseOptions(['shards', '--lora', '4']).loras, [4]);
});

test('what is said goes before', (t) => {
  const options = parseOptions(['memory', '--sizes', '3M,10M', '--lora', '0', '--rounds', '1', '--peers']);
  t.deepEqual([options.sizes, options.lora, options.rounds, options.peers], [['3M', '10M'], 0, 1, true]);
});

test('a GPU is named twice: for ours and for the peers', (t) => {
  const options = parseOptions(['learner', '--backends', 'webgpu', '--peers', '--cuda']);
  t.deepEqual([options.backends, options.cuda], [['webgpu'], true]);
  const job = learnerJob(options, '3M', 'plain', 'webgpu');
  t.deepEqual([job.backend, job.device, job.cuda], ['onnx', 'webgpu', true]);
});

test('real lengths have a model or sizes, and pairs of texts or of lengths alone', (t) => {
  const {sizes, lora, pairKinds, pairsFile, parts, memoryBytes} = parseOptions(['real']);
  t.deepEqual(
    [sizes, lora, pairKinds, pairsFile, memoryBytes],
    [['12M'], 0, ['plain', 'clair'], undefined, undefined],
  );
  t.deepEqual(parts, ['training', 'reference', 'sampling', 'steps']);
  const given = parseOptions([
    ...['real', '--model', 'smollm2', '--pairs', 'pairs.jsonl', '--parts', 'training', '--memory', '4GB'],
    ...['--only', 'onnx,trl'],
  ]);
  t.deepEqual([given.model, given.lora, given.pairsFile], ['smollm2', 16, 'pairs.jsonl']);
  t.deepEqual([given.parts, given.memoryBytes, given.only], [['training'], 4e9, ['onnx', 'trl']]);
  t.deepEqual(parseOptions(['real', '--pairs', 'clair']).pairKinds, ['clair']);
});

for (const [args, message] of [
  [[], /^bench: say which of learner, sampler, memory, long, real, bus, shards, overlap\n/],
  [
    ['learn'],
    /^bench: say which of learner, sampler, memory, long, real, bus, shards, overlap, not "learn"\n/,
  ],
  [['learner', '--sizes', '0.4M,7B'], /^bench: --sizes has "7B"; it takes 0.4M, /],
  [['learner', '--rounds', '0'], /^bench: --rounds is "0"; it takes a whole number from 1$/],
  [['learner', '--steps', '1.5'], /^bench: --steps is "1.5"; /],
  [
    ['real', '--memory', '4'],
    /^bench: --memory is "4"; it takes a number with MB, GB, MiB or GiB, such as 4GB$/,
  ],
  [['real', '--parts', 'all'], /^bench: --parts has "all"; it takes training, /],
  [['learner', '--pairs', 'pairs.jsonl'], /^bench: --pairs has "pairs.jsonl"; it takes plain, clair$/],
  [['learner', '--precission', 'bfloat16'], /^bench: Unknown option '--precission'/],
] as const) {
  test(`refused: ${args.join(' ') || 'nothing'}`, (t) => {
    t.throws(() => parseOptions(args), {instanceOf: TerminalError, message});
  });
}
