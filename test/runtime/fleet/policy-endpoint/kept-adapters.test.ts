import test, {type ExecutionContext} from 'ava';
import type {AdapterReply} from '../../../../runtime/endpoints/adapters.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {
  type Adapter,
  type KeepingOptions,
  keepAdapters,
} from '../../../../runtime/fleet/policy-endpoint/kept-adapters.js';

const versionOf = (policyVersion: number): Adapter => ({name: `v${policyVersion}`, policyVersion});

/** A server that keeps what it was told, and what was done to it in order. */
const openServer = (options: Partial<KeepingOptions> = {}) => {
  const events: string[] = [];
  const loaded = new Set<string>();
  let most = 0;
  /** What the next requests are answered, in the place of the truth. */
  const replies: AdapterReply[] = [];
  const kept = keepAdapters({
    server: {
      async load(name) {
        const reply = replies.shift();
        if (reply !== undefined) return reply;
        if (loaded.has(name)) return {kind: 'already'};
        loaded.add(name);
        most = Math.max(most, loaded.size);
        events.push(`load ${name}`);
        return {kind: 'done'};
      },
      async unload(name) {
        const reply = replies.shift();
        if (reply !== undefined) return reply;
        events.push(`unload ${name}`);
        return loaded.delete(name) ? {kind: 'done'} : {kind: 'already'};
      },
    },
    provide: async ({name}) => `/adapters/${name}`,
    async discard({name}) {
      events.push(`discard ${name}`);
    },
    patienceMs: 60_000,
    explain: (reason, kind) => `${kind}: ${reason}`,
    stays: ({name}, reason) => events.push(`stays ${name}: ${reason}`),
    unsupported: (reason) => events.push(`unsupported ${reason}`),
    note: (line) => events.push(`note ${line}`),
    signal: new AbortController().signal,
    pause: async () => undefined,
    ...options,
  });
  return {kept, events, loaded, replies, most: () => most};
};

/** A request that stays under way until it is ended. */
const under = (kept: ReturnType<typeof keepAdapters>) => {
  let end = (): void => undefined;
  const ending = new Promise<void>((resolve) => {
    end = resolve;
  });
  let named: string | undefined;
  const done = kept.byNewest(async (adapter) => {
    named = adapter?.name;
    await ending;
    return named;
  });
  return {
    named: () => named,
    async end() {
      end();
      return done;
    },
  };
};
/** What is asked of the server after a request ended is done by then. */
const settled = async (t: ExecutionContext, isTrue: () => boolean): Promise<void> => {
  for (let turns = 0; !isTrue(); turns++) {
    if (turns > 1000) return t.fail('it did not come about');
    await new Promise(setImmediate);
  }
};

test('Before the first adapter requests name none; then the newest, whose version their answers have', async (t) => {
  const {kept, events} = openServer();
  t.is(await kept.byNewest(async (adapter) => adapter?.name), undefined);
  t.true(await kept.takeUp(versionOf(50)));
  t.is(await kept.byNewest(async (adapter) => adapter?.policyVersion), 50);
  t.true(await kept.takeUp(versionOf(100)));
  t.is(await kept.byNewest(async (adapter) => adapter?.policyVersion), 100);
  await settled(t, () => events.includes('discard v50'));
  t.deepEqual(events, ['load v50', 'load v100', 'unload v50', 'discard v50']);
});

test('An adapter is unloaded once no request names it, and its folder stays as long', async (t) => {
  const {kept, events, loaded} = openServer();
  await kept.takeUp(versionOf(1));
  const [one, other] = [under(kept), under(kept)];
  await kept.takeUp(versionOf(2));
  t.deepEqual([...loaded], ['v1', 'v2']);
  t.is(await one.end(), 'v1');
  t.deepEqual([...loaded], ['v1', 'v2']);
  t.is(await other.end(), 'v1');
  await settled(t, () => events.includes('discard v1'));
  t.deepEqual(events, ['load v1', 'load v2', 'unload v1', 'discard v1']);
});

