import test from 'ava';
import {concatMap, firstValueFrom, lastValueFrom, merge, NEVER, Subject, take, toArray} from 'rxjs';
import {type EvaluationScore, RejectionReason} from '../../../../proto/messages.js';
import type {Bus, Delivery} from '../../../../runtime/bus/bus.js';
import {subjectOf} from '../../../../runtime/bus/channels/subjects.js';
import {openLink} from '../../../../runtime/bus/connection/connection.js';
import {consumersOf, startTestServer, type TestServer, withBus} from '../../../helpers/nats.js';
import {together} from '../../../helpers/together.js';
import {score} from '../score.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

const publishScores = async (bus: Bus, from: number, to: number): Promise<void> => {
  for (let step = from; step <= to; step += 1) await bus.publish('scores', score(step), String(step));
};
const steps = (entries: readonly {readonly message: EvaluationScore}[]): number[] =>
  entries.map(({message}) => message.step);
const range = (from: number, to: number): number[] =>
  Array.from({length: to - from + 1}, (_, index) => from + index);

test('a log is read in order from any sequence, then as it grows', async (t) => {
  const bus = await withBus(t, server, 'order');
  await publishScores(bus, 1, 100);
  const reading = firstValueFrom(bus.entries('scores', {sequence: 41}).pipe(take(80), toArray()));
  await publishScores(bus, 101, 120);
  const entries = await reading;
  t.deepEqual(steps(entries), range(41, 120));
  t.deepEqual(
    entries.map(({sequence}) => sequence),
    range(41, 120),
  );
});

test('every reader of a log gets every entry', async (t) => {
  const bus = await withBus(t, server, 'every');
  await publishScores(bus, 1, 10);
  const read = () => firstValueFrom(bus.entries('scores', {sequence: 1}).pipe(take(10), toArray()));
  for (const entries of await Promise.all([read(), read(), read()]))
    t.deepEqual(steps(entries), range(1, 10));
});

test('`latest` begins with the newest entry and `new` after it', async (t) => {
  const bus = await withBus(t, server, 'latest');
  await publishScores(bus, 1, 3);
  const latest = bus.read('scores', 'latest');
  const fresh = bus.read('scores', 'new');
  t.is((await latest.next()).value?.message.step, 3);
  const waiting = fresh.next();
  // The waiting reader has asked where the log ends once its consumer is there.
  const consumers = await consumersOf(t, server, 'latest', 'scores');
  while ((await consumers()).length < 2) await new Promise(setImmediate);
  await publishScores(bus, 4, 4);
  t.is((await waiting).value?.message.step, 4);
  t.is((await latest.next()).value?.message.step, 4);
  await Promise.all([latest.return?.(), fresh.return?.()]);
});

test('`latest` of an empty log begins with its first entry', async (t) => {
  const bus = await withBus(t, server, 'empty');
  t.is(await bus.last('scores'), undefined);
  const entry = firstValueFrom(bus.entries('scores', 'latest'));
  await publishScores(bus, 1, 1);
  t.is((await entry).message.step, 1);
  t.is((await bus.last('scores'))?.sequence, 1);
});

test('a reader that stops leaves nothing on the server', async (t) => {
  const bus = await withBus(t, server, 'tidy');
  const consumers = await consumersOf(t, server, 'tidy', 'scores');
  await publishScores(bus, 1, 1);
  const iterator = bus.read('scores', {sequence: 1});
  await iterator.next();
  t.is((await consumers()).length, 1);
  await iterator.return?.();
  t.is((await consumers()).length, 0);
  t.deepEqual(await iterator.next(), {done: true, value: undefined});
});

test('returning a reader that waits for an entry ends its wait', async (t) => {
  const bus = await withBus(t, server, 'waiting');
  const iterator = bus.read('scores', {sequence: 1});
  const waiting = iterator.next();
  await iterator.return?.();
  t.deepEqual(await waiting, {done: true, value: undefined});
});

