/** Model folders made by somebody who means harm: each ends in one line that names the file, and nothing else is read, waited for or copied. */
import {execFileSync} from 'node:child_process';
import {cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../runtime/errors.js';
import {loadAdapter} from '../../runtime/model/files/adapter.js';
import {readModelConfig} from '../../runtime/model/files/config.js';
import {digest} from '../../runtime/model/files/folder.js';
import {loadCheckpoint, saveCheckpoint} from '../../runtime/model/files/model-checkpoint.js';
import {openWeights} from '../../runtime/model/files/weights.js';
import {tryModelText} from '../../runtime/model/trial/trial.js';
import {goldenPath} from '../helpers/goldens.js';
import {anchorage} from '../helpers/process.js';
import {temporaryFolder} from '../helpers/temporary.js';

/** A folder of a good model, to be spoilt. */
const modelFolder = (t: ExecutionContext): string => {
  const folder = join(temporaryFolder(t), 'model');
  cpSync(goldenPath('llama'), folder, {recursive: true});
  return folder;
};
const withJson = (file: string, change: (content: Record<string, unknown>) => object): void =>
  writeFileSync(
    file,
    JSON.stringify({
      ...JSON.parse(readFileSync(file, 'utf8')),
      ...change(JSON.parse(readFileSync(file, 'utf8'))),
    }),
  );

const lineOf = async (t: ExecutionContext, work: Promise<unknown>): Promise<string> => {
  const error = await t.throwsAsync(work, {instanceOf: TerminalError});
  const line = error?.message ?? '';
  t.false(line.includes('\n'), line);
  return line;
};

const files = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'generation_config.json',
  'chat_template.jinja',
  'model.safetensors',
];

for (const file of files) {
  test(`a pipe, a device and a folder in the place of ${file} are named, and not waited for`, async (t) => {
    for (const put of [(path: string) => execFileSync('mkfifo', [path]), (path: string) => mkdirSync(path)]) {
      const folder = modelFolder(t);
      rmSync(join(folder, file));
      put(join(folder, file));
      const line = await lineOf(t, loadCheckpoint(folder));
      t.true(line.startsWith(`${join(folder, file)}: not a file, but a folder, pipe or device`), line);
    }
    const folder = modelFolder(t);
    rmSync(join(folder, file));
    symlinkSync('/dev/zero', join(folder, file));
    const line = await lineOf(t, loadCheckpoint(folder));
    t.true(line.startsWith(`${join(folder, file)}: a link that leaves its folder, to /dev/zero`), line);
  });
}

test('a link that leaves the folder is refused, and its file is not in what is saved', async (t) => {
  const folder = modelFolder(t);
  const model = await loadCheckpoint(folder);
  const secret = join(temporaryFolder(t), 'secret');
  writeFileSync(secret, 'the words of a key');
  // Nothing of the model is read from it: it is only copied along.
  symlinkSync(secret, join(folder, 'special_tokens_map.json'));
  const saved = join(temporaryFolder(t), 'saved');
  const line = await lineOf(t, saveCheckpoint(saved, model, model.weights));
  t.regex(
    line,
    /special_tokens_map\.json: a link that leaves its folder, to .*secret; copy the file itself there/,
  );
  t.throws(() => readdirSync(saved), {code: 'ENOENT'});
});

test('links within the folder, and those of a Hugging Face cache to its own blobs, are followed', async (t) => {
  const cache = join(temporaryFolder(t), 'models--a--b');
  const snapshot = join(cache, 'snapshots', 'f00d');
  mkdirSync(snapshot, {recursive: true});
  cpSync(goldenPath('llama'), join(cache, 'blobs'), {recursive: true});
  for (const name of readdirSync(join(cache, 'blobs')))
    symlinkSync(join('../../blobs', name), join(snapshot, name));
  const model = await loadCheckpoint(snapshot);
  t.is(model.config.layerCount, 2);
  // As of a data set, whose files lie in a folder of the snapshot.
  const data = join(snapshot, 'data');
  mkdirSync(data);
  symlinkSync('../../../blobs/config.json', join(data, 'train.jsonl'));
  t.is(await digest(join(data, 'train.jsonl')), await digest(goldenPath('llama/config.json')));

  const folder = modelFolder(t);
  cpSync(join(folder, 'tokenizer.json'), join(folder, 'other.json'));
  rmSync(join(folder, 'tokenizer.json'));
  symlinkSync('other.json', join(folder, 'tokenizer.json'));
  await t.notThrowsAsync(loadCheckpoint(folder));

  // A folder that is only called so, whose blobs lie elsewhere.
  const elsewhere = temporaryFolder(t);
  cpSync(goldenPath('llama'), elsewhere, {recursive: true});
  rmSync(join(cache, 'blobs'), {recursive: true});
  symlinkSync(elsewhere, join(cache, 'blobs'));
  t.regex(await lineOf(t, loadCheckpoint(snapshot)), /config\.json: a link that leaves its folder/);
});

