/** Evaluators whose policy is behind a server that keeps to vLLM's protocol, and a learner's adapters, published by hand. */
import {readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import type {Checkpoint} from '../../../proto/messages.js';
import {policyFiles} from '../../../runtime/fleet/checkpoints/content.js';
import {scoreKey} from '../../../runtime/fleet/evaluation/due.js';
import {demoPolicyFolder} from '../../../runtime/fleet/file/load.js';
import type {FleetInput} from '../../../runtime/fleet/file/schema.js';
import {logNow} from '../../../runtime/fleet/run/log-now.js';
import {initialAdapter, saveAdapter} from '../../../runtime/model/files/adapter.js';
import {loadCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {checkpointMessage} from '../../helpers/checkpoint-message.js';
import {limits, openEvaluatedRun, policyAt} from '../../helpers/evaluated-run.js';
import {until} from '../../helpers/fleet-folder.js';
import {temporaryFile} from '../../helpers/temporary.js';
import {openVllm, type VllmOptions} from '../../helpers/vllm.js';

const {config, tokenizer} = await loadCheckpoint(demoPolicyFolder);
const [END = 0] = tokenizer.endTokenIds;
const [RIGHT, WRONG] = ['2,4,6,8.', '2,4,6,9.'];
const said = (text: string) => ({text, ids: [...tokenizer.encode(text), END], finishReason: 'stop'}) as const;
const versionOf = (model: string): number => Number(/-v(\d+)-/.exec(model)?.[1] ?? 0);

const nameOf = ({policyVersion, weightsSha256}: Checkpoint): string =>
  `anchorage-run-v00000${policyVersion}-${weightsSha256.slice(0, 8)}-evaluator-0`;

const openRun = async (
  t: ExecutionContext,
  served: Partial<VllmOptions> = {},
  prompts: readonly string[] = ['1+1 2+2 3+3 4+4>'],
) => {
  // By the second checkpoint the sums are right.
  const vllm = await openVllm({
    model: 'base',
    answer: ({model}) => said(versionOf(model) >= 2 ? RIGHT : WRONG),
    ...served,
  });
  t.teardown(() => vllm.kill());
  const items = prompts.map((prompt) => `${JSON.stringify({prompt, answer: RIGHT})}\n`);
  const file = temporaryFile(t, 'gold.jsonl', items.join(''));
  const parts: Partial<FleetInput> = {
    endpoints: {vllm: {baseUrl: vllm.baseUrl, price: {inputPerMillion: 1e6, outputPerMillion: 0}}},
    training: {steps: 1, lora: {rank: 2}},
    actors: {
      reviser: {endpoint: 'teacher', model: 'reviser'},
      evaluator: {endpoint: 'vllm', model: 'base', concurrency: 2, timeoutMs: 20_000},
    },
  };
  const gold = {suite: 'gold_answers', file, maxCompletionTokens: limits.maxCompletionTokens} as const;
  const run = await openEvaluatedRun(t, [gold, {...gold, name: 'again'}], parts);
  const publish = async (policyVersion: number, rank = 2): Promise<Checkpoint> => {
    const message = checkpointMessage(policyVersion);
    const folder = join(run.runFolder, message.folder);
    const settings = {rank, alpha: 4, dropout: 0, targetModules: ['q_proj']};
    const {adapterSha256} = await saveAdapter(
      folder,
      initialAdapter(config, settings, policyVersion),
      'base',
    );
    const checkpoint = {...message, weightsSha256: adapterSha256, files: await policyFiles(folder)};
    await run.publish(checkpoint);
    return checkpoint;
  };
  /** The policy before training, which is no adapter. */
  const publishFirst = async () => run.publish(await policyAt(run.runFolder, 0));
  return {...run, vllm, publish, publishFirst, folder: join(run.runFolder, 'adapters')};
};

test('A checkpoint is scored by what its own adapter answers, which is loaded for as long as that takes', async (t) => {
  const {vllm, bus, publish, publishFirst, start, firstScores, folder} = await openRun(t);
  await publishFirst();
  const checkpoints = [await publish(1), await publish(2)];
  const actor = start();
  const scores = await firstScores(actor, 6);
  t.deepEqual(
    scores.map(({policyVersion, name, suite, score}) => [policyVersion, name || suite, score]),
    [0, 1, 2].flatMap((version) =>
      ['gold_answers', 'again'].map((name) => [version, name, version === 2 ? 1 : 0]),
    ),
  );
  const names = checkpoints.map(nameOf);
  await until('the last is unloaded', async () => (vllm.loaded().length === 0 ? true : undefined));
  t.deepEqual(
    vllm.changes,
    names.flatMap((name) => [`load ${name}`, `unload ${name}`]),
  );
  // Both suites ask the same: what was answered is not asked again.
  t.deepEqual(
    vllm.asked.map(({model}) => model),
    ['base', ...names],
  );
  t.like(vllm.asked[0]?.body, {temperature: 0, max_tokens: limits.maxCompletionTokens, top_k: -1});
  t.deepEqual(vllm.asked[0]?.prompt, tokenizer.encode('1+1 2+2 3+3 4+4>'));
  actor.drain();
  t.deepEqual(await actor.ended, {code: 0, message: undefined});
  t.deepEqual(readdirSync(folder), []);
  t.deepEqual(vllm.violations, []);
  t.deepEqual(actor.warnings(), []);
  const account = await bus.kv.get<{processes: Record<string, {requests: number; cost: number}>}>('usage');
  t.like(account?.value.processes['evaluator-0'], {
    requests: 3,
    cost: 3 * tokenizer.encode('1+1 2+2 3+3 4+4>').length,
  });
});

test('kill -9 of an evaluator and of its server leave one score a suite, and no adapter', async (t) => {
  let isHeld = true;
  let isStuck = false;
  const {vllm, bus, publish, start, folder} = await openRun(t, {
    // What is asked for then is never done.
    beforeUnload: async () => {
      if (isStuck) await new Promise(() => undefined);
    },
    answer: async ({model}) => {
      if (isHeld && versionOf(model) === 1) await new Promise(() => undefined);
      return said(RIGHT);
    },
  });
  const name = nameOf(await publish(1));
  const first = start();
  await until('it is asked', async () => (vllm.asked.length === 1 ? true : undefined));
  first.kill();
  await first.ended;
  t.is(vllm.loaded().length, 1);
  writeFileSync(join(folder, '.other'), '');
  const second = start();
  await until('it is asked again', async () => (vllm.asked.length === 2 ? true : undefined));
  // The second begins with what it left.
  t.deepEqual(vllm.changes, [`load ${name}`, `unload ${name}`, `load ${name}`]);
  isHeld = false;
  await vllm.kill();
  await vllm.start();
  const scored = (count: number) => async () => {
    const {lastSequence} = await bus.state('scores');
    return lastSequence >= count && (isStuck || vllm.loaded().length === 0) ? true : undefined;
  };
  await until('the first has scores, and is unloaded', scored(2));
  isStuck = true;
  const last = nameOf(await publish(2));
  await until('the last has scores', scored(4));
  second.kill();
  await second.ended;
  t.deepEqual(vllm.loaded(), [last]);
  isStuck = false;
  // Nothing is due any more.
  const third = start();
  await until('what is left is unloaded', async () => (vllm.loaded().length === 0 ? true : undefined));
  third.drain();
  t.deepEqual(await third.ended, {code: 0, message: undefined});
  t.deepEqual((await logNow(bus, 'scores')).map(scoreKey).toSorted(), [
    ...['again-0-1', 'again-0-2', 'gold_answers-0-1', 'gold_answers-0-2'],
  ]);
  t.deepEqual(vllm.loaded(), []);
  t.is(vllm.mostLoaded(), 1);
  t.deepEqual(readdirSync(folder), ['.other']);
});

test('What the server does not load, or cuts off, is no score: a line says why, and the next is scored', async (t) => {
  const {vllm, bus, publish, start, folder} = await openRun(t, {
    maxLoraRank: 2,
    answer: ({model}) =>
      versionOf(model) === 3
        ? {text: '2,', ids: tokenizer.encode('2,').slice(0, 2), finishReason: 'length'}
        : said(RIGHT),
  });
  await publish(1, 4);
  await publish(3);
  await publish(4);
  const actor = start();
  await until('the last has scores', async () =>
    (await bus.state('scores')).lastSequence >= 2 ? true : undefined,
  );
  t.deepEqual(
    (await logNow(bus, 'scores')).map(({policyVersion}) => policyVersion),
    [4, 4],
  );
  actor.drain();
  await actor.ended;
  const [rank = '', again, cut = ''] = actor.warnings();
  t.regex(
    rank,
    /^the checkpoint of step 1 is not scored by gold_answers: .*LoRA rank 4 is greater than max_lora_rank 2.*--max-lora-rank.*or leave actors\.evaluator\.endpoint out$/,
  );
  t.regex(again ?? '', /^the checkpoint of step 1 is not scored by again: /);
  t.regex(
    cut,
    /^the checkpoint of step 3 is not scored by gold_answers: .*cut an answer off at 2 tokens, of 32; .*--max-model-len/,
  );
  t.deepEqual(vllm.loaded(), []);
  t.deepEqual(readdirSync(folder), []);
});

test('A server that takes up no adapters gives no checkpoint the score of the model before training', async (t) => {
  const {publish, publishFirst, start, bus, vllm} = await openRun(t, {runtimeLora: false});
  await publishFirst();
  await publish(1);
  const actor = start();
  await until('it says so', async () => (actor.warnings().length >= 2 ? true : undefined));
  t.deepEqual(
    (await logNow(bus, 'scores')).map(({policyVersion}) => policyVersion),
    [0, 0],
  );
  t.regex(
    actor.warnings()[0] ?? '',
    /step 1 is not scored by gold_answers: .*takes up no adapters while it serves \(404 Not Found\).*VLLM_ALLOW_RUNTIME_LORA_UPDATING=True/,
  );
  t.deepEqual([...new Set(vllm.asked.map(({model}) => model))], ['base']);
});

test('No more is asked at once than concurrency says; eight texts on end that are not their tokens are no score', async (t) => {
  let underWay = 0;
  let most = 0;
  const {bus, publishFirst, start, vllm} = await openRun(
    t,
    {
      answer: async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        // Whoever asks for all at once does so meanwhile.
        await sleep(50);
        underWay -= 1;
        return {...said(RIGHT), text: 'The sums are right.'};
      },
    },
    Array.from({length: 8}, (_, place) => `${place}+1 2+2 3+3 4+4>`),
  );
  await publishFirst();
  const actor = start();
  await until('it says so', async () => (actor.warnings().length >= 2 ? true : undefined));
  t.is(most, 2);
  t.true(vllm.asked.length >= 8);
  for (const [place, name] of ['gold_answers', 'again'].entries())
    t.regex(
      actor.warnings()[place] ?? '',
      new RegExp(
        `^the checkpoint of step 0 is not scored by ${name}: .*model base: the tokens of 8 answers on end are not their texts by the policy’s tokenizer; serve policy\\.model there, or correct actors\\.evaluator\\.model$`,
      ),
    );
  t.is((await bus.state('scores')).lastSequence, 0);
});
