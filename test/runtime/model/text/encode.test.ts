/** Tokens of prompts and completions, against those that TRL made. */
import {cp, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import * as z from 'zod';
import {TerminalError} from '../../../../runtime/errors.js';
import {
  encodeCompletion,
  encodePair,
  encodePrompt,
  encoding,
  sampledText,
} from '../../../../runtime/model/text/encode.js';
import {loadTokenizer} from '../../../../runtime/model/text/tokenizer.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {goldenPath, goldenTokens, readGolden} from '../../../helpers/goldens.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const limits = {maxPromptTokens: 512, maxCompletionTokens: 512};
const chat = {format: 'chat', ...limits} as const;
const plain = {format: 'plain', ...limits} as const;
const llama = () => loadTokenizer(goldenPath('llama'));

test('texts are encoded and decoded as by transformers', async (t) => {
  const tokenizer = await llama();
  const {plain: cases} = await readGolden(
    'tokenization.json',
    z.object({plain: z.array(z.object({text: z.string(), ids: z.array(z.int()), decoded: z.string()}))}),
  );
  t.is(cases.length, 9);
  for (const {text, ids, decoded} of cases) {
    t.deepEqual(tokenizer.encode(text), ids, JSON.stringify(text));
    t.is(tokenizer.decode(ids), decoded);
  }
});

test('all 48 pairs are encoded by the chat template as by TRL', async (t) => {
  const tokenizer = await llama();
  const lines = (await readFile(goldenPath('pairs.jsonl'), 'utf8')).trim().split('\n');
  const expected = await goldenTokens();
  t.is(lines.length, expected.length);
  const schema = z.object({prompt: z.string(), chosen: z.string(), rejected: z.string()});
  for (const [index, line] of lines.entries()) {
    const {prompt, chosen, rejected} = schema.parse(JSON.parse(line));
    t.deepEqual(encodePrompt(tokenizer, prompt, chat), expected[index]?.promptIds);
    const {promptIds, chosenIds, rejectedIds} = expected[index] ?? {};
    t.deepEqual<unknown, unknown>(encodeCompletion(tokenizer, prompt, chosen, chat), {
      promptIds,
      completionIds: chosenIds,
    });
    t.deepEqual<unknown, unknown>(encodeCompletion(tokenizer, prompt, rejected, chat), {
      promptIds,
      completionIds: rejectedIds,
    });
  }
});

test('a plain completion follows one BOS and ends with one end token', async (t) => {
  const tokenizer = await llama();
  t.deepEqual(encodePrompt(tokenizer, 'hello', plain), [0, 267, 81, 81, 84]);
  t.deepEqual(encodeCompletion(tokenizer, 'hello', ' code', plain), {
    promptIds: [0, 267, 81, 81, 84],
    completionIds: [...tokenizer.encode(' code', {specialTokens: false}), 4],
  });
});

test('tokens that merge across the border belong to the completion, as in TRL', async (t) => {
  const tokenizer = await llama();
  // The values are transformers' and TRL's common_prefix_length.
  t.deepEqual(encodePrompt(tokenizer, 'h', plain), [0, 77]);
  t.deepEqual(encodeCompletion(tokenizer, 'h', 'e', plain), {promptIds: [0], completionIds: [267, 4]});
});

test('a pair is cut where the prompt parts from either of its sides', async (t) => {
  const tokenizer = await llama();
  const pair = encodePair(tokenizer, {prompt: 'h', chosen: 'e', rejected: 'a'}, plain);
  t.deepEqual(pair, {
    promptIds: [0],
    chosenIds: [267, 4],
    rejectedIds: [...tokenizer.encode('ha', {specialTokens: false}), 4],
    isCut: {prompt: false, chosen: false, rejected: false},
    mergedTokens: 1,
  });
  t.is(encodePair(tokenizer, {prompt: 'M', chosen: 'aa', rejected: 'b'}, plain).mergedTokens, 0);
});

test('a sampled completion is told from one whose text is encoded as other tokens', async (t) => {
  const tokenizer = await llama();
  const sampled = (ids: number[]) => ({completionIds: ids, text: tokenizer.decode(ids.slice(0, -1))});
  const he = sampled([...tokenizer.encode('he', {specialTokens: false}), 4]);
  t.deepEqual(sampledText(tokenizer, 'M', he, chat), {text: 'he', isExact: true});
  const apart = sampled([...tokenizer.encode('h'), ...tokenizer.encode('e'), 4].filter((id) => id !== 0));
  t.deepEqual(sampledText(tokenizer, 'M', apart, chat), {text: 'he', isExact: false});
});

test('a sampled side of a pair keeps its own tokens, and ends as the template ends the other', async (t) => {
  const tokenizer = await llama();
  const texts = {prompt: 'M', chosen: 'she', rejected: 'he'};
  const [h = 0, e = 0] = ['h', 'e'].map((letter) => tokenizer.encode(letter, {specialTokens: false})[0]);
  const ofText = encodePair(tokenizer, texts, chat);
  const end = ofText.rejectedIds.at(-1) ?? 0;
  // Otherwise the two cases below would be the same.
  t.notDeepEqual([...ofText.rejectedIds], [h, e, end]);
  const apart = encodePair(tokenizer, {...texts, sampled: {chosenIds: [], rejectedIds: [h, e, end]}}, chat);
  t.deepEqual<unknown, unknown>(apart, {...ofText, rejectedIds: [h, e, end]});
  const same = {chosenIds: [], rejectedIds: [...ofText.rejectedIds]};
  t.deepEqual(encodePair(tokenizer, {...texts, sampled: same}, chat), ofText);
  const cut = {chosenIds: [h, e], rejectedIds: []};
  t.deepEqual<unknown, unknown>(
    encodePair(tokenizer, {...texts, sampled: cut}, {...chat, maxCompletionTokens: 2}),
    {
      ...ofText,
      chosenIds: [h, e],
      rejectedIds: ofText.rejectedIds.slice(0, 2),
      isCut: {prompt: false, chosen: false, rejected: ofText.rejectedIds.length > 2},
    },
  );
});

test('an answer that was cut off is trained on without an end, however short it is', async (t) => {
  const tokenizer = await llama();
  const ids = (text: string) => tokenizer.encode(text, {specialTokens: false});
  const texts = {prompt: 'M', chosen: 'she', rejected: 'he'};
  const whole = encodePair(tokenizer, texts, chat);
  const [h = 0, e = 0] = ['h', 'e'].map((letter) => ids(letter)[0]);
  // As the text is encoded, and otherwise.
  for (const cut of [ids('he'), [h, e]])
    t.deepEqual<unknown, unknown>(
      encodePair(tokenizer, {...texts, sampled: {chosenIds: [], rejectedIds: cut}}, chat),
      {...whole, rejectedIds: cut},
    );
});

test('what a template writes after an answer follows a sampled one too', async (t) => {
  const tokenizer = await llama();
  const [h = 0, e = 0, line = 0] = ['h', 'e', '\n'].map(
    (letter) => tokenizer.encode(letter, {specialTokens: false})[0],
  );
  // As SmolLM2's and Qwen's templates do: a line end after the end token, which the policy does not write.
  const withLineEnd = {
    ...tokenizer,
    renderChat: (...args: Parameters<NonNullable<typeof tokenizer.renderChat>>) => {
      const text = tokenizer.renderChat?.(...args) ?? '';
      return args[1] ? text : `${text}\n`;
    },
  };
  const texts = {prompt: 'M', chosen: 'she', rejected: 'he'};
  const end = encodePair(tokenizer, texts, chat).rejectedIds.at(-1) ?? 0;
  const sampled = {chosenIds: [], rejectedIds: [h, e, end]};
  const {chosenIds, rejectedIds} = encodePair(withLineEnd, {...texts, sampled}, chat);
  t.deepEqual(rejectedIds, [h, e, end, line]);
  t.deepEqual(chosenIds.slice(-2), [end, line]);
});

test('the space that a template writes before an answer is no part of the answer', async (t) => {
  const folder = temporaryFolder(t);
  await cp(goldenPath('llama'), folder, {recursive: true});
  await writeFile(
    join(folder, 'chat_template.jinja'),
    "{% for m in messages %}{% if m.role == 'user' %}[{{ m.content }}]{% else %} {{ m.content }}{{ eos_token }}{% endif %}{% endfor %}",
  );
  const tokenizer = await loadTokenizer(folder);
  const completionIds = [...tokenizer.encode(' code', {specialTokens: false}), 4];
  t.deepEqual(sampledText(tokenizer, 'M', {completionIds, text: ' code'}, chat), {
    text: 'code',
    isExact: true,
  });
});

test('long prompts keep their end, long completions their beginning', async (t) => {
  const tokenizer = await llama();
  const limited = {format: 'plain', maxPromptTokens: 2, maxCompletionTokens: 3} as const;
  t.deepEqual(encodePrompt(tokenizer, 'hello', limited), [81, 84]);
  t.deepEqual(encodeCompletion(tokenizer, 'hello', 'aaaaa', limited), {
    promptIds: [81, 84],
    completionIds: [70, 70, 70],
  });
});

test('the tokenizer names the ids that begin a text, end a completion and fill rows', async (t) => {
  const tokenizer = await llama();
  t.deepEqual(tokenizer.encode('').slice(0, 1), [tokenizer.beginTokenId ?? -1]);
  t.deepEqual(tokenizer.endTokenIds, [4]);
  t.is(tokenizer.padTokenId, 5);
});

test('a token that the model has no embedding of is refused, and never fills rows', async (t) => {
  const folder = temporaryFolder(t);
  await cp(goldenPath('llama'), folder, {recursive: true});
  const config: unknown = JSON.parse(await readFile(goldenPath('llama/config.json'), 'utf8'));
  await writeFile(join(folder, 'config.json'), JSON.stringify(Object.assign({}, config, {vocab_size: 5})));
  const tokenizer = await loadTokenizer(folder);
  t.is(tokenizer.padTokenId, 4);
  t.throws(() => tokenizer.encode('hello'), {
    instanceOf: TerminalError,
    message: /tokenizer\.json: gives token 267 and config\.json's "vocab_size" is 5/,
  });
});

test('several end tokens are taken from generation_config.json', async (t) => {
  const folder = temporaryFolder(t);
  await cp(goldenPath('llama'), folder, {recursive: true});
  await writeFile(join(folder, 'generation_config.json'), '{"eos_token_id": [1, 4]}');
  t.deepEqual((await loadTokenizer(folder)).endTokenIds, [4, 1]);
});

test('a template may be a field of tokenizer_config.json, as older folders have it', async (t) => {
  const folder = temporaryFolder(t);
  for (const name of ['config.json', 'tokenizer.json'])
    await cp(goldenPath(`llama/${name}`), join(folder, name));
  const template = await readFile(goldenPath('llama/chat_template.jinja'), 'utf8');
  const names: unknown = JSON.parse(await readFile(goldenPath('llama/tokenizer_config.json'), 'utf8'));
  const bos = {content: '<|begin_of_text|>', lstrip: false};
  const older = Object.assign({}, names, {bos_token: bos, chat_template: template});
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify(older));
  const tokenizer = await loadTokenizer(folder);
  t.deepEqual(encodePrompt(tokenizer, 'hi', chat), encodePrompt(await llama(), 'hi', chat));
});