test('sizes that the tensors do not have are refused before anything is made of them', async (t) => {
  const sizes = {
    num_hidden_layers: [1e9, /config\.json: "num_hidden_layers": Too big/],
    hidden_size: [2 ** 40, /config\.json: "hidden_size": Too big/],
    vocab_size: [
      1e9,
      /model\.safetensors: tensor "model\.embed_tokens\.weight" is float32 \[512,64\]; config\.json asks for/,
    ],
    intermediate_size: [1e9, /tensor "model\.layers\.0\.mlp\.gate_proj\.weight" is float32/],
  } as const;
  for (const [field, [value, line]] of Object.entries(sizes)) {
    const folder = modelFolder(t);
    withJson(join(folder, 'config.json'), () => ({[field]: value}));
    const open = async () => openWeights(folder, await readModelConfig(folder));
    t.regex(await lineOf(t, open()), line);
  }
  const folder = modelFolder(t);
  withJson(join(folder, 'config.json'), () => ({num_hidden_layers: 9_999}));
  t.regex(
    await lineOf(t, loadCheckpoint(folder)),
    /tensor "model\.layers\.2\..*" is missing; config\.json asks for it/,
  );
});

test('headers of safetensors files that lie about what follows are refused', async (t) => {
  const header = (json: string, length = Buffer.byteLength(json)): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(length));
    return Buffer.concat([bytes, Buffer.from(json)]);
  };
  const tensor = (shape: readonly number[], begin: number, end: number) => ({
    dtype: 'F32',
    shape,
    data_offsets: [begin, end],
  });
  const lies: readonly (readonly [string, Buffer])[] = [
    ['a length beyond the file', header('{}', 2 ** 40)],
    ['a length of 2^64 - 1', Buffer.concat([Buffer.alloc(8, 0xff), Buffer.from('{}')])],
    ['offsets below 0', header(JSON.stringify({a: tensor([1], -4, 0)}))],
    ['an end before its beginning', header(JSON.stringify({a: tensor([1], 8, 4)}))],
    ['offsets beyond the file', header(JSON.stringify({a: tensor([1e9], 0, 4e9)}))],
    [
      'tensors over each other',
      Buffer.concat([header(JSON.stringify({a: tensor([2], 0, 8), b: tensor([1], 4, 8)})), Buffer.alloc(8)]),
    ],
    [
      'a shape whose size overflows',
      Buffer.concat([header(JSON.stringify({a: tensor([2 ** 50, 2 ** 50], 0, 4)})), Buffer.alloc(4)]),
    ],
    ['brackets without an end', header('['.repeat(17 * 1024 * 1024))],
  ];
  for (const [what, bytes] of lies) {
    const folder = modelFolder(t);
    const path = join(folder, 'model.safetensors');
    writeFileSync(path, bytes);
    const line = await lineOf(t, loadCheckpoint(folder));
    t.true(line.startsWith(`${path}: `), `${what}: ${line}`);
  }
});

test('JSON that is nested without end is named, whichever file it stands in', async (t) => {
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  for (const file of ['config.json', 'tokenizer.json', 'generation_config.json', 'tokenizer_config.json']) {
    const folder = modelFolder(t);
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace('{', `{"odd": ${nested},`));
    t.regex(await lineOf(t, loadCheckpoint(folder)), /\.json: over 900 levels of lists and objects; /);
  }
});

