/** A run is one fleet on one set of files: whatever differs later is named. */
import {appendFileSync, cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {withFirstPolicy} from '../../../../runtime/fleet/checkpoints/policy.js';
import {demoPolicyFolder, readFleet} from '../../../../runtime/fleet/file/load.js';
import type {Fleet} from '../../../../runtime/fleet/file/schema.js';
import {
  agreeOnOrigin,
  checkFolderContents,
  contentsOf,
  originOf,
  requireSameEvaluation,
} from '../../../../runtime/fleet/run/origin.js';
import {loadCheckpoint} from '../../../../runtime/model/files/model-checkpoint.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {startTestServer, type TestServer, withBus} from '../../../helpers/nats.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

/** A fleet of files in a folder of the test's own. */
const withFiles = async (t: ExecutionContext, sets: readonly string[] = []) => {
  const folder = temporaryFolder(t);
  const [model, prompts, evaluation] = ['policy', 'prompts.jsonl', 'held.jsonl'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  cpSync(demoPolicyFolder, model, {recursive: true});
  writeFileSync(prompts, '{"prompt": "1+1="}\n');
  writeFileSync(evaluation, '{"prompt": "1+1=", "answer": "2"}\n');
  const fleet = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), [
    `policy.model=${model}`,
    `prompts={file: ${prompts}}`,
    `evaluation={suite: exact_match, file: ${evaluation}}`,
    'training={steps: 1}',
    ...sets,
  ]);
  return {folder, fleet, model, prompts, evaluation};
};

const began = async (fleet: Fleet, folder: string) => ({
  ...(await contentsOf(fleet)),
  fleet,
  folder,
  host: 'here',
});

test('what a policy began with is what loading it finds', async (t) => {
  const {fleet, model} = await withFiles(t);
  const {policy} = await contentsOf(fleet);
  t.is(policy.weightsSha256, (await loadCheckpoint(model)).weightsSha256);
});

test('a run that goes on in its folder is refused where policy, prompts or held-out answers are others', async (t) => {
  const {folder, fleet, model, prompts, evaluation} = await withFiles(t);
  const check = async () => checkFolderContents('first', folder, fleet, await contentsOf(fleet));
  await check();
  await check();
  for (const file of [
    evaluation,
    prompts,
    join(model, 'tokenizer_config.json'),
    join(model, 'model.safetensors'),
  ]) {
    appendFileSync(file, '\n');
    const error = await t.throwsAsync(check(), {instanceOf: TerminalError});
    // Each before the one that was altered first: policy, prompts, held-out answers.
    t.regex(
      error.message,
      /^\S+: run first began with another: SHA-256 \w{12} then, SHA-256 \w{12} now; put the file back that it began with, or begin another --run$/,
    );
    t.true(error.message.startsWith(file) || file.endsWith('model.safetensors'), error.message);
  }
});

test('a run whose prompts lie in a folder is held to the files of its split', async (t) => {
  const {folder, fleet} = await withFiles(t);
  const data = join(folder, 'data');
  cpSync(join(packageRoot, 'test/fixtures/sources/hub'), data, {recursive: true});
  const ofFolder = {...fleet, prompts: {file: data, split: 'train_prefs'}};
  const check = async () => checkFolderContents('first', folder, ofFolder, await contentsOf(ofFolder));
  await check();
  writeFileSync(join(data, 'README.md'), 'other words');
  appendFileSync(join(data, 'data/test_prefs-00000-of-00001.parquet'), 'more');
  await check();
  renameSync(
    join(data, 'data/train_prefs-00001-of-00002.parquet'),
    join(data, 'data/train_prefs-00002-of-00003.parquet'),
  );
  const error = await t.throwsAsync(check(), {instanceOf: TerminalError});
  t.regex(error.message, new RegExp(`^${data}: run first began with another: SHA-256`));
});

test('a folder of links is held to what they lead to, and one without files is refused', async (t) => {
  const {folder, fleet} = await withFiles(t);
  const [blobs, data] = [join(folder, 'blobs'), join(folder, 'snapshot')];
  for (const path of [join(blobs, 'more'), data]) mkdirSync(path, {recursive: true});
  const ofFolder: Fleet = {...fleet, evaluation: {suite: 'multiple_choice', data, choose: 'text'}};
  const contents = () => contentsOf(ofFolder);
  await t.throwsAsync(contents(), {
    instanceOf: TerminalError,
    message: `evaluation.data: ${data} has no files; give a folder with what the suite asks`,
  });
  writeFileSync(join(blobs, 'a1'), '{}');
  writeFileSync(join(blobs, 'more/b2'), '{}');
  symlinkSync('../blobs/a1', join(data, 'multiple-choice.json'));
  symlinkSync('../blobs/more', join(data, 'parts'));
  const check = async () => checkFolderContents('first', folder, ofFolder, await contents());
  await check();
  await check();
  for (const file of ['a1', 'more/b2']) {
    appendFileSync(join(blobs, file), '\n');
    const error = await t.throwsAsync(check(), {instanceOf: TerminalError});
    t.true(error.message.startsWith(`${data}: run first began with another`), error.message);
    writeFileSync(join(blobs, file), '{}');
  }
  symlinkSync('..', join(blobs, 'more/up'));
  await t.throwsAsync(contents(), {instanceOf: TerminalError, message: /leads back to a folder/});
  rmSync(join(blobs, 'more/up'));
  symlinkSync('nowhere', join(data, 'lost'));
  await t.throwsAsync(contents(), {instanceOf: TerminalError, message: /snapshot\/lost leads to no file/});
});