test('chat without a template, and a template that fails, are refused with the remedy', async (t) => {
  const folder = temporaryFolder(t);
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    await cp(goldenPath(`llama/${name}`), join(folder, name));
  }
  const bare = await loadTokenizer(folder);
  t.throws(() => encodePrompt(bare, 'hi', chat), {
    instanceOf: TerminalError,
    message: /no chat template.*plain/,
  });
  await writeFile(join(folder, 'chat_template.jinja'), '{% for m in messages %}');
  await t.throwsAsync(loadTokenizer(folder), {
    instanceOf: TerminalError,
    message: /chat_template\.jinja: .* fails/,
  });
  await writeFile(join(folder, 'chat_template.jinja'), '{{ raise_exception("no users here") }}');
  const raising = await loadTokenizer(folder);
  t.throws(() => encodePrompt(raising, 'hi', chat), {instanceOf: TerminalError, message: /no users here/});
});

test('a template that rewrites an answered prompt is refused', async (t) => {
  const folder = temporaryFolder(t);
  await cp(goldenPath('llama'), folder, {recursive: true});
  await writeFile(join(folder, 'chat_template.jinja'), '{{ messages | length }}{{ messages[0].content }}');
  const tokenizer = await loadTokenizer(folder);
  t.throws(() => encodeCompletion(tokenizer, 'hi', 'ho', chat), {
    instanceOf: TerminalError,
    message: /differently/,
  });
});

