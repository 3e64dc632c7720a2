/** `anchorage train` as a process: TRL's trajectory, the same bytes from the same seed, and what it leaves. */
import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import * as z from 'zod';
import {loadCheckpoint} from '../../../../../runtime/model/files/model-checkpoint.js';
import {goldenPath} from '../../../../helpers/goldens.js';
import {anchorage, startNode} from '../../../../helpers/process.js';
import {temporaryFolder} from '../../../../helpers/temporary.js';
import {goLikeTrl, rowsOf} from '../../../../helpers/training-rows.js';
import {typed} from '../../../../helpers/typed.js';

const pairs = goldenPath('pairs.jsonl');
// ONNX Runtime starts sooner than TensorFlow, which `auto` takes below, where it is there.
const recipe = [
  ...['--objective', 'apo_zero', '--learning-rate', '1e-4', '--model', goldenPath('llama')],
  ...['--backend', 'onnx'],
];

const line = (args: readonly string[]) => [
  'train',
  ...recipe,
  ...['--pairs', pairs, '--cache', 'cache'],
  ...args,
];
const train = (t: ExecutionContext, cwd: string, args: readonly string[]) => anchorage(t, line(args), {cwd});

test('twelve steps in file order go as with TRL’s apo_zero, and leave a model that loads', async (t) => {
  const cwd = temporaryFolder(t);
  const args = ['--no-shuffle', '--steps', '12', '--out', 'out', '--save-every', '5', '--backend', 'auto'];
  const {code, stdout, stderr} = await train(t, cwd, args);
  t.is(code, 0, stderr);
  t.is(stderr, '');
  t.regex(stdout, /^pairs {6}48 of /m);
  t.regex(stdout, /^scored {5}48 pairs in /m);
  await goLikeTrl(t, join(cwd, 'out/metrics.jsonl'), 'apo_zero');
  const [initial, middle, trained] = [
    await loadCheckpoint(goldenPath('llama')),
    await loadCheckpoint(join(cwd, 'out/checkpoint-10')),
    await loadCheckpoint(join(cwd, 'out')),
  ];
  t.is(new Set([initial, middle, trained].map(({weightsSha256}) => weightsSha256)).size, 3);
  t.deepEqual(
    readdirSync(join(cwd, 'out'))
      .filter((name) => name.startsWith('checkpoint'))
      .toSorted(),
    ['checkpoint-10', 'checkpoint-5'],
  );
  t.is(
    z.object({step: z.int()}).parse(JSON.parse(readFileSync(join(cwd, 'out/training.json'), 'utf8'))).step,
    12,
  );
});

test('the same seed gives the same bytes and another one others; what was scored is not scored again', async (t) => {
  const cwd = temporaryFolder(t);
  const short = ['--batch', '20', '--epochs', '1'];
  const first = await train(t, cwd, [...short, '--out', 'first']);
  t.is(first.code, 0, first.stderr);
  const second = await train(t, cwd, [...short, '--out', 'second', '--metrics', 'logs/second.jsonl']);
  t.regex(second.stdout, /^scored {5}nothing: the 48 pairs were scored before$/m);
  await train(t, cwd, [...short, '--out', 'third', '--seed', '1']);
  const bytesOf = (out: string) => readFileSync(join(cwd, out, 'model.safetensors'));
  t.true(bytesOf('first').equals(bytesOf('second')));
  t.false(bytesOf('first').equals(bytesOf('third')));
  t.deepEqual(rowsOf(join(cwd, 'logs/second.jsonl')), rowsOf(join(cwd, 'first/metrics.jsonl')));
  // 48 pairs are two batches of 20 and one of 8.
  t.deepEqual(
    rowsOf(join(cwd, 'first/metrics.jsonl')).map(({epoch}) => epoch),
    [20 / 48, 40 / 48, 1],
  );
});

test('only the pairs that a short run takes are scored', async (t) => {
  const cwd = temporaryFolder(t);
  const {stdout} = await train(t, cwd, ['--steps', '2', '--batch', '4', '--out', 'out']);
  t.regex(stdout, /^scored {5}8 pairs in /m);
});

test('a metrics file that cannot be is refused before a pair is read or scored', async (t) => {
  const cwd = temporaryFolder(t);
  writeFileSync(join(cwd, 'file'), '');
  const {code, stdout, stderr} = await typed(line(['--out', 'out', '--metrics', 'file/metrics.jsonl']), {
    cwd,
  });
  t.is(code, 1);
  t.regex(stderr, /^--metrics file\/metrics\.jsonl: [^\n]*; give a file that can be written\n$/);
  t.notRegex(stdout, /^(pairs|scored)/m);
});

test('Ctrl-C ends the step under way, saves, and exits with 130', async (t) => {
  const cwd = temporaryFolder(t);
  const args = [...recipe, '--pairs', pairs, '--cache', 'cache', '--steps', '100000', '--out', 'out'];
  const child = startNode(t, 'runtime/command/main.js', ['train', ...args], {cwd});
  let stdout = '';
  child.stdout?.on('data', (data) => (stdout += data));
  const metrics = join(cwd, 'out/metrics.jsonl');
  while (!existsSync(metrics) || readFileSync(metrics, 'utf8').split('\n').length < 4)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGINT');
  t.is(await closed, 130);
  const steps = rowsOf(metrics).length;
  t.regex(
    stdout,
    /^stopping {3}after the step under way, and saves; a second Ctrl-C ends at once, unsaved$/m,
  );
  t.regex(stdout, new RegExp(`^stopped after step ${steps} of 100000, as asked; --resume goes on$`, 'm'));
  const saved = await loadCheckpoint(join(cwd, 'out'));
  t.not(saved.weightsSha256, (await loadCheckpoint(goldenPath('llama'))).weightsSha256);
});

