import test, {type ExecutionContext} from 'ava';
import {lastValueFrom, mergeMap, Subject} from 'rxjs';
import {codecOf} from '../../../../runtime/bus/channels/protocol.js';
import {openPull} from '../../../../runtime/bus/channels/pull.js';
import {deliveriesOf} from '../../../../runtime/bus/channels/queue.js';
import {subjectOf} from '../../../../runtime/bus/channels/subjects.js';
import {openLink} from '../../../../runtime/bus/connection/connection.js';
import type {Link} from '../../../../runtime/bus/connection/link.js';
import {startTestServer, type TestServer, withBus, withNatsServer} from '../../../helpers/nats.js';
import {standStill} from '../../../helpers/process.js';
import {score} from '../score.js';
import {shortAckWaitSource} from '../short-ack-wait.js';

/** No test waits so long: what is forgotten never comes again. */
const NEVER_MS = 60 * 60_000;

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

/** A log of scores whose readers drain as soon as they have had what they wanted. */
const withReaders = async (t: ExecutionContext, run: string) => {
  t.timeout(60_000, 'a message that was on its way to a reader that drained did not come back');
  const bus = await withBus(t, server, run);
  const links = await Promise.all(['a', 'b'].map((name) => openLink({url: server.url, run, name})));
  t.teardown(() => Promise.all(links.map((link) => link.close())));
  const taken = new Set<number>();
  const deliveryCounts = new Set<number>();
  let published = 0;
  return {
    taken,
    deliveryCounts,
    published: () => published,
    publish(count: number): Promise<unknown> {
      const steps = Array.from({length: count}, (_, index) => published + index);
      published += count;
      return Promise.all(steps.map((step) => bus.publish('scores', score(step), String(step))));
    },
    /** Takes messages until `enough` is true of one, and drains in that moment: all else that it asked for is on its way. */
    async read(index: number, maxInFlight: number, enough: () => boolean): Promise<void> {
      const link = links[index % links.length];
      if (link === undefined) throw new Error('there are links');
      const simple = shortAckWaitSource(link, run);
      const source = {
        ...simple,
        ackWaitMs: NEVER_MS,
        maxDeliver: NEVER_MS,
        ensureConsumer: () => link.ensureDurableConsumer(simple.stream, simple.durable, NEVER_MS, 256),
      };
      const drain$ = new Subject<void>();
      const ended$ = deliveriesOf(link, source, {maxInFlight, drain$}).pipe(
        mergeMap((delivery) => {
          taken.add(delivery.message.step);
          deliveryCounts.add(delivery.deliveryCount);
          if (enough()) drain$.next();
          return delivery.ack();
        }),
      );
      await lastValueFrom(ended$, {defaultValue: undefined});
    },
  };
};

test('a reader alone that drains while messages are on their way naks every one of them', async (t) => {
  const {publish, read, taken, published} = await withReaders(t, 'drain_alone');
  for (let round = 0; round < 5; round += 1) {
    // Fewer than it asks for: what else it asked for would take a message that it naks.
    await publish(4);
    await read(round, 8, () => true);
    await read(round + 1, 1, () => taken.size === published());
  }
  t.is(taken.size, published());
});

test('readers that drain at once while messages are on their way nak every one of them', async (t) => {
  const {publish, read, taken, published, deliveryCounts} = await withReaders(t, 'drain_together');
  for (let round = 0; round < 10; round += 1) {
    const publishing = publish(40);
    await Promise.all([0, 1, 2, 3].map((index) => read(index, 8, () => true)));
    await publishing;
  }
  await read(0, 8, () => taken.size === published());
  t.is(taken.size, published());
  t.true(Math.max(...deliveryCounts) > 1, 'nothing was on its way to a reader that drained');
});

test('a reader that drains while its server stands still waits for what the server has to say', async (t) => {
  const own = await withNatsServer(t);
  const run = 'still';
  await withBus(t, own, run);
  const [link, other] = await Promise.all(['a', 'b'].map((name) => openLink({url: own.url, run, name})));
  if (link === undefined || other === undefined) return t.fail('there are links');
  t.teardown(() => Promise.all([link.close(), other.close()]));
  const {stream, durable} = shortAckWaitSource(link, run);
  await link.ensureDurableConsumer(stream, durable, NEVER_MS, 16);
  let taken = 0;
  let pulled: (value: unknown) => void = () => undefined;
  const isPulled = new Promise((resolve) => {
    pulled = resolve;
  });
  let isSubscribed = true;
  let asked: (value: unknown) => void = () => undefined;
  const isAsked = new Promise((resolve) => {
    asked = resolve;
  });
  const watched: Link = {
    ...link,
    consumerState(...of) {
      asked(undefined);
      return link.consumerState(...of);
    },
    subscribe(subject, onMessage) {
      const subscription = link.subscribe(subject, onMessage);
      const drain = (): Promise<void> => {
        isSubscribed = false;
        return subscription.drain();
      };
      return {...subscription, drain};
    },
  };
  const pull = openPull(watched, {
    stream,
    maxMessages: 4,
    expiresMs: 200,
    async ensureConsumer() {
      // What it is asked for now, and what is published, it takes when it goes on.
      await standStill(own.pid);
      setImmediate(pulled);
      return durable;
    },
    onMessage: () => {
      taken += 1;
    },
    onError: (error) => t.fail(String(error)),
  });
  await isPulled;
  for (let step = 0; step < 4; step += 1)
    other.publishStamped(subjectOf(run, 'scores'), codecOf('scores').encode(score(step)).finish());
  const closing = pull.close();
  // The pull request's time and what it may be late by are over: it asks whether the server has the consumer.
  await isAsked;
  t.true(isSubscribed);
  process.kill(own.pid, 'SIGCONT');
  await closing;
  await other.flush();
  const {numAckPending} = await link.consumerState(stream, durable);
  t.is(taken, numAckPending);
});

test('a consumer that the server has not got keeps nobody from draining', async (t) => {
  const run = 'gone';
  await withBus(t, server, run);
  const link = await openLink({url: server.url, run, name: 'a'});
  t.teardown(() => link.close());
  const {stream} = shortAckWaitSource(link, run);
  const pull = openPull(link, {
    stream,
    maxMessages: 4,
    expiresMs: 100,
    ensureConsumer: async () => 'none',
    onMessage: () => t.fail('nobody publishes'),
    onError: (error) => t.fail(String(error)),
  });
  await link.flush();
  await t.notThrowsAsync(pull.close());
});