test('a value of megabytes is not repeated whole', async (t) => {
  const folder = modelFolder(t);
  withJson(join(folder, 'config.json'), () => ({model_type: 'x'.repeat(5_000_000)}));
  const line = await lineOf(t, loadCheckpoint(folder));
  t.true(line.length < 10_000);
  t.regex(line, /^\S+config\.json: "model_type" is "x+.*supported are llama, mistral, qwen2, qwen3$/);
});

test('an adapter folder is held to the same', async (t) => {
  const config = await readModelConfig(goldenPath('llama'));
  for (const name of ['adapter_config.json', 'adapter_model.safetensors']) {
    const folder = join(temporaryFolder(t), 'adapter');
    cpSync(goldenPath('lora-trained'), folder, {recursive: true});
    rmSync(join(folder, name));
    execFileSync('mkfifo', [join(folder, name)]);
    const line = await lineOf(t, loadAdapter(folder, config));
    t.true(line.startsWith(`${join(folder, name)}: not a file`), line);
  }
});

const endless: Record<string, readonly [spoil: (folder: string) => void, line: RegExp]> = {
  'a pattern that backtracks for ever': [
    (folder) =>
      withJson(join(folder, 'tokenizer.json'), () => ({
        normalizer: {type: 'Replace', pattern: {Regex: '(x+x+)+y'}, content: 'b'},
      })),
    /tokenizer\.json: encoding a few words takes over 6 s of processor time; /,
  ],
  'a template that loops for ever': [
    (folder) =>
      writeFileSync(
        join(folder, 'chat_template.jinja'),
        '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}',
      ),
    /chat_template\.jinja: the chat template fails: it takes over 5000000 operations; /,
  ],
  'a template that writes for ever': [
    (folder) =>
      writeFileSync(
        join(folder, 'chat_template.jinja'),
        '{% for i in range(20000) %}{{ "0123456789" }}{% endfor %}',
      ),
    /the chat template makes \d+ characters of 26; /,
  ],
  'a template that doubles': [
    (folder) =>
      writeFileSync(
        join(folder, 'chat_template.jinja'),
        '{% set ns = namespace(s="0123456789") %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s }}',
      ),
    /chat_template\.jinja: the chat template fails: a text of over 67108864 characters; /,
  ],
};

for (const [what, [spoil, line]] of Object.entries(endless)) {
  test(`${what} is ended, in one line`, async (t) => {
    const folder = modelFolder(t);
    spoil(folder);
    // Only what has no end of its own is ended by what it takes.
    const limit = line.source.includes('takes over 6 s') ? {limitMs: 6_000} : {};
    t.regex(await lineOf(t, tryModelText(folder, {format: 'chat', ...limit})), line);
  });
}

test('a good model is tried without a word', async (t) => {
  t.deepEqual(await tryModelText(goldenPath('llama'), {format: 'chat'}), {hasTemplate: true});
});

test('a tokenizer whose tokens the model does not have is another model’s', async (t) => {
  const folder = modelFolder(t);
  withJson(join(folder, 'config.json'), () => ({vocab_size: 60}));
  for (const format of ['chat', 'plain'] as const)
    t.regex(
      await lineOf(t, tryModelText(folder, {format})),
      /tokenizer\.json: gives token \d+ and config\.json's "vocab_size" is 60; use the model's own tokenizer$/,
    );
});

test('merge, and start on a machine with a model of its own, try it too', async (t) => {
  const folder = modelFolder(t);
  withJson(join(folder, 'config.json'), () => ({vocab_size: 60}));
  const cwd = temporaryFolder(t);
  writeFileSync(
    join(cwd, 'fleet.yaml'),
    `prompts: {demo: true, count: 64}
policy: {model: ${folder}, maxPromptTokens: 64, maxCompletionTokens: 64}
objective: {name: apo_zero, learningRate: 1.0e-5}
training: {steps: 4}
endpoints: {teacher: {demo: true}}
actors: {reviser: {endpoint: teacher, model: reviser}}
`,
  );
  for (const command of [
    ['merge', '--model', folder, '--adapter', goldenPath('lora-trained'), '--out', 'merged'],
    // Before anything is asked of a server: none is there.
    ['start', 'sampler', '--fleet', 'fleet.yaml', '--run', 'first', '--nats', 'nats://127.0.0.1:1'],
  ]) {
    const {code, stderr} = await anchorage(t, command, {cwd});
    t.is(code, 1);
    t.regex(stderr, /^[^\n]*tokenizer\.json: gives token \d+ and [^\n]* "vocab_size" is 60; [^\n]*\n$/);
  }
});

test('the offline commands try a model before they load it', async (t) => {
  const folder = modelFolder(t);
  const template = '{% for i in range(20000) %}{{ "0123456789" }}{% endfor %}';
  writeFileSync(join(folder, 'chat_template.jinja'), template);
  const pairs = goldenPath('pairs.jsonl');
  const {code, stderr} = await anchorage(t, [
    'logps',
    '--model',
    folder,
    '--pairs',
    pairs,
    '--out',
    'never.jsonl',
  ]);
  t.is(code, 1);
  t.regex(stderr, new RegExp(`^${folder}: the chat template makes 200000 characters of 26; .*\\n$`));
});
