/** Pairs files as tokens: against those that TRL and transformers made, and what becomes of pairs that cannot be trained on. */
import {cp, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import * as z from 'zod';
import {TerminalError} from '../../../../runtime/errors.js';
import {encodePairsFile, refusalText} from '../../../../runtime/learning/pairs/encoded-pairs.js';
import {loadTokenizer, type Tokenizer} from '../../../../runtime/model/text/tokenizer.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {goldenPath, goldenTokens} from '../../../helpers/goldens.js';
import {temporaryFile, temporaryFolder} from '../../../helpers/temporary.js';

const sourceOf = (path: string) => ({path, keys: '--'}) as const;
const chat = {format: 'chat', maxPromptTokens: 512, maxCompletionTokens: 512, maxPositions: 1024} as const;
const llama = () => loadTokenizer(goldenPath('llama'));

/** The tokenizer of the goldens with another chat template. */
const withTemplate = async (t: ExecutionContext, template: string | null): Promise<Tokenizer> => {
  if (template === null) return llama();
  const folder = temporaryFolder(t);
  await cp(goldenPath('llama'), folder, {recursive: true});
  await writeFile(join(folder, 'chat_template.jinja'), template);
  return loadTokenizer(folder);
};

const pairsFile = (t: ExecutionContext, rows: readonly unknown[]): string =>
  temporaryFile(t, 'pairs.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

const ids = z.array(z.int());
const fixtureSchema = z.object({
  templates: z.record(z.string(), z.string().nullable()),
  cases: z.array(
    z.object({
      name: z.string(),
      template: z.string(),
      row: z.record(z.string(), z.unknown()),
      prompt_ids: ids,
      chosen_ids: ids,
      rejected_ids: ids,
    }),
  ),
});

test('every form of a pair is encoded as by TRL', async (t) => {
  const path = join(packageRoot, 'test/fixtures/pairs/trl-tokenization.json');
  const {templates, cases} = fixtureSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  t.is(cases.length, 19);
  for (const {name, template, row, ...expected} of cases) {
    const tokenizer = await withTemplate(t, templates[template] ?? null);
    // TRL puts strings through no template.
    const format = name.includes('strings') ? 'plain' : 'chat';
    const {pairs} = await encodePairsFile(sourceOf(pairsFile(t, [row])), tokenizer, {...chat, format});
    const [pair] = pairs;
    const title = `${template}: ${name}`;
    t.deepEqual([...(pair?.promptIds ?? [])], expected.prompt_ids, title);
    t.deepEqual([...(pair?.chosenIds ?? [])], expected.chosen_ids, title);
    t.deepEqual([...(pair?.rejectedIds ?? [])], expected.rejected_ids, title);
  }
});

test('The template is given what a line and the options say, the line first, and tools that are none as none', async (t) => {
  const tokenizer = await withTemplate(
    t,
    '{{ tools is not none }}{{ tools | tojson }}{{ thinks }}{{ style }}{% for m in messages %}{{ m.content }}{% endfor %}',
  );
  const row = {prompt: 'p', chosen: 'c', rejected: 'r'};
  const promptOf = async (more: object) => {
    const file = pairsFile(t, [{...row, ...more}]);
    const {pairs} = await encodePairsFile(sourceOf(file), tokenizer, {
      ...chat,
      chatTemplate: {thinks: true, style: 's'},
    });
    return tokenizer.decode([...(pairs[0]?.promptIds ?? [])]);
  };
  t.is(await promptOf({}), 'FalsenullTruesp');
  t.is(
    await promptOf({chat_template_kwargs: {thinks: false}, tools: '[{"a": 1.0}]'}),
    'True[{"a": 1.0}]Falsesp',
  );
});

test('the pairs of the goldens are encoded as by TRL, in file order', async (t) => {
  const {pairs, refused, cut, longest} = await encodePairsFile(
    sourceOf(goldenPath('pairs.jsonl')),
    await llama(),
    chat,
  );
  const expected = await goldenTokens();
  t.deepEqual(
    pairs.map(({promptIds, chosenIds, rejectedIds}) => [[...promptIds], [...chosenIds], [...rejectedIds]]),
    expected.map(({promptIds, chosenIds, rejectedIds}) => [[...promptIds], [...chosenIds], [...rejectedIds]]),
  );
  t.deepEqual(refused, []);
  t.deepEqual(cut, {prompts: 0, completions: 0});
  const lengths = expected.map(
    ({promptIds, chosenIds, rejectedIds}) =>
      promptIds.length + Math.max(chosenIds.length, rejectedIds.length),
  );
  t.is(longest, Math.max(...lengths));
});

test('what is longer than its limit is cut and counted: prompts at their beginning, completions at their end', async (t) => {
  const tokenizer = await llama();
  const file = pairsFile(t, [
    {prompt: 'hello', chosen: 'aaaaa', rejected: 'aa'},
    {prompt: 'M', chosen: 'aa', rejected: 'aaaa'},
    {prompt: 'h', chosen: 'e', rejected: 'e'},
  ]);
  const limits = {...chat, format: 'plain', maxPromptTokens: 2, maxCompletionTokens: 3} as const;
  const {pairs, cut, merged} = await encodePairsFile(sourceOf(file), tokenizer, limits);
  const end = tokenizer.endTokenIds[0];
  t.deepEqual(
    pairs.map(({promptIds, chosenIds, rejectedIds}) => [[...promptIds], [...chosenIds], [...rejectedIds]]),
    [
      [
        [81, 84],
        [70, 70, 70],
        [70, 70, end],
      ],
      [tokenizer.encode('M'), [70, 70, end], [70, 70, 70]],
      [[0], [267, end], [267, end]],
    ],
  );
  t.is(merged, 1);
  t.deepEqual(cut, {prompts: 1, completions: 2});
});

test('pairs without an answer or a question are refused and named, and the others remain', async (t) => {
  const good = {prompt: 'a', chosen: 'b', rejected: 'c'};
  const file = pairsFile(t, [
    {...good, chosen: ' '},
    good,
    {...good, rejected: ''},
    {...good, prompt: [{role: 'user', content: ''}]},
    {...good, chosen: ''},
    {chosen: 'x', rejected: 'y'},
  ]);
  const {pairs, refused} = await encodePairsFile(sourceOf(file), await llama(), chat);
  t.deepEqual(
    pairs.map(({line}) => line),
    [2],
  );
  t.is(
    refusalText(refused),
    '5 refused: chosen is empty (line 1, 5); rejected is empty (line 3); the prompt is empty (line 4, 6)',
  );
});

test('a file without a pair that can be trained on is refused', async (t) => {
  const tokenizer = await llama();
  const none = pairsFile(t, []);
  await t.throwsAsync(encodePairsFile(sourceOf(none), tokenizer, chat), {
    instanceOf: TerminalError,
    message: `${none}: holds no pairs; write one JSON object on each line`,
  });
  const empty = pairsFile(t, [
    {prompt: 'a', chosen: '', rejected: 'c'},
    {prompt: 'a', chosen: 'b', rejected: ''},
  ]);
  await t.throwsAsync(encodePairsFile(sourceOf(empty), tokenizer, chat), {
    instanceOf: TerminalError,
    message: `${empty}: holds no pair that can be trained on: line 1: chosen is empty, and 1 more`,
  });
});

test('messages in the plain format, and more tokens than the model can place, are refused by their line', async (t) => {
  const tokenizer = await llama();
  const turns = pairsFile(t, [{prompt: [{role: 'user', content: 'a'}], chosen: 'b', rejected: 'c'}]);
  await t.throwsAsync(encodePairsFile(sourceOf(turns), tokenizer, {...chat, format: 'plain'}), {
    instanceOf: TerminalError,
    message: `${turns}:1: holds messages, which need the chat template: do without plain, or with a model that has one`,
  });
  const long = pairsFile(t, [{prompt: 'M', chosen: 'b', rejected: 'c'.repeat(40)}]);
  await t.throwsAsync(
    encodePairsFile(sourceOf(long), tokenizer, {...chat, format: 'plain', maxPositions: 32}),
    {
      instanceOf: TerminalError,
      message: `${long}:1: 43 tokens are beyond the model's 32 positions; lower --max-prompt-tokens or --max-completion-tokens`,
    },
  );
});
