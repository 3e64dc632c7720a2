/** `anchorage logps` as a process, against transformers. */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import * as z from 'zod';
import {goldenPath, readGolden} from '../../../helpers/goldens.js';
import {anchorage} from '../../../helpers/process.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const forwardSchema = z.record(
  z.string(),
  z.object({chosen_logps: z.array(z.number()), rejected_logps: z.array(z.number())}),
);
const lineSchema = z.object({chosen_logps: z.number(), rejected_logps: z.number()});

const linesOf = (file: string): unknown[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

for (const name of ['llama', 'qwen3']) {
  test(`${name}: the log-probabilities of the pairs are those of transformers, in file order`, async (t) => {
    const cwd = temporaryFolder(t);
    const args = ['--model', goldenPath(name), '--pairs', goldenPath('pairs.jsonl'), '--cache', 'cache'];
    const {code, stderr} = await anchorage(t, ['logps', ...args, '--out', 'logps.jsonl'], {cwd});
    t.is(code, 0, stderr);
    const lines = linesOf(join(cwd, 'logps.jsonl')).map((line) => lineSchema.parse(line));
    t.is(lines.length, 48);
    const wanted = (await readGolden('expected-forward.json', forwardSchema))[name];
    t.is(wanted?.chosen_logps.length, 16);
    for (const side of ['chosen_logps', 'rejected_logps'] as const) {
      for (const [index, value] of (wanted?.[side] ?? []).entries()) {
        const ours = lines[index]?.[side] ?? Number.NaN;
        t.true(Math.abs(ours - value) <= 1e-4 * Math.abs(value), `${side} of pair ${index}: ${ours}`);
      }
    }
  });
}

test('a pair that cannot be scored keeps its line', async (t) => {
  const cwd = temporaryFolder(t);
  const rows = [
    {prompt: 'a', chosen: 'b', rejected: ''},
    {prompt: 'a', chosen: 'b', rejected: 'c'},
  ];
  writeFileSync(join(cwd, 'pairs.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  const args = ['--model', goldenPath('llama'), '--pairs', 'pairs.jsonl', '--cache', 'cache'];
  const {code, stdout} = await anchorage(t, ['logps', ...args, '--out', 'logps.jsonl'], {cwd});
  t.is(code, 0);
  t.regex(stdout, /^ +1 refused: rejected is empty \(line 1\)$/m);
  const [first, second] = linesOf(join(cwd, 'logps.jsonl'));
  t.deepEqual(first, {chosen_logps: null, rejected_logps: null, refused: 'rejected is empty'});
  t.true(lineSchema.safeParse(second).success);
});
