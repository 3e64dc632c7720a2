import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {CommanderError} from 'commander';
import {learnerJob} from '../../../runtime/bench/learner/bench.js';
import {type Benches, benchProgram} from '../../../runtime/bench/program.js';
import {packageRoot} from '../../../runtime/paths.js';

/** What a command line asks of its benchmark, or the lines that it is answered with. */
async function run(args: readonly string[]): Promise<{bench?: string; options?: unknown; said: string}> {
  const asked: {bench?: string; options?: unknown} = {};
  const keep = (bench: keyof Benches) => async (options: unknown) => {
    Object.assign(asked, {bench, options});
  };
  const program = benchProgram({
    learner: keep('learner'),
    sampler: keep('sampler'),
    memory: keep('memory'),
    long: keep('long'),
    real: keep('real'),
    bus: keep('bus'),
    shards: keep('shards'),
    overlap: keep('overlap'),
    interference: keep('interference'),
    endpoints: keep('endpoints'),
    recipes: keep('recipes'),
  });
  let said = '';
  const write = (text: string) => {
    said += text;
  };
  for (const command of [program, ...program.commands])
    command.configureOutput({writeOut: write, writeErr: write, getOutHelpWidth: () => 200});
  try {
    await program.parseAsync([...args], {from: 'user'});
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  return {...asked, said};
}

async function optionsOf<B extends keyof Benches>(
  bench: B,
  ...args: readonly string[]
): Promise<Parameters<Benches[B]>[0]> {
  const asked = await run([bench, ...args]);
  if (asked.bench !== bench) throw new Error(asked.said);
  return asked.options as Parameters<Benches[B]>[0];
}

test('each benchmark has the options that it uses, with defaults of its own', async (t) => {
  const step = {precision: 'float32', threads: 2, batch: 16, tokens: 96, microBatch: 0};
  const peers = {peers: false, python: 'python3'};
  const backends = ['onnx', 'tensorflow'];
  t.deepEqual((await run(['learner'])).options, {
    ...step,
    ...peers,
    backends,
    sizes: ['0.4M', '0.9M', '3M', '10M', '30M'],
    pairs: ['plain', 'clair'],
    lora: 0,
    rounds: 5,
    cuda: false,
  });
  t.deepEqual((await run(['memory'])).options, {
    ...step,
    ...peers,
    backends,
    sizes: ['135M'],
    pairs: ['plain'],
    batch: 2,
    tokens: 1024,
    microBatch: 1,
    lora: 8,
    rounds: 3,
    cuda: false,
  });
  t.deepEqual((await run(['sampler'])).options, {
    ...peers,
    backends,
    sizes: ['0.4M', '0.9M', '3M', '10M'],
    precision: 'float32',
    threads: 2,
    rows: 32,
    rounds: 5,
    cuda: false,
  });
  t.deepEqual((await run(['long'])).options, {...step, backends, sizes: ['0.4M'], lora: 0, steps: 10_000});
  t.deepEqual((await run(['real'])).options, {
    ...peers,
    backends: ['onnx'],
    sizes: ['12M'],
    parts: ['training', 'reference', 'sampling', 'steps'],
    pairs: {from: 'lengths', kinds: ['plain', 'clair']},
    threads: 2,
    batch: 16,
    lora: 0,
    rounds: 3,
    steps: 1000,
    peerMicroBatch: 2,
    only: [],
  });
  t.deepEqual((await run(['bus'])).options, {rounds: 7, messages: 10_000, window: 32});
  t.deepEqual((await run(['shards'])).options, {
    ...step,
    threads: 1,
    backends: ['onnx'],
    sizes: ['3M'],
    lora: [0, 8],
    rounds: 5,
  });
  t.deepEqual((await run(['overlap'])).options, {rounds: 3, prompts: 384, batch: 16});
  t.deepEqual((await run(['endpoints'])).options, {
    peers: false,
    python: 'python3',
    slots: 32,
    latency: 1000,
    seconds: 90,
  });
});

test('what is said goes before', async (t) => {
  const memory = await optionsOf(
    'memory',
    ...'--sizes 3M,10M --lora 0 --rounds 1 --steps 4 --peers'.split(' '),
  );
  t.deepEqual(
    [memory.sizes, memory.lora, memory.rounds, memory.steps, memory.peers],
    [['3M', '10M'], 0, 1, 4, true],
  );
  t.deepEqual((await optionsOf('shards', '--lora', '4')).lora, [4]);
  t.is((await optionsOf('sampler', '--passes', '3')).passes, 3);
});

test('a GPU is named twice: for ours and for the peers', async (t) => {
  const options = await optionsOf('learner', '--backends', 'webgpu', '--peers', '--cuda');
  t.deepEqual([options.backends, options.cuda], [['webgpu'], true]);
  const job = learnerJob(options, '3M', 'plain', 'webgpu');
  t.deepEqual([job.backend, job.device, job.cuda], ['onnx', 'webgpu', true]);
});

test('real lengths have a model or sizes, and pairs of texts or of lengths alone', async (t) => {
  const given = await optionsOf(
    'real',
    ...'--model smollm2 --pairs pairs.jsonl --parts training --memory 4GB --only onnx,trl'.split(' '),
  );
  t.deepEqual([given.model, given.lora, given.pairs], ['smollm2', 16, {from: 'file', path: 'pairs.jsonl'}]);
  t.deepEqual([given.parts, given.memory, given.only], [['training'], 4e9, ['onnx', 'trl']]);
  t.is((await optionsOf('real', '--model', 'smollm2', '--lora', '0')).lora, 0);
  t.deepEqual((await optionsOf('real', '--pairs', 'clair')).pairs, {from: 'lengths', kinds: ['clair']});
});

test('the page’s command lines are those of the program', async (t) => {
  const page = readFileSync(join(packageRoot, 'runtime/bench/README.md'), 'utf8');
  const lines = [...page.matchAll(/bench -- ([^`|#\n]+)/g)].map(([, line = '']) => line.trim().split(/\s+/));
  t.true(lines.length > 5);
  for (const args of lines.filter((line) => !line.includes('--help'))) {
    const {bench, said} = await run(args);
    t.is(bench, args[0], said);
  }
  const {said} = await run(['--help']);
  const commands = [...said.matchAll(/^ {2}(\w+) {2,}/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'help');
  t.deepEqual(
    commands.filter((name) => !page.includes(`\`${name}\``) && !page.includes(`bench -- ${name}\``)),
    [],
  );
});

test('help shows what an option is unless given', async (t) => {
  const {said} = await run(['shards', '--help']);
  t.regex(said, /^Usage: npm run bench -- shards \[options\]$/m);
  t.regex(said, /--lora <ranks> .*\(default: 0,8\)$/m);
  t.regex(said, /--threads <n> .*\(default: 1\)$/m);
  t.notRegex(said, /--window/);
});

for (const [args, message] of [
  ['learn', "error: unknown command 'learn' (Did you mean learner?)"],
  ['learner --precission bfloat16', "error: unknown option '--precission' (Did you mean --precision?)"],
  ['bus --sizes 3M', "error: unknown option '--sizes'"],
  ['bus shards', "error: too many arguments for 'bus'. Expected 0 arguments but got 1."],
  [
    'learner --sizes 0.4M,7B',
    `error: option '--sizes <list>' argument '0.4M,7B' is invalid. It has "7B"; it takes 0.4M, 0.9M, 3M, 10M, 12M, 30M, 135M.`,
  ],
  [
    'learner --rounds 0',
    "error: option '--rounds <n>' argument '0' is invalid. It is a whole number from 1.",
  ],
  [
    'real --memory 4',
    "error: option '--memory <size>' argument '4' is invalid. It is a number with MB, GB, MiB or GiB, such as 4GB.",
  ],
  [
    'learner --pairs pairs.jsonl',
    `error: option '--pairs <kinds>' argument 'pairs.jsonl' is invalid. It has "pairs.jsonl"; it takes plain, clair.`,
  ],
  [
    'real --sizes 3M --model smollm2',
    "error: option '--model <folder>' cannot be used with option '--sizes <list>'",
  ],
] as const) {
  test(`refused in one line: ${args}`, async (t) => {
    const {bench, said} = await run(args.split(' '));
    t.is(bench, undefined);
    t.is(said, `${message}\n`);
  });
}