test('a busy reader holds no more than a small prefetch, and misses nothing', async (t) => {
  const bus = await withBus(t, server, 'busy');
  const consumers = await consumersOf(t, server, 'busy', 'scores');
  await publishScores(bus, 1, 200);
  const iterator = bus.read('scores', {sequence: 1});
  const read: number[] = [];
  let furthestAhead = 0;
  for await (const {message} of iterator) {
    read.push(message.step);
    if (message.step % 20 === 0) {
      const [consumer] = await consumers();
      furthestAhead = Math.max(furthestAhead, (consumer?.delivered.stream_seq ?? 0) - message.step);
    }
    if (message.step === 200) break;
  }
  t.deepEqual(read, range(1, 200));
  t.true(furthestAhead > 0 && furthestAhead <= 32, `${furthestAhead} ahead`);
});

test('an entry that does not decode is passed over with a rejection', async (t) => {
  const bus = await withBus(t, server, 'damaged');
  const link = await openLink({url: server.url, run: 'damaged', name: 'vandal'});
  t.teardown(() => link.close());
  await publishScores(bus, 1, 1);
  await link.jetStreamPublish(subjectOf('damaged', 'scores'), Uint8Array.of(0xff, 0xff, 0xff), 'noise');
  await publishScores(bus, 2, 2);
  const entries = await firstValueFrom(bus.entries('scores', {sequence: 1}).pipe(take(2), toArray()));
  t.deepEqual(
    entries.map(({message, sequence}) => [message.step, sequence]),
    [
      [1, 1],
      [2, 3],
    ],
  );
  const rejection = (await bus.last('rejections'))?.message;
  t.is(rejection?.reason, RejectionReason.REJECTION_REASON_UNREADABLE);
  t.regex(rejection?.detail ?? '', /^message 2 of ANCHORAGE_damaged_scores does not decode: /);
});

test('readers by one durable consumer share the entries, those before the first reader included', async (t) => {
  const bus = await withBus(t, server, 'shared');
  const other = await withBus(t, server, 'shared', 'other');
  await publishScores(bus, 1, 30);
  const bothHaveOne = together(2);
  const seenBy = (name: string) => async (delivery: Delivery<EvaluationScore>) => {
    await bothHaveOne();
    await delivery.ack();
    return {name, step: delivery.message.step};
  };
  const read = (reading: Bus, name: string) =>
    reading
      .sharedEntries('scores', {durable: 'evaluators', maxInFlight: 1, drain$: NEVER})
      .pipe(concatMap(seenBy(name)));
  const seen = await firstValueFrom(
    merge(read(bus, 'first'), read(other, 'second')).pipe(take(30), toArray()),
  );
  t.deepEqual(
    seen.map(({step}) => step).sort((a, b) => a - b),
    range(1, 30),
  );
  t.deepEqual([...new Set(seen.map(({name}) => name))].sort(), ['first', 'second']);
});

test('shared entries drain, and the next reader by that consumer goes on where they ended', async (t) => {
  const bus = await withBus(t, server, 'resumed');
  await publishScores(bus, 1, 5);
  const drain$ = new Subject<void>();
  const first = await lastValueFrom(
    bus.sharedEntries('scores', {durable: 'evaluators', maxInFlight: 1, drain$}).pipe(
      concatMap(async (delivery) => {
        await delivery.ack();
        if (delivery.message.step === 2) drain$.next();
        return delivery;
      }),
      toArray(),
    ),
  );
  // The third was on its way when the drain began, or it was not.
  t.deepEqual(steps(first).slice(0, 2), [1, 2]);
  const rest = bus
    .sharedEntries('scores', {durable: 'evaluators', maxInFlight: 5, drain$: NEVER})
    .pipe(take(5 - first.length), toArray());
  t.deepEqual(steps([...first, ...(await firstValueFrom(rest))]), range(1, 5));
});

test('metric rows are sent without waiting and arrive in the log', async (t) => {
  const bus = await withBus(t, server, 'metrics');
  const row = {actor: 'learner', index: 0, timeUnixMs: 1, step: 3, objective: 'dpo', values: {loss: 0.25}};
  const arriving = firstValueFrom(bus.entries('metrics', {sequence: 1}));
  bus.report(row);
  const {message} = await arriving;
  t.deepEqual([message.actor, message.step, message.values], ['learner', 3, {loss: 0.25}]);
});
