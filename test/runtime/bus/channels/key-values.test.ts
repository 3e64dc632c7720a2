/** A key-value entry that somebody put by hand and that is none ends nothing. */
import test from 'ava';
import {firstValueFrom, ReplaySubject, take, toArray} from 'rxjs';
import type {KvKey} from '../../../../runtime/bus/bus.js';
import {openLink} from '../../../../runtime/bus/connection/connection.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';

/** None of which anybody may use. */
const odd: Readonly<Record<KvKey, readonly string[]>> = {
  scale: [
    '{"revision": ',
    'null',
    '5',
    '{}',
    '{"revision": 1, "counts": null}',
    '{"revision": "x", "counts": []}',
  ],
  progress: [
    'null',
    '{}',
    '{"step": -1, "steps": 8, "policyVersion": 0, "pairSequence": 0, "phase": "training"}',
    '{"step": 4e9, "steps": 8, "policyVersion": 0, "pairSequence": 0, "phase": "training"}',
    '{"step": 1, "steps": 8, "policyVersion": 0, "pairSequence": 0, "phase": "over"}',
  ],
  phase: ['null', '{"feeding": "maybe"}', '{"feeding": "done", "pairs": -1}', '{"feeding": "done"}'],
  shards: [
    'null',
    '{}',
    '{"epoch": "x", "members": 1}',
    '{"epoch": 1e12, "members": [], "waiting": [], "leaving": []}',
  ],
  prompts: ['null', '{"sequence": -5, "published": -1e9, "foreign": 0}'],
  actors: ['null', '5', '{"revision": 1}'],
  holder: ['null', '{}', '{"id": 7}'],
  best: [
    'null',
    '{}',
    '{"suite": "arithmetic", "value": "x", "step": 1, "policyVersion": 1, "weightsSha256": ""}',
  ],
  unscored: ['null', '[1]', '{"arithmetic-0-1": 5}'],
  origin: [
    'null',
    '{}',
    '{"fleet": {}, "policy": {"files": [{"path": "a", "sha256": "*", "sizeBytes": 1}]}}',
  ],
  fleet: ['null', '5', '[1]'],
  usage: ['null', '{}', '{"processes": {"reviser-0": {"requests": -1}}, "endpoints": {}}'],
};
const scaleOf = (revision: number) => ({revision, counts: {sampler: revision}});

test('Whoever watches a key-value entry passes over what is none, and whoever reads it is given the one before', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const link = await openLink({url: server.url, run: 'run', name: 'somebody'});
  t.teardown(() => link.close());
  await bus.kv.put('scale', scaleOf(1));
  const seen$ = new ReplaySubject<unknown>();
  bus.kv.watch('scale').subscribe(seen$);
  await firstValueFrom(seen$);
  let revision = 0;
  for (const text of odd.scale) revision = await link.bucket.put('scale', text);
  t.like(await bus.kv.get('scale'), {value: scaleOf(1), revision});
  // It is changed as if the odd ones were not there.
  t.true(((await bus.kv.compareAndSet('scale', scaleOf(2), revision)) ?? 0) > revision);
  t.deepEqual(await firstValueFrom(seen$.pipe(take(2), toArray())), [scaleOf(1), scaleOf(2)]);
});

test('A value that never was one is named, with what to do', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const link = await openLink({url: server.url, run: 'run', name: 'somebody'});
  t.teardown(() => link.close());
  for (const [key, texts] of Object.entries(odd) as [KvKey, string[]][])
    for (const text of texts) {
      await link.bucket.put(key, text);
      await t.throwsAsync(
        bus.kv.get(key),
        {
          instanceOf: TerminalError,
          message: new RegExp(`^the key-value entry '${key}' is none .*: put it again`),
        },
        text,
      );
    }
});
