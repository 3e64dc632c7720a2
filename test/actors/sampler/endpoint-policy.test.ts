/** A sampler whose policy is behind a server that keeps to vLLM's protocol, and a learner's checkpoints, published by hand. */
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {NEVER} from 'rxjs';
import {type Completion, RejectionReason} from '../../../proto/messages.js';
import {publishCheckpoint} from '../../../runtime/fleet/checkpoints/checkpoints.js';
import {policyFiles} from '../../../runtime/fleet/checkpoints/content.js';
import {demoPolicyFolder} from '../../../runtime/fleet/file/load.js';
import {type FleetInput, fleetSchema} from '../../../runtime/fleet/file/schema.js';
import {initialAdapter, saveAdapter} from '../../../runtime/model/files/adapter.js';
import {loadCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {fleetOf, startActor} from '../../helpers/actor-process.js';
import {until} from '../../helpers/fleet-folder.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {temporaryFolder} from '../../helpers/temporary.js';
import {openVllm, type VllmOptions} from '../../helpers/vllm.js';

const base = await loadCheckpoint(demoPolicyFolder);
const {tokenizer} = base;
const END = tokenizer.endTokenIds[0] ?? 0;
const ANSWER = '15,15,15,15.';
const PROMPT = '12+3 12+3 12+3 12+3>';

const openRun = async (
  t: ExecutionContext,
  served: Partial<VllmOptions> = {},
  sampler: object = {},
  answers: 1 | 2 = 1,
) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const vllm = await openVllm({
    model: 'base',
    answer: () => ({text: ANSWER, ids: [...tokenizer.encode(ANSWER), END], finishReason: 'stop'}),
    ...served,
  });
  t.teardown(() => vllm.kill());
  const runFolder = temporaryFolder(t);
  const place = {run: 'run', runFolder};
  const fleet: FleetInput = {
    ...fleetOf({
      ...(answers === 2 ? {dataset: 'judge_on_policy'} : {}),
      endpoints: {teacher: {demo: true}, vllm: {baseUrl: vllm.baseUrl}},
      actors: {
        ...(answers === 2
          ? {judge: {endpoint: 'teacher', model: 'judge'}}
          : {reviser: {endpoint: 'teacher', model: 'reviser'}}),
        sampler: {endpoint: 'vllm', model: 'base', concurrency: 4, timeoutMs: 20_000, ...sampler},
      },
    }),
    policy: {model: 'demo', format: 'plain', maxPromptTokens: 32, maxCompletionTokens: 32},
    training: {steps: 1, lora: {rank: 2}},
  };
  const parsed = fleetSchema.parse(fleet);
  const stamp = {pairSequence: 0, objective: 'dpo', objectiveRevision: 1, trainingFiles: [], final: false};
  let published = 0;
  const warn = (line: string): void => t.fail(line);
  const publishOf = async (policyVersion: number, folder: string, weightsSha256: string): Promise<void> => {
    const files = await policyFiles(join(runFolder, folder));
    const checkpoint = {...stamp, step: 10 * policyVersion, policyVersion, folder, weightsSha256, files};
    const publication = {after: published, learner: 'learner', restore: async () => undefined};
    await publishCheckpoint({bus, runFolder, warn}, parsed, checkpoint, publication);
    published += 1;
  };
  /** A policy of ten times as many steps as its version; resolves to the eight digits of its weights. */
  const publish = async (policyVersion: number, rank = 2): Promise<string> => {
    const folder = `checkpoints/step-${policyVersion}`;
    const settings = {rank, alpha: 4, dropout: 0, targetModules: ['q_proj']};
    const adapter = initialAdapter(base.config, settings, policyVersion);
    const {adapterSha256} = await saveAdapter(join(runFolder, folder), adapter, 'base');
    await publishOf(policyVersion, folder, adapterSha256);
    return adapterSha256.slice(0, 8);
  };
  const completions: Completion[] = [];
  const taken = bus.deliveries('completions', {maxInFlight: 64, drain$: NEVER}).subscribe((delivery) => {
    completions.push(delivery.message);
    void delivery.ack();
  });
  t.teardown(() => taken.unsubscribe());
  let prompts = 0;
  const ask = async (): Promise<Completion> => {
    const promptId = String(prompts++);
    await bus.publish('prompts', {promptId, prompt: PROMPT}, promptId);
    return until(`prompt ${promptId} is answered`, async () =>
      completions.find((completion) => completion.promptId === promptId),
    );
  };
  /** Asks until a policy of this version answers. */
  const askVersion = async (version: number): Promise<Completion> => {
    for (;;) {
      const completion = await ask();
      if (completion.policyVersion === version) return completion;
    }
  };
  return {
    ...{bus, vllm, runFolder, publish, ask, askVersion},
    start: (index = 0) => startActor(t, 'sampler', fleet, server.url, {}, {...place, index}),
  };
};

