/** `anchorage push` and names on the Hub, as a person types them, against the stand-in. */
import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {homedir, hostname} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {demoPolicyFolder} from '../../../../runtime/fleet/file/load.js';
import {goldenPath} from '../../../helpers/goldens.js';
import {HUB_TOKEN} from '../../../helpers/hub/hub-server.js';
import {withHub} from '../../../helpers/hub/with-hub.js';
import {anchorage} from '../../../helpers/process.js';
import {runFolderOf} from '../../../helpers/run-folder.js';
import {temporaryFolder} from '../../../helpers/temporary.js';
import {typed} from '../../../helpers/typed.js';

const fleet = {
  policy: {model: `/home/somebody/.cache/huggingface/hub/models--org--base/snapshots/${'a'.repeat(40)}`},
  prompts: {file: '/home/somebody/secret-prompts.jsonl', count: 9},
  objective: {name: 'apo_zero', learningRate: 1e-5},
  training: {steps: 4, lora: {rank: 4}},
  endpoints: {teacher: {baseUrl: 'http://10.0.0.7:8000/v1'}},
  actors: {reviser: {endpoint: 'teacher', model: 'strong-model'}},
};

test('An adapter of a run is pushed alone, with a card that says how it was made and no place of this machine', async (t) => {
  const {there, environment} = await withHub(t);
  there.add('org/base', {'config.json': '{}'});
  const base = there.store.find('model', 'org/base');
  if (base !== undefined) base.cardData = {license: 'apache-2.0'};
  const run = await runFolderOf(t, {
    fleet,
    checkpoints: [{step: 4, policy_version: 1, folder: 'checkpoints/4', final: true}],
    scores: [{step: 4, policy_version: 1, suite: 'exact_match', score: 0.75, items: 8, seconds: 1}],
  });
  const folder = join(run, 'checkpoints/4');
  cpSync(goldenPath('lora-trained'), folder, {recursive: true});
  writeFileSync(join(folder, 'optimizer.safetensors'), 'not for others');
  const {code, stdout, stderr} = await anchorage(t, ['push', run, 'me/lora', '--private'], {
    env: environment,
  });
  t.deepEqual([code, stderr], [0, '']);
  t.regex(stdout, /pushed {5}http:\/\/127\.0\.0\.1:\d+\/me\/lora\n$/);
  const repository = there.store.find('model', 'me/lora');
  const files = repository && there.store.commitOf(repository, 'main')?.files;
  t.deepEqual([...(files?.keys() ?? [])].toSorted(), [
    'README.md',
    'adapter_config.json',
    'adapter_model.safetensors',
  ]);
  t.is(JSON.parse(String(files?.get('adapter_config.json'))).base_model_name_or_path, 'org/base');
  const card = String(files?.get('README.md'));
  for (const part of [
    'base_model: "org/base"',
    'license: "apache-2.0"',
    'library_name: "peft"',
    'reviser strong-model',
    '0.750',
    'clair',
  ])
    t.true(card.includes(part), `${part} in ${card}`);
  for (const text of [HUB_TOKEN, homedir(), hostname(), run, '/home/', 'secret-prompts', '10.0.0.7'])
    for (const [name, bytes] of files ?? []) t.false(bytes.includes(text), `${text} in ${name}`);
});

test('A card of a person stays unless it is to be replaced, and one of ours is renewed', async (t) => {
  const {there, environment} = await withHub(t);
  const pushed = (...more: string[]) =>
    typed(['push', demoPolicyFolder, 'me/demo', ...more], {env: environment});
  t.is((await pushed()).code, 0);
  t.is((await pushed()).code, 0);
  there.add('me/demo', {'README.md': '# Mine'});
  const refused = await pushed();
  t.is(refused.code, 1);
  t.is(
    refused.stderr,
    'me/demo: has a README.md that a person wrote or altered; keep it by --card keep, or put another in its place by --card replace\n',
  );
  const cardThere = () => {
    const repository = there.store.find('model', 'me/demo');
    return String(repository && there.store.commitOf(repository, 'main')?.files.get('README.md'));
  };
  t.is((await pushed('--card', 'keep')).code, 0);
  t.is(cardThere(), '# Mine');
  t.is((await pushed('--card', 'replace')).code, 0);
  t.regex(cardThere(), /^---\nlibrary_name: "transformers"/);
});

