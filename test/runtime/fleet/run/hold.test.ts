/** A run is held by one process at a time, whether its folder says so or its server. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {firstValueFrom} from 'rxjs';
import type {Holder} from '../../../../runtime/bus/channels/holder.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {type HoldStore, holdRun} from '../../../../runtime/fleet/run/hold.js';
import {folderHold, serverHold} from '../../../../runtime/fleet/run/hold-stores.js';
import {ownIdentity} from '../../../../runtime/machine/process-alive.js';
import {startTestServer, type TestServer, withBus} from '../../../helpers/nats.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

const quick = {renewMs: 20, goneAfterMs: 400};
const other = (parts: Partial<Holder> = {}): Holder => ({
  ...ownIdentity(),
  id: 'other',
  since: '2026-01-31T17:45:02.000Z',
  released: false,
  ...parts,
});

const stores: Readonly<Record<string, (t: ExecutionContext) => Promise<HoldStore>>> = {
  'in its folder': async (t) => folderHold(temporaryFolder(t)),
  'on its server': async (t) =>
    serverHold((await withBus(t, server, t.title.replaceAll(/\W/g, '').slice(0, 60))).kv),
};

for (const [where, storeOf] of Object.entries(stores)) {
  test(`of two that take a run at once, one gets it: ${where}`, async (t) => {
    const store = await storeOf(t);
    const taken = await Promise.allSettled([1, 2, 3].map(() => holdRun(store, 'first')));
    const refused = taken.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    t.is(refused.length, 2);
    for (const error of refused) {
      t.true(error instanceof TerminalError);
      t.regex(
        error.message,
        /^run first is held by process \d+ on \S+ since \S+: end that one first, or choose another --run$/,
      );
    }
  });

  test(`a run whose holder ended, was killed, or has lost its id to another process is free at once: ${where}`, async (t) => {
    const store = await storeOf(t);
    const first = await holdRun(store, 'first');
    await first.release();
    for (const gone of [{pid: 2 ** 22 + 1}, {startTicks: 1}]) {
      const second = await holdRun(store, 'first');
      await second.release();
      const revision = (await store.read())?.revision ?? 0;
      t.true(await store.write(other(gone), revision));
    }
    await holdRun(store, 'first');
    t.is((await store.read())?.value.pid, process.pid);
  });

  test(`a holder elsewhere keeps its run while it says that it is there, and hears who took it after that: ${where}`, async (t) => {
    const store = await storeOf(t);
    // This process, as one that no other can see.
    const elsewhere: HoldStore = {
      ...store,
      write: (value, revision) => store.write({...value, place: 'far'}, revision),
    };
    const far = await holdRun(elsewhere, 'first', quick);
    const said: string[] = [];
    const error = await t.throwsAsync(
      holdRun(store, 'first', {...quick, goneAfterMs: 60_000, say: (line) => said.push(line)}),
      {instanceOf: TerminalError},
    );
    t.regex(error.message, /^run first is held by process /);
    t.regex(said.join(), /waiting 60 s to hear whether it is still there$/);
    const lost = firstValueFrom(far.lost$);
    const {revision = 0} = (await store.read()) ?? {};
    // Its next word is compared with this one, and refused.
    while (!(await store.write(other({place: 'farther'}), (await store.read())?.revision ?? revision)));
    t.regex(await lost, /^run first was taken over by process /);
    const near = await holdRun(store, 'first', quick);
    await near.release();
    t.like((await store.read())?.value, {released: true, place: ownIdentity().place});
  });
}

test('a draft that a kill left beside the holders is none', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'holder'));
  writeFileSync(join(folder, 'holder', 'x.draft'), '{');
  await holdRun(folderHold(folder), 'first');
  t.is((await folderHold(folder).read())?.revision, 1);
});

test('what a machine that lost its power left in the place of a holder holds nothing; what is no holder is named', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'holder'));
  writeFileSync(join(folder, 'holder', '7.json'), '');
  const store = folderHold(folder);
  await holdRun(store, 'first');
  t.is((await store.read())?.value.pid, process.pid);

  writeFileSync(join(folder, 'holder', '9.json'), '{}');
  const error = await t.throwsAsync(store.read(), {instanceOf: TerminalError});
  t.true(error.message.startsWith(`${join(folder, 'holder', '9.json')}: does not say who holds the run; `));
});
