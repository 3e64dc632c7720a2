import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {
  BehaviorSubject,
  filter,
  firstValueFrom,
  mergeMap,
  NEVER,
  ReplaySubject,
  Subject,
  take,
  toArray,
} from 'rxjs';
import {FinishReason} from '../../../proto/messages.js';
import {channels, streamOf} from '../../../runtime/bus/channels/subjects.js';
import {openLink} from '../../../runtime/bus/connection/connection.js';
import {untilWritten} from '../../helpers/consumer-file.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {together} from '../../helpers/together.js';
import {score} from './score.js';

const completion = {
  promptId: '',
  prompt: 'p',
  completion: '',
  completionIds: [1],
  finishReason: FinishReason.FINISH_REASON_STOP,
  policyVersion: 0,
};

const range = (from: number, to: number): number[] =>
  Array.from({length: to - from + 1}, (_, index) => from + index);

test('killing the server loses and repeats no entry of a log that is written and read meanwhile', async (t) => {
  const server = await withNatsServer(t);
  const writer = await withBus(t, server, 'run', 'writer');
  const reader = await withBus(t, server, 'run', 'reader');
  const total = 400;
  const reading = firstValueFrom(reader.entries('scores', {sequence: 1}).pipe(take(total), toArray()));
  for (let from = 1; from <= total; from += 8) {
    if (from === 97 || from === 241) process.kill(server.pid, 'SIGKILL');
    await Promise.all(
      range(from, from + 7).map((step) => writer.publish('scores', score(step), String(step))),
    );
  }
  const entries = await reading;
  t.deepEqual(
    entries.map(({sequence}) => sequence),
    range(1, total),
  );
  t.deepEqual(
    entries.map(({message}) => message.step).sort((a, b) => a - b),
    range(1, total),
  );
  t.is((await writer.state('scores')).messages, total);
  t.true((await writer.publish('scores', score(1), '1')).duplicate);
});

test('a queue goes on after its server was killed: every message is worked on and none stays', async (t) => {
  const server = await withNatsServer(t);
  const writer = await withBus(t, server, 'run', 'writer');
  const reader = await withBus(t, server, 'run', 'reader');
  const total = 120;
  const done = new Set<string>();
  let killed = false;
  const working = reader.deliveries('prompts', {maxInFlight: 4, drain$: NEVER}).pipe(
    mergeMap(async ({message, ack}) => {
      done.add(message.promptId);
      if (done.size === 40 && !killed) {
        killed = true;
        process.kill(server.pid, 'SIGKILL');
      }
      await ack();
    }),
  );
  const all = firstValueFrom(working.pipe(filter(() => done.size === total)));
  for (const index of range(0, total - 1)) {
    await writer.publish('prompts', {promptId: String(index), prompt: 'p'}, String(index));
  }
  await all;
  // A killed server may hand over again what it had forgotten to be acknowledged.
  const rest = working.subscribe();
  t.teardown(() => rest.unsubscribe());
  while ((await writer.state('prompts')).messages > 0) await new Promise(setImmediate);
  t.deepEqual(
    [...done].map(Number).sort((a, b) => a - b),
    range(0, total - 1),
  );
});

