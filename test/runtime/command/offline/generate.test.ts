/** `anchorage generate` as a process, against transformers' greedy answers. */
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import * as z from 'zod';
import {loadTokenizer} from '../../../../runtime/model/text/tokenizer.js';
import {goldenPath, readGolden} from '../../../helpers/goldens.js';
import {anchorage} from '../../../helpers/process.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const lineSchema = z.object({
  prompt: z.unknown(),
  completion: z.string(),
  completion_ids: z.array(z.int()),
  finish_reason: z.enum(['stop', 'length']),
  sample: z.int().optional(),
});

const answersOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => lineSchema.parse(JSON.parse(line)));

const generate = async (t: ExecutionContext, cwd: string, model: string, args: readonly string[]) => {
  const {code, stderr} = await anchorage(
    t,
    ['generate', '--model', goldenPath(model), '--out', 'answers.jsonl', '--force', ...args],
    {cwd},
  );
  t.is(code, 0, stderr);
  t.false(existsSync(join(cwd, 'answers.jsonl.partial')));
  return answersOf(join(cwd, 'answers.jsonl'));
};

for (const name of ['llama', 'qwen3']) {
  test(`${name}: the greedy answer is that of transformers, in the order of the prompts`, async (t) => {
    const greedy = z.record(z.string(), z.object({greedy_24: z.array(z.int())}));
    const wanted = (await readGolden('expected-forward.json', greedy))[name]?.greedy_24;
    const prompts = goldenPath('pairs.jsonl');
    const answers = await generate(t, temporaryFolder(t), name, [
      '--prompts',
      prompts,
      '--max-new-tokens',
      '24',
    ]);
    t.is(answers.length, 48);
    t.deepEqual(answers[1]?.completion_ids, wanted);
    const lines = readFileSync(prompts, 'utf8').trim().split('\n');
    t.deepEqual(
      answers.map(({prompt}) => prompt),
      lines.map((line) => z.object({prompt: z.string()}).parse(JSON.parse(line)).prompt),
    );
    const tokenizer = await loadTokenizer(goldenPath(name));
    for (const {completion, completion_ids, finish_reason} of answers) {
      t.is(completion, tokenizer.decode(completion_ids));
      const ended = tokenizer.endTokenIds.includes(completion_ids.at(-1) ?? -1);
      t.is(finish_reason, ended ? 'stop' : 'length');
      t.true(finish_reason === 'stop' || completion_ids.length === 24);
    }
  });
}

test('samples depend on the seed and on their prompt, not on what else is written at once', async (t) => {
  const cwd = temporaryFolder(t);
  const conversation = [
    {role: 'system', content: 'Be brief.'},
    {role: 'user', content: 'Hello'},
    {role: 'assistant', content: 'Hi.'},
    {role: 'user', content: 'And now?'},
  ];
  const rows = [{prompt: 'one'}, {prompt: conversation}, {prompt: 'three'}];
  writeFileSync(join(cwd, 'prompts.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  const sampled = ['--prompts', 'prompts.jsonl', '--max-new-tokens', '12', '--temperature', '0.8'];
  const several = [...sampled, '--samples', '3', '--top-p', '0.9', '--seed', '5'];
  const first = await generate(t, cwd, 'llama', [...several, '--batch', '2']);
  t.deepEqual(
    first.map(({prompt, sample}) => [prompt, sample]),
    rows.flatMap(({prompt}) => [0, 1, 2].map((sample) => [prompt, sample])),
  );
  t.deepEqual(await generate(t, cwd, 'llama', [...several, '--batch', '9']), first);
  t.notDeepEqual(await generate(t, cwd, 'llama', [...several, '--seed', '6']), first);
});