test('messages and texts of the same content are the same pairs', async (t) => {
  const cwd = temporaryFolder(t);
  const turns = readFileSync(pairs, 'utf8')
    .trim()
    .split('\n')
    .slice(0, 8)
    .map((line) => {
      const {prompt, chosen, rejected} = JSON.parse(line) as Record<string, string>;
      const question = {role: 'user', content: prompt};
      const answered = (content: string | undefined) => [question, {role: 'assistant', content}];
      return JSON.stringify({prompt, chosen: answered(chosen), rejected: answered(rejected)});
    });
  writeFileSync(join(cwd, 'turns.jsonl'), `${turns.join('\n')}\n`);
  const short = [...recipe, '--cache', 'cache', '--batch', '8', '--no-shuffle'];
  const texts = ['train', ...short, '--pairs', pairs, '--steps', '1', '--out', 'texts'];
  const conversations = ['train', ...short, '--pairs', 'turns.jsonl', '--out', 'turns'];
  t.is((await anchorage(t, texts, {cwd})).code, 0);
  const {code, stdout} = await anchorage(t, conversations, {cwd});
  t.is(code, 0);
  t.regex(stdout, /^scored {5}nothing: the 8 pairs were scored before$/m);
});

test('a run that was interrupted goes on to the same bytes and rows, and one that is done has nothing to do', async (t) => {
  const cwd = temporaryFolder(t);
  const short = ['--batch', '8', '--steps', '4', '--learning-rate', '1e-3'];
  const resumed = [...short, '--out', 'resumed', '--save-every', '2', '--resume'];
  t.is((await train(t, cwd, [...short, '--out', 'whole'])).code, 0);
  const begun = await train(t, cwd, resumed);
  t.is(begun.code, 0, begun.stderr);
  // As a kill leaves it after step 3: the save of step 2, a row of step 3, and part of one of step 4.
  for (const name of readdirSync(join(cwd, 'resumed')).filter(
    (name) => !/^(checkpoint-2|metrics)/.test(name),
  ))
    rmSync(join(cwd, 'resumed', name));
  const metrics = join(cwd, 'resumed/metrics.jsonl');
  const rows = readFileSync(metrics, 'utf8');
  writeFileSync(metrics, rows.slice(0, -20));

  const {code, stdout, stderr} = await train(t, cwd, resumed);
  t.is(code, 0, stderr);
  t.regex(stdout, /^resumed {4}after step 2 of 4, from resumed\/checkpoint-2$/m);
  const bytesOf = (out: string) => readFileSync(join(cwd, out, 'model.safetensors'));
  t.true(bytesOf('resumed').equals(bytesOf('whole')));
  t.is(readFileSync(metrics, 'utf8'), rows);
  t.deepEqual(rowsOf(metrics), rowsOf(join(cwd, 'whole/metrics.jsonl')));
  t.false(existsSync(join(cwd, 'resumed/optimizer.safetensors')));

  // As a kill leaves it that comes after the last save, and before its files are where they belong.
  mkdirSync(join(cwd, 'resumed/checkpoint-4'));
  for (const name of readdirSync(join(cwd, 'resumed')).filter((name) => !/^(checkpoint-|metrics)/.test(name)))
    renameSync(join(cwd, 'resumed', name), join(cwd, 'resumed/checkpoint-4', name));
  const done = await train(t, cwd, resumed);
  t.is(done.code, 0, done.stderr);
  t.true(bytesOf('resumed').equals(bytesOf('whole')));
  t.false(existsSync(join(cwd, 'resumed/checkpoint-4')));
  t.regex(done.stdout, /^done {7}resumed has all 4 steps$/m);
  t.is(readFileSync(metrics, 'utf8'), rows);
  const other = await typed(line([...resumed, '--beta', '0.2']), {cwd});
  t.is(other.code, 1);
  t.is(
    other.stderr,
    '--resume: resumed/training.json is of beta 0.1, not 0.2; give what it was begun with, or another --out\n',
  );
});

test('an adapter goes on from where it was, and not from another model’s folder', async (t) => {
  const cwd = temporaryFolder(t);
  const short = ['--batch', '8', '--steps', '4', '--lora', '4', '--learning-rate', '1e-3'];
  t.is((await train(t, cwd, [...short, '--out', 'whole'])).code, 0);
  t.is((await train(t, cwd, [...short, '--out', 'resumed', '--save-every', '2'])).code, 0);
  for (const name of readdirSync(join(cwd, 'resumed')).filter(
    (name) => !/^(checkpoint-2|metrics)/.test(name),
  ))
    rmSync(join(cwd, 'resumed', name));
  const {code, stderr} = await train(t, cwd, [...short, '--out', 'resumed', '--resume']);
  t.is(code, 0, stderr);
  const bytesOf = (out: string) => readFileSync(join(cwd, out, 'adapter_model.safetensors'));
  t.true(bytesOf('resumed').equals(bytesOf('whole')));
  mkdirSync(join(cwd, 'foreign'));
  writeFileSync(join(cwd, 'foreign/config.json'), '{}');
  const foreign = await typed(line([...short, '--out', 'foreign', '--resume']), {cwd});
  t.is(foreign.code, 1);
  t.regex(foreign.stderr, /^--out foreign: holds a model already \(config\.json\)/);
});