test('a damaged tokenizer.json is refused by name', async (t) => {
  const folder = temporaryFolder(t);
  await cp(goldenPath('llama'), folder, {recursive: true});
  await writeFile(join(folder, 'tokenizer.json'), '{"model": {"type": "Telepathy"}, "added_tokens": []}');
  await t.throwsAsync(loadTokenizer(folder), {
    instanceOf: TerminalError,
    message: /tokenizer\.json: model: "Telepathy" is not supported/,
  });
});

test('a completion is decoded after its prompt, where a decoder drops the first space of all', async (t) => {
  const folder = temporaryFolder(t);
  const {tokenizers} = z
    .object({tokenizers: z.array(z.object({name: z.string(), tokenizer: z.unknown()}))})
    .parse(JSON.parse(await readFile(join(packageRoot, 'test/fixtures/tokenizers/tokenizers.json'), 'utf8')));
  const {tokenizer: contents} = tokenizers.find(({name}) => name.includes('Llama 2')) ?? {};
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(contents));
  await writeFile(join(folder, 'tokenizer_config.json'), '{"bos_token": "<s>", "eos_token": "</s>"}');
  await writeFile(join(folder, 'config.json'), '{"vocab_size": 1000}');
  const tokenizer = await loadTokenizer(folder);
  const promptIds = tokenizer.encode('the side', {specialTokens: false});
  const ids = tokenizer.encode('the side the é', {specialTokens: false}).slice(promptIds.length);
  t.is(tokenizer.decode(ids), 'the é');
  t.is(tokenizer.decode(ids, promptIds), ' the é');
  // Bytes that are no character would spoil the prompt's last one.
  const bytes = tokenizer.encode('ü', {specialTokens: false});
  t.is(tokenizer.decode(bytes.slice(-1), bytes), '\ufffd');
});

test('a text with a token that the model lacks is odd; where nothing can be encoded, that is thrown', async (t) => {
  const folder = temporaryFolder(t);
  await cp(goldenPath('llama'), folder, {recursive: true});
  const path = join(folder, 'tokenizer.json');
  const file = JSON.parse(await readFile(path, 'utf8'));
  // As of a tokenizer that was given a token for padding, whose model has no embedding of it.
  const added = {...file.added_tokens[0], id: 512, content: '[PAD]'};
  await writeFile(path, JSON.stringify({...file, added_tokens: [...file.added_tokens, added]}));
  const tokenizer = await loadTokenizer(folder);
  const of = (prompt: string) => encoding(tokenizer, chat, () => encodePrompt(tokenizer, prompt, chat));
  t.is(of('hello').kind, 'encoded');
  const odd = of('hello [PAD]');
  t.regex(odd.kind === 'odd' ? odd.detail : '', /gives token 512 and config\.json's "vocab_size" is 512/);

  const {renderChat: _, ...bare} = tokenizer;
  const ask = () => encoding(bare, chat, () => encodePrompt(bare, 'hello', chat));
  t.throws(ask, {instanceOf: TerminalError, message: /no chat template/});
});
