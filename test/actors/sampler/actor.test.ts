/** A sampler on a machine that has neither the run's folder nor the policy's: all it is given is the server's address. */
import {cpSync, existsSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {firstValueFrom, NEVER} from 'rxjs';
import {policyFiles, publishCheckpoint} from '../../../runtime/fleet/checkpoints.js';
import {demoPolicyFolder} from '../../../runtime/fleet/load.js';
import {fleetSchema} from '../../../runtime/fleet/schema.js';
import {loadCheckpoint} from '../../../runtime/model/checkpoint.js';
import {fleetOf, startActor} from '../../helpers/actor-process.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {temporaryFolder} from '../../helpers/temporary.js';

test('It takes every policy from the bus, and answers with the newest', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const learner = {bus, runFolder: temporaryFolder(t)};
  const place = {run: 'run', runFolder: temporaryFolder(t)};
  const base = fleetOf({
    endpoints: {teacher: {demo: true}},
    actors: {reviser: {endpoint: 'teacher', model: 'reviser'}},
  });
  const limits = {format: 'plain', maxPromptTokens: 32, maxCompletionTokens: 32} as const;
  const fleet = {...base, policy: {model: join(place.runFolder, 'no-such-folder'), ...limits}};

  const publish = async (policyVersion: number): Promise<void> => {
    const folder = `checkpoints/step-${policyVersion}`;
    const path = join(learner.runFolder, folder);
    cpSync(demoPolicyFolder, path, {recursive: true});
    const {weightsSha256} = await loadCheckpoint(path);
    const stamp = {
      step: policyVersion,
      policyVersion,
      pairSequence: 0,
      objective: 'dpo',
      objectiveRevision: 1,
    };
    const checkpoint = {
      ...stamp,
      folder,
      weightsSha256,
      files: await policyFiles(path),
      trainingFiles: [],
      final: false,
    };
    await publishCheckpoint(learner, fleetSchema.parse(fleet), checkpoint, {
      after: policyVersion,
      learner: 'learner',
    });
  };
  const answer = async (promptId: string) => {
    await bus.publish('prompts', {promptId, prompt: '12+34='}, promptId);
    const delivery = await firstValueFrom(bus.deliveries('completions', {maxInFlight: 1, drain$: NEVER}));
    await delivery.ack();
    return delivery.message;
  };

  const sampler = startActor(t, 'sampler', fleet, server.url, {}, place);
  await publish(0);
  const first = await answer('0');
  t.is(first.promptId, '0');
  t.true(first.tokenCount > 0);
  await publish(1);
  let version = first.policyVersion;
  for (let promptId = 1; version < 1; promptId++) version = (await answer(String(promptId))).policyVersion;
  t.is(version, 1);
  t.deepEqual(sampler.warnings(), []);
  t.true(existsSync(join(place.runFolder, 'fetched/sampler-0/model.safetensors')));
});
