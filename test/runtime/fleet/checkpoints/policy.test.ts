/** A checkpoint's policy gets to machines that share nothing but the server, and only as it was published. */
import {cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {Checkpoint} from '../../../../proto/messages.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {publishCheckpoint} from '../../../../runtime/fleet/checkpoints/checkpoints.js';
import {policyFiles} from '../../../../runtime/fleet/checkpoints/content.js';
import {type Place, withFirstPolicy, withPolicy} from '../../../../runtime/fleet/checkpoints/policy.js';
import {demoPolicyFolder, readFleet} from '../../../../runtime/fleet/file/load.js';
import type {Fleet} from '../../../../runtime/fleet/file/schema.js';
import {loadCheckpoint} from '../../../../runtime/model/files/model-checkpoint.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {startTestServer, type TestServer, withBus} from '../../../helpers/nats.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

let server: TestServer;
let fleet: Fleet;
test.before(async () => {
  server = await startTestServer();
  fleet = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'));
});
test.after.always(() => server?.remove());

interface Machine {
  readonly place: Place;
  readonly warnings: string[];
}

/** An actor on a machine whose run folder is its own. */
const machineOf = async (t: ExecutionContext, run: string, name: Place['name']): Promise<Machine> => {
  const warnings: string[] = [];
  const place: Place = {
    bus: await withBus(t, server, run, name),
    runFolder: temporaryFolder(t),
    name,
    index: 0,
    signal: new AbortController().signal,
    warn: (line) => warnings.push(line),
  };
  return {place, warnings};
};

/** Publishes the shipped policy as the checkpoint of a step, from a learner's run folder. */
const published = async ({place}: Machine, share: 'bus' | 'folder' = 'bus'): Promise<Checkpoint> => {
  const folder = join(place.runFolder, 'checkpoints/step-000001');
  cpSync(demoPolicyFolder, folder, {recursive: true});
  const {weightsSha256} = await loadCheckpoint(folder);
  const stamp = {step: 1, policyVersion: 1, pairSequence: 16, objective: 'dpo', objectiveRevision: 1};
  const files = await policyFiles(folder);
  const checkpoint = {
    ...stamp,
    folder: 'checkpoints/step-000001',
    weightsSha256,
    files,
    trainingFiles: [],
    final: false,
  };
  const training = {...fleet.training, share};
  await publishCheckpoint(place, {training}, checkpoint, {after: 0, learner: 'learner', restore});
  return checkpoint;
};
/** Whatever there is can be gone on from. */
const restore = async (): Promise<void> => undefined;

const load =
  ({weightsSha256}: Checkpoint) =>
  (folder: string) =>
    loadCheckpoint(folder, weightsSha256).then(() => folder);

test('A machine with nothing but the server loads the policy, tokenizer and all, and not twice from the bus', async (t) => {
  const learner = await machineOf(t, 'alone', 'learner');
  const checkpoint = await published(learner);
  const {place, warnings} = await machineOf(t, 'alone', 'sampler');
  const folder = await withPolicy(place, checkpoint, load(checkpoint));
  t.deepEqual(readdirSync(folder).sort(), checkpoint.files.map(({path}) => path).sort());
  for (const {path} of checkpoint.files)
    t.true(readFileSync(join(folder, path)).equals(readFileSync(join(demoPolicyFolder, path))), path);
  for (const {sha256} of checkpoint.files) await place.bus.blobs.delete(sha256);
  await withPolicy(place, checkpoint, load(checkpoint));
  t.deepEqual(warnings, []);
});

test('Where the run folder is shared, the policy is loaded from it and nothing is fetched', async (t) => {
  const learner = await machineOf(t, 'shared', 'learner');
  const checkpoint = await published(learner, 'folder');
  t.is(
    await withPolicy(learner.place, checkpoint, load(checkpoint)),
    join(learner.place.runFolder, checkpoint.folder),
  );
  t.false(existsSync(join(learner.place.runFolder, 'fetched')));
  t.false(await learner.place.bus.blobs.has(checkpoint.weightsSha256));
});

test('A file that is cut short, altered or gone is named and comes from the bus', async (t) => {
  const learner = await machineOf(t, 'damaged', 'learner');
  const checkpoint = await published(learner);
  const own = join(learner.place.runFolder, checkpoint.folder);
  const weights = join(own, 'model.safetensors');
  const damages = [
    () => truncateSync(weights, 100_000),
    () => {
      const bytes = readFileSync(weights);
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
      writeFileSync(weights, bytes);
    },
    () => rmSync(weights),
  ];
  for (const damage of damages) {
    damage();
    const folder = await withPolicy(learner.place, checkpoint, load(checkpoint));
    t.not(folder, own);
    t.true(
      learner.warnings.at(-1)?.startsWith(`${weights}: missing or altered`),
      learner.warnings.join('\n'),
    );
    cpSync(demoPolicyFolder, own, {recursive: true});
  }
  t.is(learner.warnings.length, damages.length);
});

test('Where the bus does not have it either, the one line says which file and why', async (t) => {
  const learner = await machineOf(t, 'lost', 'learner');
  const checkpoint = await published(learner, 'folder');
  const {place} = await machineOf(t, 'lost', 'sampler');
  await t.throwsAsync(withPolicy(place, checkpoint, load(checkpoint)), {
    instanceOf: TerminalError,
    message:
      /checkpoints\/step-000001\/config\.json: missing or altered, and \w{64}: the run's server does not have/,
  });
});

test('A message cannot have a file written outside its folder', async (t) => {
  const learner = await machineOf(t, 'outside', 'learner');
  const checkpoint = await published(learner);
  const {place} = await machineOf(t, 'outside', 'sampler');
  const files = checkpoint.files.map((file) => ({...file, path: `../${file.path}`}));
  await t.throwsAsync(withPolicy(place, {...checkpoint, files}, load(checkpoint)), {
    instanceOf: TerminalError,
    message: /not in its folder/,
  });
});

test('A machine without the fleet’s policy waits for the learner’s and takes it from the bus', async (t) => {
  const {place} = await machineOf(t, 'first', 'reference');
  const elsewhere = {...fleet, policy: {...fleet.policy, model: join(place.runFolder, 'none')}};
  const loading = withFirstPolicy(place, elsewhere, loadCheckpoint);
  const checkpoint = await published(await machineOf(t, 'first', 'learner'));
  t.is((await loading).weightsSha256, checkpoint.weightsSha256);
});

test('A machine without the policy of a run that trains nobody is told so, and waits for none', async (t) => {
  const {place} = await machineOf(t, 'pairs', 'sampler');
  const here = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), [], 'pairs');
  const elsewhere = {...here, policy: {...here.policy, model: '/nowhere'}};
  await t.throwsAsync(withFirstPolicy(place, elsewhere, loadCheckpoint), {
    instanceOf: TerminalError,
    message: /\/nowhere is not on this machine, and a run without a learner sends it to none/,
  });
});

test('Of two learners that both go on from the same checkpoint, the second is refused', async (t) => {
  const learner = await machineOf(t, 'two', 'learner');
  const checkpoint = await published(learner);
  const next = {...checkpoint, policyVersion: 2};
  const publishing = (learnerId: string, message: Checkpoint) =>
    publishCheckpoint(learner.place, fleet, message, {after: 1, learner: learnerId, restore});
  t.is(await publishing('one', next), 2);
  t.is(await publishing('one', next), 2, 'again, as one message');
  for (const policyVersion of [2, 3])
    await t.throwsAsync(publishing('other', {...next, policyVersion}), {
      name: 'RetryableError',
      message: /another learner/,
    });
  t.is((await learner.place.bus.state('checkpoints')).lastSequence, 2);
});