test('Each checkpoint is loaded as an adapter, and answers say the version that was asked', async (t) => {
  let unload = (): void => undefined;
  const unloading = new Promise<void>((resolve) => {
    unload = resolve;
  });
  const tidied = {isOver: false};
  const {vllm, runFolder, publish, ask, askVersion, start} = await openRun(t, {
    beforeUnload: async () => tidied.isOver && unloading,
  });
  const sampler = start();
  const first = await ask();
  tidied.isOver = true;
  t.is(first.completion, ANSWER);
  t.deepEqual([...first.completionIds], [...tokenizer.encode(ANSWER), END]);
  t.like(first, {policyVersion: 0, finishReason: 1});
  t.is(first.sampling?.logps, -0.25 * first.completionIds.length);
  const one = await publish(1);
  t.like((await askVersion(1)).sampling, {policyStep: 10, endPolicyVersion: 1});
  const two = await publish(2);
  // Its answers know its step while the one before is not unloaded yet.
  t.like((await askVersion(2)).sampling, {policyStep: 20, endPolicyVersion: 2});
  unload();
  const names = [`anchorage-run-v000001-${one}`, `anchorage-run-v000002-${two}`];
  await until('the first is unloaded', async () => (vllm.loaded().length === 1 ? true : undefined));
  t.deepEqual(vllm.changes, [`load ${names[0]}`, `load ${names[1]}`, `unload ${names[0]}`]);
  t.deepEqual([...new Set(vllm.asked.map(({model}) => model))], ['base', ...names]);
  t.deepEqual(vllm.asked[0]?.prompt, tokenizer.encode(PROMPT));
  t.like(vllm.asked[0]?.body, {temperature: 1, top_p: 1, top_k: -1, max_tokens: 32, return_token_ids: true});
  await until('its folder is gone', async () =>
    readdirSync(join(runFolder, 'adapters')).length === 1 ? true : undefined,
  );
  t.deepEqual(readdirSync(join(runFolder, 'adapters')), [names[1]]);
  // At its end it leaves nothing there.
  sampler.drain();
  t.deepEqual(await sampler.ended, {code: 0, message: undefined});
  t.deepEqual(vllm.loaded(), []);
  t.deepEqual(readdirSync(join(runFolder, 'adapters')), []);
  t.deepEqual(vllm.violations, []);
  t.deepEqual(sampler.warnings(), []);
});

test('What a killed sampler left, and its server did not unload, goes with the next checkpoint', async (t) => {
  const server = {isAway: false};
  const {vllm, runFolder, publish, askVersion, start} = await openRun(t, {
    beforeUnload: async () => {
      if (server.isAway) throw new Error('the connection breaks');
    },
  });
  const first = start();
  await publish(1);
  await askVersion(1);
  first.kill();
  await first.ended;
  await publish(2);
  server.isAway = true;
  const second = start();
  await askVersion(2);
  // Its folder is there for as long as the server may read it.
  t.is(vllm.loaded().length, 2);
  t.is(readdirSync(join(runFolder, 'adapters')).length, 2);
  server.isAway = false;
  await publish(3);
  await askVersion(3);
  t.deepEqual(
    vllm.changes.map((line) => line.replace(/-\w{8}$/, '')),
    [
      'load anchorage-run-v000001',
      'load anchorage-run-v000002',
      'unload anchorage-run-v000001',
      'load anchorage-run-v000003',
    ].concat(vllm.changes.length > 4 ? ['unload anchorage-run-v000002'] : []),
  );
  t.is(vllm.mostLoaded(), 2);
  second.drain();
  t.is((await second.ended).code, 0);
  t.deepEqual(vllm.loaded(), []);
});

test('After kill -9 of the sampler it finds what is loaded; after that of the server it loads it again', async (t) => {
  const {vllm, runFolder, publish, askVersion, start} = await openRun(t);
  const first = start();
  await publish(1);
  await askVersion(1);
  first.kill();
  await first.ended;
  const second = start();
  await askVersion(1);
  t.deepEqual(vllm.refused.filter((line) => line.includes('load anchorage-run-v000001')).length, 1);
  t.is(vllm.changes.length, 1);
  // What was published meanwhile is the one that is found, and the older one goes.
  second.kill();
  await second.ended;
  await publish(2);
  start();
  await askVersion(2);
  t.deepEqual(
    vllm.loaded().map((name) => name.slice(0, -9)),
    ['anchorage-run-v000002'],
  );
  t.is(readdirSync(join(runFolder, 'adapters')).length, 1);
  await vllm.kill();
  await vllm.start();
  t.deepEqual(vllm.loaded(), []);
  await askVersion(2);
  t.is(vllm.loaded().length, 1);
  t.is(vllm.mostLoaded(), 1);
  t.deepEqual(vllm.violations, []);
});

