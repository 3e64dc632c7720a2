/** A sampler on a machine that has neither the run's folder nor the policy's: all it is given is the server's address. */
import {cpSync, existsSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {firstValueFrom, NEVER} from 'rxjs';
import {type Completion, FinishReason} from '../../../proto/messages.js';
import {publishCheckpoint} from '../../../runtime/fleet/checkpoints/checkpoints.js';
import {policyFiles} from '../../../runtime/fleet/checkpoints/content.js';
import {demoPolicyFolder} from '../../../runtime/fleet/file/load.js';
import {fleetSchema} from '../../../runtime/fleet/file/schema.js';
import {loadCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {fleetOf, startActor} from '../../helpers/actor-process.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {temporaryFolder} from '../../helpers/temporary.js';

/** A sampler's run and what the learner of it publishes; the sampler has nothing but the server's address. */
const openRun = async (t: ExecutionContext, pickUp: 'request' | 'token', parts: object = {}) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const learner = {bus, runFolder: temporaryFolder(t), warn: (line: string): void => t.fail(line)};
  const place = {run: 'run', runFolder: temporaryFolder(t)};
  const base = fleetOf({
    endpoints: {teacher: {demo: true}},
    actors: {reviser: {endpoint: 'teacher', model: 'reviser'}},
  });
  const limits = {format: 'plain', maxPromptTokens: 32, maxCompletionTokens: 32, pickUp} as const;
  const fleet = {...base, policy: {model: join(place.runFolder, 'no-such-folder'), ...limits}, ...parts};

  /** A policy of ten times as many steps as its version. */
  const publish = async (policyVersion: number): Promise<void> => {
    const folder = `checkpoints/step-${policyVersion}`;
    const path = join(learner.runFolder, folder);
    cpSync(demoPolicyFolder, path, {recursive: true});
    const {weightsSha256} = await loadCheckpoint(path);
    const stamp = {
      step: 10 * policyVersion,
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
      restore: async () => undefined,
    });
  };
  return {bus, place, publish, sampler: () => startActor(t, 'sampler', fleet, server.url, {}, place)};
};

test('It takes every policy from the bus, and answers with the newest', async (t) => {
  const {bus, place, publish, sampler: startSampler} = await openRun(t, 'request');
  const answer = async (promptId: string) => {
    await bus.publish('prompts', {promptId, prompt: '12+34='}, promptId);
    const delivery = await firstValueFrom(bus.deliveries('completions', {maxInFlight: 1, drain$: NEVER}));
    await delivery.ack();
    return delivery.message;
  };

  const sampler = startSampler();
  await publish(0);
  const first = await answer('0');
  t.is(first.promptId, '0');
  t.true(first.completionIds.length > 0);
  await publish(1);
  let version = first.policyVersion;
  for (let promptId = 1; version < 1; promptId++) version = (await answer(String(promptId))).policyVersion;
  t.is(version, 1);
  t.deepEqual(sampler.warnings(), []);
  t.true(existsSync(join(place.runFolder, 'fetched/sampler-0/model.safetensors')));
});

test('A prompt waits for the policy that may answer it, and others do not', async (t) => {
  const {bus, publish, sampler} = await openRun(t, 'request');
  await publish(0);
  sampler();
  await bus.publish('prompts', {promptId: '0', prompt: '12+34=', minPolicyStep: 10}, '0');
  await bus.publish('prompts', {promptId: '1', prompt: '12+34='}, '1');
  const completions: Completion[] = [];
  const next = async (): Promise<Completion> => {
    const delivery = await firstValueFrom(bus.deliveries('completions', {maxInFlight: 1, drain$: NEVER}));
    await delivery.ack();
    return delivery.message;
  };
  completions.push(await next());
  await publish(1);
  completions.push(await next());
  t.deepEqual(
    completions.map(({promptId, policyVersion, sampling}) => [promptId, policyVersion, sampling?.policyStep]),
    [
      ['1', 0, 0],
      ['0', 1, 10],
    ],
  );
});

test('Between tokens, a new policy goes on with answers under way, and each says who wrote how much of it', async (t) => {
  const {bus, publish, sampler} = await openRun(t, 'token');
  await publish(0);
  sampler();
  const completions: Completion[] = [];
  const subscription = bus
    .deliveries('completions', {maxInFlight: 64, drain$: NEVER})
    .subscribe((delivery) => {
      completions.push(delivery.message);
      void delivery.ack();
    });
  t.teardown(() => subscription.unsubscribe());
  const isMixed = ({sampling}: Completion) => (sampling?.segments?.length ?? 0) > 1;
  let asked = 0;
  // A policy may arrive when nothing is under way: then there is another.
  for (let version = 1; !completions.some(isMixed); version++) {
    const publishing = publish(version);
    const until = asked + 150;
    for (; asked < until; asked++)
      await bus.publish('prompts', {promptId: String(asked), prompt: '12+34='}, String(asked));
    await publishing;
  }
  for (const {sampling, completionIds, policyVersion} of completions) {
    const segments = sampling?.segments ?? [];
    t.is(
      segments.reduce((sum, segment) => sum + (segment.tokenCount ?? 0), 0),
      completionIds.length,
    );
    t.is(segments[0]?.policyVersion, policyVersion);
    t.is(segments.at(-1)?.policyVersion, sampling?.endPolicyVersion);
    t.is(sampling?.policyStep, 10 * policyVersion);
  }
});

test('It answers what is to be compared by the policy that is asked for or a newer one, also where it samples nothing else', async (t) => {
  const judge = {endpoint: 'teacher', model: 'judge'};
  const {
    bus,
    publish,
    sampler: startSampler,
  } = await openRun(t, 'request', {
    ...{dataset: 'judge_off_policy', objective: {name: 'auto', learningRate: 1e-5}},
    actors: {judge},
  });
  const chosen = [{text: 'chosen', finishReason: FinishReason.FINISH_REASON_STOP}];
  const sampler = startSampler();
  await publish(0);
  const prompt = {prompt: '12+34=', minPolicyStep: 10, answers: chosen};
  await bus.publish('anchor_prompts', {promptId: 'anchor-1-0', ...prompt}, 'anchor-1-0');
  await publish(1);
  const delivery = await firstValueFrom(bus.deliveries('anchor_pairs', {maxInFlight: 1, drain$: NEVER}));
  await delivery.ack();
  t.like(delivery.message, {promptId: 'anchor-1-0', first: 'chosen', policyVersion: 1});
  t.true(delivery.message.second.length > 0);
  sampler.drain();
  t.is((await sampler.ended).code, 0);
  for (const channel of ['completions', 'candidates', 'rejections'] as const)
    t.is((await bus.state(channel)).lastSequence, 0, channel);
});
