/** A checkpoint that is an adapter becomes a policy on any machine: the policy before training with the adapter added. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import type {Checkpoint} from '../../../../proto/messages.js';
import {publishCheckpoint} from '../../../../runtime/fleet/checkpoints/checkpoints.js';
import {policyFiles} from '../../../../runtime/fleet/checkpoints/content.js';
import {firstAdapterOf, loadPolicy, policyWeights} from '../../../../runtime/fleet/checkpoints/lora.js';
import type {Place} from '../../../../runtime/fleet/checkpoints/policy.js';
import {misfitsOf} from '../../../../runtime/fleet/file/check.js';
import {demoPolicyFolder, readFleet} from '../../../../runtime/fleet/file/load.js';
import type {Fleet} from '../../../../runtime/fleet/file/schema.js';
import {saveAdapter} from '../../../../runtime/model/files/adapter.js';
import {loadCheckpoint} from '../../../../runtime/model/files/model-checkpoint.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {allLoaded} from '../../../../runtime/tensor/given.js';
import {startTestServer, type TestServer, withBus} from '../../../helpers/nats.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

let server: TestServer;
let fleet: Fleet;
test.before(async () => {
  server = await startTestServer();
  const sets = ['training.lora={rank: 2, alpha: 6, targets: [q_proj]}'];
  fleet = await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), sets);
});
test.after.always(() => server?.remove());

const STAMP = {pairSequence: 0, objective: 'dpo', objectiveRevision: 1, trainingFiles: [], final: false};
const Q = 'model.layers.0.self_attn.q_proj.weight';
const A = 'model.layers.0.self_attn.q_proj.lora_A.weight';
const B = 'model.layers.0.self_attn.q_proj.lora_B.weight';

test('Another machine, without the policy’s folder, makes the same policy of what is on the bus', async (t) => {
  const base = await loadCheckpoint(demoPolicyFolder);
  const adapter = firstAdapterOf(fleet, base.config);
  const b = adapter?.tensors.get(B);
  const a = adapter?.tensors.get(A);
  const q = base.weights.get(Q);
  if (adapter === undefined || a === undefined || b === undefined || q === undefined) return t.fail();
  // B is 0 before training. One entry of it adds alpha / rank times a row of A to a row of the weight.
  b.data[2 * 3 + 1] = 0.5;

  const places: Place[] = [];
  for (const name of ['learner', 'sampler'] as const) {
    const bus = await withBus(t, server, 'lora', name);
    const warn = (line: string) => t.log(line);
    places.push({
      bus,
      runFolder: temporaryFolder(t),
      name,
      index: 0,
      signal: new AbortController().signal,
      warn,
    });
  }
  const [learner, sampler] = places;
  if (learner === undefined || sampler === undefined) return t.fail();
  const first: Checkpoint = {
    ...STAMP,
    step: 0,
    policyVersion: 0,
    folder: demoPolicyFolder,
    weightsSha256: base.weightsSha256,
    files: await policyFiles(demoPolicyFolder),
  };
  const restore = async () => undefined;
  await publishCheckpoint(learner, fleet, first, {after: 0, learner: 'one', restore});
  const folder = join(learner.runFolder, 'checkpoints/step-000001');
  const {adapterSha256} = await saveAdapter(folder, adapter, 'base');
  const trained: Checkpoint = {
    ...STAMP,
    step: 1,
    policyVersion: 1,
    folder: 'checkpoints/step-000001',
    weightsSha256: adapterSha256,
    files: await policyFiles(folder),
  };
  t.deepEqual(
    trained.files.map(({path}) => path),
    ['adapter_config.json', 'adapter_model.safetensors'],
  );
  await publishCheckpoint(learner, fleet, trained, {after: 1, learner: 'one', restore});

  const elsewhere = {...fleet, policy: {...fleet.policy, model: '/not/here'}};
  const weights = await allLoaded((await loadPolicy(sampler, elsewhere, trained)).weights);
  const merged = weights.get(Q)?.data ?? new Float32Array();
  const inputs = q.shape[1] ?? 0;
  t.deepEqual(
    merged.subarray(3 * inputs, 4 * inputs),
    q.data
      .slice(3 * inputs, 4 * inputs)
      .map((value, input) => value + 3 * 0.5 * (a.data[inputs + input] ?? 0)),
  );
  t.deepEqual(merged.subarray(0, 3 * inputs), q.data.subarray(0, 3 * inputs));
  t.deepEqual(weights.get('model.norm.weight'), base.weights.get('model.norm.weight'));
  t.deepEqual(await allLoaded(await policyWeights(sampler, elsewhere, trained, base.config)), weights);

  // Here and on the bus: nothing is left that it could be.
  writeFileSync(join(folder, 'adapter_model.safetensors'), 'altered');
  for (const {sha256} of trained.files) await learner.bus.blobs.delete(sha256);
  await t.throwsAsync(policyWeights(learner, fleet, trained, base.config), {name: 'ContentMissing'});
});

test('A target that the model has no linear layer for is refused when a fleet is checked', async (t) => {
  const wrong = {...fleet, training: {...fleet.training, lora: {rank: 2, dropout: 0, targets: ['c_attn']}}};
  const [misfit] = await misfitsOf(wrong);
  t.deepEqual(misfit?.path, ['training', 'lora', 'targets']);
  t.regex(misfit?.message ?? '', /c_attn/);
});