test('A server that takes up no adapters is said once, before training, and the answers stay version 0', async (t) => {
  const {vllm, bus, publish, ask, start} = await openRun(t, {runtimeLora: false, saysTokens: false});
  const sampler = start();
  await publish(1);
  await publish(2);
  const behind = await until('a row says how far it is behind', async () => {
    const {lastSequence} = await bus.state('metrics');
    if (lastSequence === 0) return undefined;
    for await (const {message} of bus.read('metrics', {sequence: 1, through: lastSequence}))
      if (message.values['sampling/versions_behind'] === 2) return message;
    return undefined;
  });
  t.is(behind.policyVersion, 0);
  const answer = await ask();
  t.like(answer, {policyVersion: 0, completion: ANSWER});
  // The tokens that it does not say are those of the text.
  t.deepEqual([...answer.completionIds], [...tokenizer.encode(ANSWER), END]);
  await until('both are said', async () => (sampler.warnings().length >= 2 ? true : undefined));
  t.is(sampler.warnings().length, 2);
  t.regex(sampler.warnings()[1] ?? '', /does not say which tokens it sampled: texts are encoded anew/);
  t.regex(
    sampler.warnings()[0] ?? '',
    /^endpoint http:\/\/127\.0\.0\.1:\d+\/v1 takes up no adapters while it serves \(404 Not Found\): base goes on answering as it was before training, and its answers say so; start vLLM with VLLM_ALLOW_RUNTIME_LORA_UPDATING=True and --enable-lora, or SGLang with --enable-lora$/,
  );
  t.deepEqual([...new Set(vllm.asked.map(({model}) => model))], ['base']);
});

test('An adapter that the server does not see, or will not have, ends the sampler with what to change', async (t) => {
  const elsewhere = await openRun(
    t,
    {mounted: () => '/no/such/place'},
    {adapters: {serverFolder: '/mnt/adapters/'}},
  );
  const unseen = elsewhere.start();
  await elsewhere.publish(1);
  const {code, message} = await unseen.ended;
  t.is(code, 2);
  t.regex(
    message?.message ?? '',
    /does not load an adapter: 404 Loading lora (anchorage-run-v000001-\w{8}) failed: No adapter found for <path>; it must see \/mnt\/adapters\/\1: .*actors\.sampler\.adapters\.serverFolder/,
  );
  const small = await openRun(t, {maxLoraRank: 8});
  const refused = small.start();
  await small.publish(1, 16);
  t.regex(
    (await refused.ended).message?.message ?? '',
    /LoRA rank 16 is greater than max_lora_rank 8.*--max-lora-rank/,
  );
});

test('A prompt of which one answer is missing is asked for that one alone, after kill -9 of the sampler too', async (t) => {
  let hangs = true;
  const {vllm, bus, runFolder, start} = await openRun(
    t,
    {
      answer: async ({body}) => {
        if (hangs && body.seed !== vllm.asked[0]?.body.seed) await new Promise(() => undefined);
        return {text: ANSWER, ids: [...tokenizer.encode(ANSWER), END], finishReason: 'stop'};
      },
    },
    {},
    2,
  );
  const first = start();
  await bus.publish('prompts', {promptId: 'pair', prompt: PROMPT}, 'pair');
  await until('both are asked, and one is kept', async () => {
    const kept = readdirSync(runFolder, {recursive: true}).filter((name) => `${name}`.endsWith('.json'));
    return vllm.asked.length === 2 && kept.length === 1 ? true : undefined;
  });
  first.kill();
  await first.ended;
  hangs = false;
  start();
  await until('the pair is there', async () =>
    (await bus.state('completion_pairs')).lastSequence > 0 ? true : undefined,
  );
  const seeds = vllm.asked.map(({body}) => body.seed);
  t.deepEqual(seeds, [seeds[0], seeds[1], seeds[1]]);
});

test('A server of another vocabulary ends the sampler before anything is taken from it', async (t) => {
  const {bus, start} = await openRun(t, {
    answer: () => ({text: 'Sure', ids: [40_000, END], finishReason: 'stop'}),
  });
  const sampler = start();
  await bus.publish('prompts', {promptId: 'any', prompt: PROMPT}, 'any');
  const {code, message} = await sampler.ended;
  t.is(code, 2);
  t.regex(
    message?.message ?? '',
    /model base: it says tokens beyond the vocabulary .* policy\.model \S+; serve/,
  );
  t.is((await bus.state('completions')).lastSequence, 0);
});

test('A second sampler, which would unload the adapters of the first, does not begin', async (t) => {
  const {vllm, start} = await openRun(t);
  const {code, message} = await start(1).ended;
  t.is(code, 2);
  t.regex(message?.message ?? '', /^there is no sampler 1 of a policy behind an endpoint: .*concurrency$/);
  t.deepEqual(vllm.refused, []);
});

test('A prompt that the server turns away is a rejection, and the adapter stays as it is', async (t) => {
  let isOdd = true;
  const {vllm, bus, publish, askVersion, start} = await openRun(t, {
    answer: () => {
      const given = {text: ANSWER, ids: [...tokenizer.encode(ANSWER), END], finishReason: 'stop'} as const;
      return isOdd ? {...given, ids: tokenizer.encode('15,15').slice(0, 5), finishReason: 'length'} : given;
    },
  });
  start();
  await publish(1);
  await bus.publish('prompts', {promptId: 'cut', prompt: PROMPT}, 'cut');
  const rejected = await until('it is rejected', async () => (await bus.last('rejections'))?.message);
  t.like(rejected, {promptId: 'cut', actor: 'sampler', reason: RejectionReason.REJECTION_REASON_TRUNCATED});
  isOdd = false;
  await askVersion(1);
  t.is(vllm.changes.length, 1);
});