test('Pairs are pushed as a data set of one split, and read back by that name', async (t) => {
  const {there, environment} = await withHub(t);
  const place = temporaryFolder(t);
  const row = {
    prompt: 'Add 1 and 2.',
    chosen: 'It is 3.',
    rejected: 'It is 4.',
    source: 'clair',
    model: 'strong',
    policy: '/a/path',
    seed: 7,
  };
  writeFileSync(join(place, 'pairs.jsonl'), `${JSON.stringify(row)}\n`);
  const {code, stderr} = await anchorage(t, ['push', 'pairs.jsonl', 'me/pairs', '--dataset'], {
    cwd: place,
    env: environment,
  });
  t.deepEqual([code, stderr], [0, '']);
  const repository = there.store.find('dataset', 'me/pairs');
  const files = repository && there.store.commitOf(repository, 'main')?.files;
  t.deepEqual([...(files?.keys() ?? [])].toSorted(), ['README.md', 'data/train-00000-of-00001.jsonl']);
  const card = String(files?.get('README.md'));
  for (const part of ['| Recipe | clair |', '| Models asked | strong |', '| Seed | 7 |', '| Pairs | 1 |'])
    t.true(card.includes(part), part);
  t.false(card.includes('/a/path'));
  const described = await typed(['data', 'describe', 'me/pairs', '--json'], {env: environment});
  t.is(described.code, 0, described.stderr);
  t.is(JSON.parse(described.stdout).pairs, 1);
});

test('A model on the Hub answers by its name, and again from the cache alone', async (t) => {
  const {there, environment} = await withHub(t);
  const names = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'];
  there.add(
    'org/demo',
    Object.fromEntries(names.map((name) => [name, readFileSync(join(demoPolicyFolder, name))])),
  );
  const place = temporaryFolder(t);
  writeFileSync(join(place, 'prompts.jsonl'), '{"prompt": "1+1="}\n');
  const generate = (out: string, more: Readonly<Record<string, string>>) =>
    anchorage(
      t,
      [
        'generate',
        '--model',
        'org/demo',
        '--plain',
        '--prompts',
        'prompts.jsonl',
        '--out',
        out,
        '--max-new-tokens',
        '4',
        '--threads',
        '1',
      ],
      {cwd: place, env: {...environment, ...more}},
    );
  const first = await generate('first.jsonl', {});
  t.is(first.code, 0, first.stderr);
  t.regex(first.stdout, /model {6}org\/demo@[0-9a-f]{8}, /);
  const second = await generate('second.jsonl', {HF_HUB_OFFLINE: '1'});
  t.is(second.code, 0, second.stderr);
  t.is(readFileSync(join(place, 'second.jsonl'), 'utf8'), readFileSync(join(place, 'first.jsonl'), 'utf8'));
});

test('What is wrong is one line, before anything is sent', async (t) => {
  const {there, environment} = await withHub(t);
  const wrong: Record<string, readonly [args: readonly string[], line: RegExp]> = {
    'no such folder': [['nowhere', 'me/a'], /^nowhere: no such folder; /],
    'no name': [[demoPolicyFolder, 'a'], /^a: no name of a repository; give ORG\/NAME/],
    'a revision in the name': [[demoPolicyFolder, 'me/a@b'], /^me\/a@b: no name of a repository; /],
    'a commit for a branch': [
      [demoPolicyFolder, 'me/a', '--revision', 'a'.repeat(40)],
      /^--revision a+: no name of a branch/,
    ],
    'an adapter of a path': [
      [goldenPath('lora-trained'), 'me/a'],
      /say which it is by --base-model ORG\/NAME/,
    ],
    'pairs of another form': [
      ['package.json', 'me/a', '--dataset'],
      /give a file of pairs that ends in \.jsonl or \.parquet/,
    ],
  };
  for (const [what, [args, line]] of Object.entries(wrong)) {
    const {code, stderr} = await typed(['push', ...args], {env: environment});
    t.is(code, 1, what);
    t.regex(stderr, line, what);
    t.is(stderr.trim().split('\n').length, 1, what);
  }
  t.deepEqual(there.requests, []);
});