test('Two at most are loaded: a third waits for the requests of the first', async (t) => {
  const {kept, most, loaded} = openServer();
  await kept.takeUp(versionOf(1));
  const first = under(kept);
  await kept.takeUp(versionOf(2));
  const second = under(kept);
  let isThere = false;
  const third = kept.takeUp(versionOf(3)).then((taken) => {
    isThere = taken;
  });
  // Whoever asks meanwhile names the newest that is loaded.
  const meanwhile = under(kept);
  t.is(meanwhile.named(), 'v2');
  await new Promise(setImmediate);
  t.false(isThere);
  await first.end();
  await third;
  t.true(isThere);
  t.deepEqual([...loaded], ['v2', 'v3']);
  await Promise.all([second.end(), meanwhile.end()]);
  await settled(t, () => !loaded.has('v2'));
  t.is(most(), 2);
});

test('What is loaded already is no error, as after a kill', async (t) => {
  const {kept, loaded, events} = openServer();
  loaded.add('v7');
  t.true(await kept.takeUp(versionOf(7)));
  t.deepEqual(events, []);
});

test('What the server forgot is loaded again, once for all requests that it turned away', async (t) => {
  const {kept, loaded, events} = openServer();
  await kept.takeUp(versionOf(1));
  const again = kept.byNewest(async (adapter) => {
    if (adapter === undefined) throw new Error('none');
    const seen = kept.loadsOf(adapter);
    loaded.clear();
    const both = await Promise.all([kept.loadedAgain(adapter, seen), kept.loadedAgain(adapter, seen)]);
    // It is there now: a request that is turned away again is so for itself.
    return [...both, await kept.loadedAgain(adapter, kept.loadsOf(adapter))];
  });
  t.deepEqual(await again, ['loaded', 'loaded', 'there']);
  t.deepEqual(events, ['load v1', 'load v1']);
});

test('A load whose answer got lost was a load, and what was turned away before it is asked again', async (t) => {
  const {kept, loaded, replies} = openServer();
  await kept.takeUp(versionOf(1));
  const found = await kept.byNewest(async (adapter) => {
    if (adapter === undefined) throw new Error('none');
    replies.push({kind: 'failed', reason: 'no answer within 20000 ms'});
    return kept.loadedAgain(adapter, kept.loadsOf(adapter));
  });
  t.true(loaded.has('v1'));
  t.is(found, 'loaded');
});

test('A newer adapter answers before the one before it is unloaded, however long that takes', async (t) => {
  let unload = (): void => undefined;
  const unloading = new Promise<void>((resolve) => {
    unload = resolve;
  });
  const {kept, events} = openServer({
    server: {
      load: async () => ({kind: 'done'}),
      async unload() {
        await unloading;
        return {kind: 'done'};
      },
    },
  });
  await kept.takeUp(versionOf(1));
  t.true(await kept.takeUp(versionOf(2)));
  t.is(kept.newest()?.name, 'v2');
  t.deepEqual(events, []);
  unload();
  await settled(t, () => events.includes('discard v1'));
});

test('Of a server that took up none and then a newer one, an older request is told so, and the newer one stays', async (t) => {
  const {kept, replies} = openServer();
  await kept.takeUp(versionOf(1));
  const found = await kept.byNewest(async (adapter) => {
    if (adapter === undefined) throw new Error('none');
    replies.push({kind: 'unsupported', reason: '404 Not Found'});
    await kept.loadedAgain(adapter, 1);
    await kept.takeUp(versionOf(2));
    return kept.loadedAgain(adapter, 1);
  });
  t.is(found, 'gone');
  t.is(kept.newest()?.name, 'v2');
});

test('A request of an older adapter is helped while a newer one waits to be loaded', async (t) => {
  const {kept, loaded} = openServer();
  await kept.takeUp(versionOf(1));
  let forgotten = (): void => undefined;
  const request = kept.byNewest(async (adapter) => {
    if (adapter === undefined) throw new Error('none');
    await new Promise<void>((resolve) => {
      forgotten = resolve;
    });
    return kept.loadedAgain(adapter, 1);
  });
  await kept.takeUp(versionOf(2));
  const third = kept.takeUp(versionOf(3));
  loaded.clear();
  forgotten();
  t.is(await request, 'loaded');
  t.true(await third);
});