test('own words and an own filter are held to their content', async (t) => {
  const own = temporaryFolder(t);
  const [words, module] = [join(own, 'prompt.txt'), join(own, 'filter.mjs')];
  writeFileSync(words, '{{prompt}} {{completion}}');
  writeFileSync(module, 'export default () => undefined;');
  const sets = [`actors.reviser.promptFile=${words}`, `filter.module=${module}`];
  const {folder, fleet} = await withFiles(t, sets);
  const check = async () => checkFolderContents('first', folder, fleet, await contentsOf(fleet));
  await check();
  await check();
  for (const file of [module, words]) {
    appendFileSync(file, '\n');
    const error = await t.throwsAsync(check(), {instanceOf: TerminalError});
    t.true(error.message.startsWith(`${file}: run first began with another`), error.message);
  }
});

test('a template that was added, and one that was removed, are another policy', async (t) => {
  const {folder, fleet, model} = await withFiles(t);
  const check = async () => checkFolderContents('first', folder, fleet, await contentsOf(fleet));
  await check();
  writeFileSync(join(model, 'chat_template.jinja'), '{{ messages }}');
  const added = await t.throwsAsync(check(), {instanceOf: TerminalError});
  t.true(
    added.message.startsWith(
      `${join(model, 'chat_template.jinja')}: run first began with another: no such file then`,
    ),
  );
});

test('the server holds who goes on with a run to its fleet, wherever the files are there, and to their content', async (t) => {
  const bus = await withBus(t, server, 'agreed');
  const {fleet, folder} = await withFiles(t);
  await agreeOnOrigin(bus, await began(fleet, folder));
  const elsewhere = await withFiles(t, ['supervision.serverAwayMs=5000']);
  await agreeOnOrigin(bus, await began(elsewhere.fleet, elsewhere.folder));
  const {fleet: another} = await withFiles(t, ['objective.beta=0.5']);
  const error = await t.throwsAsync(agreeOnOrigin(bus, await began(another, folder)), {
    instanceOf: TerminalError,
  });
  t.is(
    error.message,
    `run agreed on the NATS server, begun on here in ${folder}: objective.beta is 1 in this run and 0.5 in the fleet ` +
      'given now; give the same, or choose another --run',
  );
  appendFileSync(elsewhere.prompts, '{"prompt": "2+2="}\n');
  await t.throwsAsync(agreeOnOrigin(bus, await began(elsewhere.fleet, elsewhere.folder)), {
    instanceOf: TerminalError,
    message: new RegExp(`^${elsewhere.prompts}: run agreed began with another`),
  });
});

test('a run whose messages are of another protocol version is refused, and not read as if it had none', async (t) => {
  const {fleet, folder} = await withFiles(t);
  const bus = await withBus(t, server, 'earlier');
  const {fleet: _, ...origin} = await began(fleet, folder);
  // As version 1 put it, which said no version.
  await bus.kv.compareAndSet('origin', {...origin, fleet: {}}, 0);
  await t.throwsAsync(agreeOnOrigin(bus, {...origin, fleet}), {
    instanceOf: TerminalError,
    message:
      'run earlier on the NATS server has messages of protocol version 1, and this is version 2: ' +
      'go on with the Anchorage that began it, or begin another --run',
  });
});

test('another policy on another machine is refused where it is loaded, by whatever of it is another', async (t) => {
  const bus = await withBus(t, server, 'elsewhere');
  const {fleet, folder} = await withFiles(t);
  await agreeOnOrigin(bus, await began(fleet, folder));
  const {policy} = (await originOf(bus)) ?? {};
  const warn = (line: string) => t.log(line);
  const signal = new AbortController().signal;
  const place = {bus, runFolder: folder, name: 'sampler', index: 0, signal, warn} as const;
  const here = await withFiles(t);
  const load = () => withFirstPolicy(place, here.fleet, (path, sha256) => loadCheckpoint(path, sha256));
  t.is((await load()).weightsSha256, policy?.weightsSha256 ?? '');
  writeFileSync(join(here.model, 'chat_template.jinja'), '{{ messages }}');
  await t.throwsAsync(load(), {
    instanceOf: TerminalError,
    message: /chat_template\.jinja: run elsewhere began with/,
  });
  rmSync(join(here.model, 'chat_template.jinja'));
  appendFileSync(join(here.model, 'model.safetensors'), '\n');
  await t.throwsAsync(load(), {
    instanceOf: TerminalError,
    message: /model\.safetensors: run elsewhere began with/,
  });
});

test('other held-out answers on another machine are refused', async (t) => {
  const bus = await withBus(t, server, 'answers');
  const {fleet, folder, evaluation} = await withFiles(t);
  await requireSameEvaluation(bus, fleet);
  await agreeOnOrigin(bus, await began(fleet, folder));
  await requireSameEvaluation(bus, fleet);
  appendFileSync(evaluation, '{"prompt": "2+2=", "answer": "4"}\n');
  await t.throwsAsync(requireSameEvaluation(bus, fleet), {
    instanceOf: TerminalError,
    message: new RegExp(`^${evaluation}: run answers began with another`),
  });
});
