import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {toFetch, withCachedFiles, withHubFiles} from '../../../../runtime/fleet/file/hub-files.js';
import {demoPolicyFolder, loadableElsewhere, readFleet} from '../../../../runtime/fleet/file/load.js';
import {requireSameFleet} from '../../../../runtime/fleet/run/fleet-difference.js';
import {pinnedBy} from '../../../../runtime/hub/hub-name.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {type WithHub, withHub} from '../../../helpers/hub/with-hub.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const names = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'];
const demo = Object.fromEntries(names.map((name) => [name, readFileSync(join(demoPolicyFolder, name))]));

const fleetOf = (model: string, ...sets: string[]) =>
  readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), [`policy.model=${model}`, ...sets]);

/** What `hubOf` reads is the process's, so these tests take turns. */
const inEnvironment = ({environment}: WithHub): void => {
  Object.assign(process.env, environment);
};

test.serial('A fleet gets the folders of what it names on the Hub', async (t) => {
  const with_ = await withHub(t);
  inEnvironment(with_);
  const commit = with_.there.add('org/demo', demo);
  with_.there.add('org/data', {'train.jsonl': '{"prompt": "a"}\n'}, 'dataset');
  const typed = await fleetOf('org/demo', 'prompts={file: org/data}');
  t.is(typed.policy.model, 'org/demo');
  t.deepEqual(await toFetch('fleet.yaml', typed), [
    `policy.model: org/demo@${commit} is on the Hub and not here: 4 files, 2 MB would be fetched into ${with_.hub.cache}`,
  ]);
  const fleet = await withHubFiles('fleet.yaml', typed);
  t.deepEqual(pinnedBy(fleet.policy.model), {kind: 'model', repository: 'org/demo', commit});
  t.is('file' in fleet.prompts ? pinnedBy(fleet.prompts.file)?.repository : '', 'org/data');
  t.deepEqual(await toFetch('fleet.yaml', typed), []);
  t.is((await withCachedFiles(typed)).policy.model, fleet.policy.model);
});

test.serial('A run that goes on keeps the commit that it began with, from any cache', async (t) => {
  const with_ = await withHub(t);
  inEnvironment(with_);
  const commit = with_.there.add('org/demo', demo);
  const began = await withHubFiles('fleet.yaml', await fleetOf('org/demo'));
  const file = join(temporaryFolder(t), 'fleet.json');
  writeFileSync(file, JSON.stringify(began));
  with_.there.add('org/demo', {'tokenizer_config.json': '{}'});
  process.env.HF_HOME = join(temporaryFolder(t), 'another');
  const now = await withHubFiles('fleet.yaml', await fleetOf('org/demo'), file);
  t.is(pinnedBy(now.policy.model)?.commit, commit);
  t.not(now.policy.model, began.policy.model);
  t.notThrows(() => requireSameFleet(file, began, now, {places: true}));
  const other = await withHubFiles('fleet.yaml', await fleetOf('org/demo@main'), file);
  t.throws(() => requireSameFleet(file, began, other, {places: true}), {
    message: /policy\.model is "org\/demo@/,
  });
});

test.serial('Another machine knows the policy by its commit', async (t) => {
  const with_ = await withHub(t);
  inEnvironment(with_);
  const commit = with_.there.add('org/demo', demo);
  const fleet = await withHubFiles('fleet.yaml', await fleetOf('org/demo'));
  t.is(loadableElsewhere(fleet).policy.model, `org/demo@${commit}`);
  t.is((await withCachedFiles(loadableElsewhere(fleet))).policy.model, fleet.policy.model);
});

test.serial('What is not on the Hub is told with the file and the key', async (t) => {
  const with_ = await withHub(t);
  inEnvironment(with_);
  await t.throwsAsync(withHubFiles('fleet.yaml', await fleetOf('org/absent')), {
    instanceOf: TerminalError,
    message: /^fleet\.yaml: policy\.model: org\/absent: there is no such folder here, and the Hub at /,
  });
});