test('A server that takes up no adapters is said once, and asked again with the next one', async (t) => {
  const {kept, events, replies} = openServer();
  const no = {kind: 'unsupported', reason: '404 Not Found'} as const;
  replies.push(no, no);
  t.false(await kept.takeUp(versionOf(1)));
  t.false(await kept.takeUp(versionOf(2)));
  t.is(await kept.byNewest(async (adapter) => adapter?.name), undefined);
  t.true(await kept.takeUp(versionOf(3)));
  t.deepEqual(events, ['unsupported 404 Not Found', 'discard v1', 'discard v2', 'load v3']);
});

test('Where a server that is started again takes up none, requests name none from then on', async (t) => {
  const {kept, replies} = openServer();
  await kept.takeUp(versionOf(1));
  const found = await kept.byNewest(async (adapter) => {
    if (adapter === undefined) throw new Error('none');
    replies.push({kind: 'unsupported', reason: '404 Not Found'});
    return kept.loadedAgain(adapter, 1);
  });
  t.is(found, 'gone');
  t.is(await kept.byNewest(async (adapter) => adapter?.name), undefined);
});

test('A folder that is not seen yet, and a server that is away, are tried again; a refusal ends it with what to do', async (t) => {
  const {kept, replies} = openServer();
  replies.push({kind: 'unseen', reason: 'no folder'}, {kind: 'failed', reason: 'away'});
  t.true(await kept.takeUp(versionOf(1)));
  replies.push({kind: 'refused', reason: 'rank 64'});
  await t.throwsAsync(kept.takeUp(versionOf(2)), {instanceOf: TerminalError, message: 'refused: rank 64'});
  // The one before goes on.
  t.is(await kept.byNewest(async (adapter) => adapter?.name), 'v1');
  replies.push(...Array.from({length: 5}, () => ({kind: 'unseen', reason: 'no folder'}) as const));
  await t.throwsAsync(kept.takeUp(versionOf(2)), {message: 'unseen: no folder'});
  const impatient = openServer({patienceMs: -1});
  impatient.replies.push({kind: 'failed', reason: 'away'});
  await t.throwsAsync(impatient.kept.takeUp(versionOf(1)), {message: 'failed: away'});
});

test('One that is not loaded leaves no folder; it stays where the server may have it all the same', async (t) => {
  const {kept, events, loaded, replies} = openServer();
  await kept.takeUp(versionOf(1));
  replies.push({kind: 'refused', reason: 'rank 64'});
  await t.throwsAsync(kept.takeUp(versionOf(2)), {message: 'refused: rank 64'});
  t.deepEqual(events, ['load v1', 'unload v2', 'discard v2']);
  t.deepEqual([...loaded], ['v1']);
  replies.push({kind: 'refused', reason: 'rank 64'}, {kind: 'failed', reason: 'away'});
  await t.throwsAsync(kept.takeUp(versionOf(3)), {message: 'refused: rank 64'});
  t.deepEqual(events.slice(3), ['stays v3: away']);
  // Requests name the one that is loaded, whatever becomes of another try at it.
  replies.push({kind: 'refused', reason: 'rank 64'});
  await t.throwsAsync(kept.takeUp(versionOf(1)), {message: 'refused: rank 64'});
  t.is(await kept.byNewest(async (adapter) => adapter?.name), 'v1');
  t.deepEqual([...loaded], ['v1']);
});

test('One that cannot be unloaded keeps its folder, and whoever keeps adapters is told', async (t) => {
  const {kept, events, replies} = openServer();
  await kept.takeUp(versionOf(1));
  const request = under(kept);
  await kept.takeUp(versionOf(2));
  replies.push(...Array.from({length: 3}, () => ({kind: 'failed', reason: 'away'}) as const));
  await request.end();
  await settled(t, () => events.includes('stays v1: away'));
  t.false(events.includes('discard v1'));
});

test('What is let go of is unloaded with its folder, and so is what is being loaded just then', async (t) => {
  const {kept, events, loaded} = openServer();
  await kept.takeUp(versionOf(1));
  const request = under(kept);
  const second = kept.takeUp(versionOf(2));
  const gone = kept.letGo();
  await Promise.all([second, request.end(), gone]);
  await settled(t, () => loaded.size === 0);
  t.deepEqual(events.toSorted(), [
    ...['discard v1', 'discard v2', 'load v1', 'load v2', 'unload v1', 'unload v2'],
  ]);
  t.is(kept.newest(), undefined);
});
