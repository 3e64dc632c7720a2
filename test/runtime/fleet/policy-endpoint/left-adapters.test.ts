import {mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {pino} from 'pino';
import type {AdapterReply} from '../../../../runtime/endpoints/adapters.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {adapterName, type Owner} from '../../../../runtime/fleet/policy-endpoint/adapter-name.js';
import {leftAdapters} from '../../../../runtime/fleet/policy-endpoint/left-adapters.js';
import {checkpointMessage} from '../../../helpers/checkpoint-message.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const published = [1, 2, 3].map((version) => checkpointMessage(version));
const [one, two, three] = published as [
  (typeof published)[number],
  (typeof published)[number],
  (typeof published)[number],
];

/** A run of three checkpoints, a server that has their adapters, and what was asked of it. */
const openRun = async (t: ExecutionContext, owner: Owner) => {
  const bus = await withBus(t, await withNatsServer(t));
  for (const message of published) await bus.publish('checkpoints', message, `v${message.policyVersion}`);
  const folder = temporaryFolder(t);
  const nameOf = (message: (typeof published)[number]): string => adapterName(owner, message);
  const loaded = new Set(['base', ...published.map(nameOf), 'anchorage-other-v000001-aaaaaaaa']);
  for (const message of published) mkdirSync(join(folder, nameOf(message)));
  mkdirSync(join(folder, 'other'));
  const asked: string[] = [];
  const answers: AdapterReply[] = [];
  const left = leftAdapters(
    {bus, log: pino({level: 'silent'}), advance: () => undefined},
    {
      baseUrl: 'http://server/v1',
      adapters: {
        load: async () => ({kind: 'done'}),
        async unload(name) {
          asked.push(name);
          return answers.shift() ?? {kind: loaded.delete(name) ? 'done' : 'already'};
        },
        loaded: async () => [...loaded],
        naming: (model) => ({model, body: {}}),
      },
    },
    owner,
    {folder, explain: (reason, kind) => `${kind}: ${reason}`},
  );
  return {left, loaded, asked, answers, nameOf, folders: () => readdirSync(folder).sort()};
};

for (const owner of [{run: 'run'}, {run: 'run', process: 'evaluator-0'}]) {
  const whose = owner.process ?? 'sampler';

  test(`What a ${whose} left is unloaded and removed, but what is in use and what is not its own`, async (t) => {
    const {left, loaded, asked, nameOf, folders} = await openRun(t, owner);
    await left.remove(three);
    t.deepEqual([...loaded], ['base', nameOf(three), 'anchorage-other-v000001-aaaaaaaa']);
    t.deepEqual(folders(), [nameOf(three), 'other']);
    t.is(asked.length, 3, 'a name that no adapter has, and the two');
    // All is said: nothing is asked again.
    await left.remove(three);
    t.is(asked.length, 3);
  });

  test(`A server that fails to unload what a ${whose} left is asked again with the next checkpoint; folders stay until then`, async (t) => {
    const {left, loaded, answers, nameOf, folders} = await openRun(t, owner);
    const away = {kind: 'failed', reason: 'no answer within 20000 ms'} as const;
    answers.push(away);
    await left.remove(two);
    answers.push({kind: 'already'}, away);
    await left.remove(two);
    t.is(loaded.size, 5);
    t.is(folders().length, 4);
    await left.remove(two);
    t.deepEqual([...loaded], ['base', nameOf(two), 'anchorage-other-v000001-aaaaaaaa']);
    t.deepEqual(folders(), [nameOf(two), 'other']);
  });
}

test('One that could not be unloaded goes with the next checkpoint; one that is in use again does not', async (t) => {
  const {left, loaded, nameOf} = await openRun(t, {run: 'run'});
  await left.remove(three);
  for (const message of [one, two]) {
    loaded.add(nameOf(message));
    left.add({name: nameOf(message), policyVersion: message.policyVersion}, 'away');
  }
  await left.remove(two);
  t.deepEqual([...loaded].slice(1), [nameOf(three), 'anchorage-other-v000001-aaaaaaaa', nameOf(two)]);
});

test('A server that denies unloading ends it with what to change', async (t) => {
  const {left, answers} = await openRun(t, {run: 'run'});
  answers.push({kind: 'denied', reason: '403 Forbidden'});
  await t.throwsAsync(left.remove(), {instanceOf: TerminalError, message: 'denied: 403 Forbidden'});
});