test('what a killed server brings back of a queue although it was acknowledged is gone, and takes no room', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  const {capacity} = channels.completions;
  const publish = (index: number) =>
    bus.publish('completions', {...completion, promptId: String(index)}, String(index));
  const [restarted, later] = [new Subject<void>(), new Subject<void>()];
  const acknowledged = new Set<number>();
  const reading = new BehaviorSubject(acknowledged);
  const reader = bus
    .deliveries('completions', {maxInFlight: 4, drain$: NEVER})
    .pipe(
      mergeMap(async ({sequence, ack}) => {
        // What is acknowledged after it is gone, and the server has not written that down when it is killed.
        if (sequence === 1 || sequence === 30) await firstValueFrom(sequence === 1 ? restarted : later);
        await ack();
        acknowledged.add(sequence);
        reading.next(acknowledged);
      }),
    )
    .subscribe();
  t.teardown(() => reader.unsubscribe());
  for (const index of range(1, 40)) await publish(index);
  await firstValueFrom(reading.pipe(filter(({size}) => size === 38)));
  // Without that, it would hand over again what was acknowledged.
  await untilWritten(
    server,
    'completions',
    ({delivered, ackPending}) => delivered === 40 && ackPending === 2,
  );
  process.kill(server.pid, 'SIGKILL');
  restarted.next();
  await firstValueFrom(reading.pipe(filter(({size}) => size === 39)));
  const link = await openLink({url: server.url, run: 'run', name: 'onlooker'});
  t.teardown(() => link.close());
  const {numAckPending} = await bus.state('completions');
  t.is(numAckPending, 1);
  // What is in hand stays so when what came back before it is removed.
  t.like(await link.consumerState(streamOf('run', 'completions'), 'readers'), {numAckPending});
  later.next();
  await firstValueFrom(reading.pipe(filter(({size}) => size === 40)));
  while ((await bus.state('completions')).messages > 0) await sleep(20);
  reader.unsubscribe();
  for (const index of range(41, 40 + capacity)) await publish(index);
  t.is((await bus.state('completions')).messages, capacity);
});

test('writes and questions wait for a server that is away, and its streams are there when it is back', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  await bus.publish('scores', score(1), '1');
  const iterator = bus.read('scores', {sequence: 1});
  t.is((await iterator.next()).value?.sequence, 1);
  await server.stop();
  const abort = new AbortController();
  const abandoned = bus.publish('scores', score(9), '9', abort.signal);
  const publishing = bus.publish('scores', score(2), '2');
  const asking = bus.state('scores');
  const next = iterator.next();
  abort.abort(new Error('not worth the wait'));
  await t.throwsAsync(abandoned, {message: 'not worth the wait'});
  await server.start();
  t.deepEqual(await publishing, {sequence: 2, duplicate: false});
  t.true((await asking).messages >= 1);
  t.is((await next).value?.message.step, 2);
  await iterator.return?.();
});

test('a watch of the key-value bucket sees a change made right after the server came back', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server, 'run', 'watcher');
  await bus.kv.put('phase', {feeding: 'on'});
  const seen: string[] = [];
  let notify: (() => void) | undefined;
  const watching = bus.kv.watch<{feeding: string}>('phase').subscribe(({feeding}) => {
    seen.push(feeding);
    notify?.();
  });
  t.teardown(() => watching.unsubscribe());
  const until = async (value: string): Promise<void> => {
    while (seen.at(-1) !== value) {
      await new Promise<void>((resolve) => {
        notify = resolve;
      });
    }
  };
  await until('on');
  await server.stop();
  await server.start();
  const other = await withBus(t, server, 'run', 'operator');
  await other.kv.put('phase', {feeding: 'done', pairs: 1});
  await until('done');
  t.deepEqual(seen, ['on', 'done']);
});

test('closing a bus whose server is away does not wait for it', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  await server.stop();
  const waiting = bus.publish('scores', score(1), '1');
  await bus.drain();
  await t.throwsAsync(waiting, {message: /was closed while publishing 1 to scores$/});
});

test('messages that were at work while the server was killed can be acknowledged, and the next ones come', async (t) => {
  const server = await withNatsServer(t);
  const writer = await withBus(t, server, 'run', 'writer');
  const reader = await withBus(t, server, 'run', 'reader');
  const done = new Set<string>();
  const back = new ReplaySubject<void>(1);
  const atWork = together(5);
  const working = reader.deliveries('prompts', {maxInFlight: 4, drain$: NEVER}).pipe(
    mergeMap(async ({message, ack}) => {
      await atWork();
      await firstValueFrom(back);
      done.add(message.promptId);
      await ack();
    }),
  );
  const all = firstValueFrom(working.pipe(filter(() => done.size === 12)));
  const publish = (index: number) =>
    writer.publish('prompts', {promptId: String(index), prompt: 'p'}, String(index));
  await Promise.all(range(0, 3).map(publish));
  await atWork();
  process.kill(server.pid, 'SIGKILL');
  await Promise.all(range(4, 11).map(publish));
  back.next();
  await all;
  t.is(done.size, 12);
});
