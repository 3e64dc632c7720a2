import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {demoPolicyFolder} from '../../../../runtime/fleet/file/load.js';
import {findModel, findModelHere, hubNameIn} from '../../../../runtime/model/files/find-model.js';
import {loadCheckpoint} from '../../../../runtime/model/files/model-checkpoint.js';
import {withHub} from '../../../helpers/hub/with-hub.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const names = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'generation_config.json',
  'model.safetensors',
];
const demo = Object.fromEntries(names.map((name) => [name, readFileSync(join(demoPolicyFolder, name))]));

test('A model on the Hub is fetched, without what it does not need, and loads', async (t) => {
  const {there, hub, tell, lines} = await withHub(t);
  there.add('org/demo', {
    ...demo,
    'pytorch_model.bin': 'pickle',
    'consolidated.safetensors': 'x',
    'onnx/model.onnx': 'x',
  });
  const folder = await findModel('org/demo', 'model', {hub, tell});
  const {weightsSha256} = await loadCheckpoint(folder);
  t.is(weightsSha256, (await loadCheckpoint(demoPolicyFolder)).weightsSha256);
  t.false(there.requests.some((each) => /bin|consolidated|onnx/.test(each)));
  t.regex(lines[0] ?? '', /^fetching {3}org\/demo@[0-9a-f]{8} from http.*: 5 files, \d+ (kB|MB) into /);
});

test('The cache comes before the Hub, and a branch that went on stays what the cache knows', async (t) => {
  const {there, hub, tell} = await withHub(t);
  there.add('org/demo', demo);
  const folder = await findModel('org/demo', 'model', {hub, tell});
  there.add('org/demo', {'config.json': '{}'});
  there.requests.length = 0;
  t.is(await findModel('org/demo', 'model', {hub, tell}), folder);
  t.is(await findModel('org/demo@main', 'model', {hub: {...hub, isOffline: true}, tell}), folder);
  t.is(await findModelHere('org/demo', hub), folder);
  t.deepEqual(there.requests, []);
});

test('A snapshot that lacks a file is completed', async (t) => {
  const {there, hub, tell} = await withHub(t);
  there.add('org/demo', demo);
  const folder = await findModel('org/demo', 'model', {hub, tell});
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors']) {
    rmSync(join(folder, name));
    t.is(await findModelHere('org/demo', hub), undefined, name);
    await findModel('org/demo', 'model', {hub, tell});
    t.is(await findModelHere('org/demo', hub), folder);
  }
});

test('Shards come with their index', async (t) => {
  const {there, hub, tell} = await withHub(t);
  const {'model.safetensors': weights = '', ...rest} = demo;
  const index = {weight_map: {a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors'}};
  there.add('org/sharded', {
    ...rest,
    'model.safetensors.index.json': JSON.stringify(index),
    'model-00001-of-00002.safetensors': weights,
    'model-00002-of-00002.safetensors': 'x',
  });
  const folder = await findModel('org/sharded', 'model', {hub, tell});
  t.is(readFileSync(join(folder, 'model-00002-of-00002.safetensors'), 'utf8'), 'x');
  t.is(await findModelHere('org/sharded', hub), folder);
  rmSync(join(folder, 'model-00002-of-00002.safetensors'));
  t.is(await findModelHere('org/sharded', hub), undefined);
});

test('What lacks safetensors, a tokenizer, or is an adapter is refused before anything is fetched', async (t) => {
  const {there, hub, tell} = await withHub(t);
  const {'model.safetensors': _, ...unweighted} = demo;
  const {'tokenizer.json': __, ...mute} = demo;
  const {'tokenizer_config.json': ___, ...unconfigured} = demo;
  there.add('org/pickled', {...unweighted, 'pytorch_model.bin': 'pickle'});
  there.add('org/mute', mute);
  there.add('org/unconfigured', unconfigured);
  there.add('org/adapter', {'adapter_config.json': '{}', 'adapter_model.safetensors': 'x'});
  const refused = {
    'org/pickled':
      /^org\/pickled: has no weights as safetensors, and pickled ones, which are programs, are not loaded; /,
    'org/mute': /^org\/mute: has no tokenizer\.json, which is needed; /,
    'org/unconfigured': /^org\/unconfigured: has no tokenizer_config\.json, which is needed; /,
    'org/adapter': /^org\/adapter: is a LoRA adapter: give its model, and this with --adapter/,
  };
  for (const [typed, message] of Object.entries(refused))
    await t.throwsAsync(findModel(typed, 'model', {hub, tell}), {instanceOf: TerminalError, message});
  t.false(there.requests.some((each) => each.includes('/resolve/')));
  await t.throwsAsync(findModel('org/mute', 'adapter', {hub, tell}), {message: /so it is no LoRA adapter/});
  await t.notThrowsAsync(findModel('org/adapter', 'adapter', {hub, tell}));
});

test('A folder of that name comes first, as in transformers', (t) => {
  const place = temporaryFolder(t);
  mkdirSync(join(place, 'org/model'), {recursive: true});
  writeFileSync(join(place, 'org/file'), '');
  const before = process.cwd();
  process.chdir(place);
  t.teardown(() => process.chdir(before));
  t.is(hubNameIn('org/model'), undefined);
  t.is(hubNameIn('org/file')?.repository, 'org/file');
  t.is(hubNameIn('org/other')?.repository, 'org/other');
});
