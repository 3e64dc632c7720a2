import {fork} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {concatMap, firstValueFrom, lastValueFrom, mergeMap, NEVER, Subject, skip, take, toArray} from 'rxjs';
import {type EvaluationScore, type Prompt, RejectionReason} from '../../../../proto/messages.js';
import type {Bus, Delivery} from '../../../../runtime/bus/bus.js';
import {deliveriesOf} from '../../../../runtime/bus/channels/queue.js';
import {channels, subjectOf} from '../../../../runtime/bus/channels/subjects.js';
import {openLink} from '../../../../runtime/bus/connection/connection.js';
import type {Link} from '../../../../runtime/bus/connection/link.js';
import {openBus} from '../../../../runtime/bus/open-bus.js';
import {messageOf, TerminalError} from '../../../../runtime/errors.js';
import {startTestServer, type TestServer, withBus} from '../../../helpers/nats.js';
import {together} from '../../../helpers/together.js';
import {score} from '../score.js';
import {shortAckWaitSource} from '../short-ack-wait.js';

const prompt = (index: number): Prompt => ({promptId: String(index), prompt: `task ${index}`});
const publishPrompts = async (bus: Bus, count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1)
    await bus.publish('prompts', prompt(index), `prompt-${index}`);
};
const acknowledge = async <T>(delivery: Delivery<T>): Promise<Delivery<T>> => {
  await delivery.ack();
  return delivery;
};
const withLink = async (t: ExecutionContext, run: string): Promise<Link> => {
  const link = await openLink({url: server.url, run, name: 'test'});
  t.teardown(() => link.close());
  return link;
};
const idsOf = (deliveries: readonly Delivery<Prompt>[]): string[] =>
  deliveries.map(({message}) => message.promptId);

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

test('a message goes to one reader and leaves the queue when it is acknowledged', async (t) => {
  const bus = await withBus(t, server, 'consumed');
  await publishPrompts(bus, 3);
  const taken = bus
    .deliveries('prompts', {maxInFlight: 2, drain$: NEVER})
    .pipe(concatMap(acknowledge), take(3), toArray());
  const deliveries = await firstValueFrom(taken);
  t.deepEqual(idsOf(deliveries), ['0', '1', '2']);
  t.deepEqual(
    deliveries.map(({sequence, deliveryCount}) => [sequence, deliveryCount]),
    [
      [1, 1],
      [2, 1],
      [3, 1],
    ],
  );
  t.deepEqual(await bus.state('prompts'), {messages: 0, lastSequence: 3, numAckPending: 0});
});

test('what a reader has taken and does not end keeps nothing that is published after from another, however much it is', async (t) => {
  const roomy = await openBus({url: server.url, run: 'taken', name: 'first', queueCapacity: 400});
  t.teardown(() => roomy.drain());
  const all = Array.from({length: 300}, (_, index) => index);
  await Promise.all(all.map((index) => roomy.publish('prompts', prompt(index), String(index))));
  const held = roomy.deliveries('prompts', {maxInFlight: 300, drain$: NEVER});
  await new Promise<void>((resolve) => {
    const subscription = held.pipe(skip(299)).subscribe(() => resolve());
    t.teardown(() => subscription.unsubscribe());
  });
  const other = await withBus(t, server, 'taken', 'second');
  await other.publish('prompts', prompt(300), '300');
  const delivery = await firstValueFrom(other.deliveries('prompts', {maxInFlight: 8, drain$: NEVER}));
  t.is(delivery.message.promptId, '300');
  t.is((await other.state('prompts')).numAckPending, 301);
});

test('a second message with the same id adds nothing, even after the first was consumed', async (t) => {
  const bus = await withBus(t, server, 'duplicate');
  t.deepEqual(await bus.publish('prompts', prompt(0), 'prompt-0'), {sequence: 1, duplicate: false});
  t.deepEqual(await bus.publish('prompts', prompt(0), 'prompt-0'), {sequence: 1, duplicate: true});
  t.is((await bus.state('prompts')).messages, 1);
  const delivery = await firstValueFrom(bus.deliveries('prompts', {maxInFlight: 1, drain$: NEVER}));
  await delivery.ack();
  t.true((await bus.publish('prompts', prompt(0), 'prompt-0')).duplicate);
  t.is((await bus.state('prompts')).messages, 0);
});

test('a slow reader holds the publisher back, and no more is ack pending than its bound', async (t) => {
  const writer = await withBus(t, server, 'slow', 'writer');
  const reader = await withBus(t, server, 'slow', 'reader');
  const {capacity} = channels.completions;
  const total = capacity + 40;
  let published = 0;
  const publishing = (async () => {
    for (let index = 0; index < total; index += 1) {
      const id = String(index);
      await writer.publish(
        'completions',
        {promptId: id, prompt: 'p', completion: '', completionIds: [1], finishReason: 1, policyVersion: 0},
        id,
      );
      published += 1;
    }
  })();
  while ((await writer.state('completions')).messages < capacity) await new Promise(setImmediate);

  const allTaken = together(5);
  let acknowledged = 0;
  let held = 0;
  let mostHeld = 0;
  let mostAckPending = 0;
  let furthestAhead = 0;
  const work = async (delivery: Delivery<unknown>): Promise<void> => {
    held += 1;
    mostHeld = Math.max(mostHeld, held);
    furthestAhead = Math.max(furthestAhead, published - acknowledged);
    await allTaken();
    if (delivery.sequence % 10 === 0)
      mostAckPending = Math.max(mostAckPending, (await writer.state('completions')).numAckPending);
    acknowledged += 1; // before the server is told: what it counts is never more than this says
    await delivery.ack();
    held -= 1;
  };
  // `mergeMap` without a limit: the bound is the source's.
  await lastValueFrom(
    reader.deliveries('completions', {maxInFlight: 5, drain$: NEVER}).pipe(mergeMap(work), take(total)),
  );
  await publishing;
  t.is(published, total);
  t.is(mostHeld, 5);
  t.true(mostAckPending >= 1 && mostAckPending <= 5, `${mostAckPending} ack pending on the server`);
  t.true(
    furthestAhead >= capacity - 1 && furthestAhead <= capacity,
    `${furthestAhead} published and not acknowledged`,
  );
  t.is((await writer.state('completions')).messages, 0);
});

test('waiting for room in a full queue ends with the reason of the signal', async (t) => {
  const bus = await withBus(t, server, 'aborted');
  const {capacity} = channels.candidates;
  const candidate = {
    promptId: '',
    prompt: 'p',
    chosen: '',
    rejected: '',
    chosenIds: [],
    rejectedIds: [],
    source: 1,
    rationale: '',
    policyVersion: 0,
    model: '',
    requestId: '',
    finishReason: 1,
  };
  await Promise.all(
    Array.from({length: capacity}, (_, index) => bus.publish('candidates', candidate, String(index))),
  );
  const abort = new AbortController();
  const waiting = bus.publish('candidates', candidate, 'one too many', abort.signal);
  abort.abort(new Error('enough'));
  await t.throwsAsync(waiting, {message: 'enough'});
  t.is((await bus.state('candidates')).messages, capacity);
});

test('a message that is nak-ed is delivered again, and one that is term-ed is not', async (t) => {
  const bus = await withBus(t, server, 'retried');
  await publishPrompts(bus, 2);
  const seen: [string, number][] = [];
  const drain$ = new Subject<void>();
  await lastValueFrom(
    bus.deliveries('prompts', {maxInFlight: 1, drain$}).pipe(
      concatMap(async (delivery) => {
        seen.push([delivery.message.promptId, delivery.deliveryCount]);
        if (delivery.message.promptId === '0') delivery.term('of no use');
        else if (delivery.deliveryCount < 3) delivery.nak(delivery.deliveryCount === 1 ? 0 : 30);
        else {
          await delivery.ack();
          drain$.next();
        }
      }),
    ),
  );
  t.deepEqual(seen, [
    ['0', 1],
    ['1', 1],
    ['1', 2],
    ['1', 3],
  ]);
  t.is((await bus.state('prompts')).messages, 0);
});

test('draining completes the stream, and what is in flight may end after it', async (t) => {
  const bus = await withBus(t, server, 'drained');
  await publishPrompts(bus, 6);
  const drain$ = new Subject<void>();
  const deliveries: Delivery<Prompt>[] = [];
  await new Promise<void>((resolve, reject) => {
    bus.deliveries('prompts', {maxInFlight: 3, drain$}).subscribe({
      next(delivery) {
        deliveries.push(delivery);
        if (deliveries.length === 3) drain$.next();
      },
      complete: resolve,
      error: reject,
    });
  });
  t.deepEqual(idsOf(deliveries), ['0', '1', '2']);
  await Promise.all(deliveries.map((delivery) => delivery.ack()));
  t.deepEqual(await bus.state('prompts'), {messages: 3, lastSequence: 6, numAckPending: 0});
  const rest = bus.deliveries('prompts', {maxInFlight: 3, drain$: NEVER}).pipe(take(3), toArray());
  t.deepEqual(
    (await firstValueFrom(rest)).map(({message, deliveryCount}) => [message.promptId, deliveryCount]),
    [
      ['3', 1],
      ['4', 1],
      ['5', 1],
    ],
  );
});

test('what comes after unsubscribing goes to another reader', async (t) => {
  const bus = await withBus(t, server, 'unsubscribed');
  await publishPrompts(bus, 1);
  const delivery = await firstValueFrom(bus.deliveries('prompts', {maxInFlight: 4, drain$: NEVER}));
  await delivery.ack();
  await bus.publish('prompts', prompt(1), 'prompt-1');
  const other = await firstValueFrom(bus.deliveries('prompts', {maxInFlight: 1, drain$: NEVER}));
  t.is(other.message.promptId, '1');
  await other.ack();
  t.deepEqual(await bus.state('prompts'), {messages: 0, lastSequence: 2, numAckPending: 0});
});

test('a message at work stays in progress for longer than the ack wait', async (t) => {
  const bus = await withBus(t, server, 'alive');
  const own = await withLink(t, 'alive');
  // Three times within the ack wait: the fifth comes after four thirds of it.
  const inProgress = new Subject<void>();
  const link: Link = {
    ...own,
    publish(subject, payload, ...reply) {
      own.publish(subject, payload, ...reply);
      if (payload === '+WPI') inProgress.next();
    },
  };
  const source = shortAckWaitSource(link, 'alive');
  const isLate = firstValueFrom(inProgress.pipe(skip(4)));
  await bus.publish('scores', score(0), '0');
  const deliveryCounts: number[] = [];
  const delivered = new Promise<Delivery<EvaluationScore>>((resolve, reject) => {
    for (const _reader of [1, 2]) {
      const subscription = deliveriesOf(link, source, {maxInFlight: 1, drain$: NEVER}).subscribe({
        next(delivery) {
          deliveryCounts.push(delivery.deliveryCount);
          resolve(delivery);
        },
        error: reject,
      });
      t.teardown(() => subscription.unsubscribe());
    }
  });
  const delivery = await delivered;
  await isLate;
  t.like(await link.consumerState(source.stream, source.durable), {numAckPending: 1});
  await delivery.ack();
  t.deepEqual(deliveryCounts, [1]);
  t.like(await link.consumerState(source.stream, source.durable), {numAckPending: 0});
});

test('what a killed reader had taken and not acknowledged goes to another', async (t) => {
  const bus = await withBus(t, server, 'killed');
  const link = await withLink(t, 'killed');
  const source = shortAckWaitSource(link, 'killed');
  for (const step of [0, 1, 2]) await bus.publish('scores', score(step), String(step));
  const child = fork(fileURLToPath(new URL('../doomed-reader.js', import.meta.url)), [server.url, 'killed']);
  t.teardown(() => child.kill('SIGKILL'));
  const [words] = await once(child, 'message');
  t.is(words, 'acknowledged 0, holding 1 and 2');
  child.kill('SIGKILL');
  const again = deliveriesOf(link, source, {maxInFlight: 2, drain$: NEVER}).pipe(
    concatMap(acknowledge),
    take(2),
    toArray(),
  );
  const deliveries = await firstValueFrom(again);
  t.deepEqual(deliveries.map(({message, deliveryCount}) => [message.step, deliveryCount]).sort(), [
    [1, 2],
    [2, 2],
  ]);
  t.like(await link.consumerState(source.stream, source.durable), {numAckPending: 0});
});

test('a message that does not decode is set aside with a rejection, and the next one is delivered', async (t) => {
  const bus = await withBus(t, server, 'damaged');
  const link = await withLink(t, 'damaged');
  await link.jetStreamPublish(
    subjectOf('damaged', 'completions'),
    Uint8Array.of(0xff, 0xff, 0xff),
    'damaged',
  );
  const completion = {
    promptId: '7',
    prompt: 'p',
    completion: '',
    completionIds: [1],
    finishReason: 1,
    policyVersion: 0,
  };
  await bus.publish('completions', completion, '7');
  const delivery = await firstValueFrom(bus.deliveries('completions', {maxInFlight: 1, drain$: NEVER}));
  t.is(delivery.message.promptId, '7');
  await delivery.ack();
  t.is((await bus.state('completions')).messages, 0);
  const rejection = (await bus.last('rejections'))?.message;
  t.is(rejection?.reason, RejectionReason.REJECTION_REASON_UNREADABLE);
  t.is(rejection?.promptId, '');
  t.is(rejection?.actor, 'reviser');
  t.regex(rejection?.detail ?? '', /^message 1 of ANCHORAGE_damaged_completions does not decode: /);
});

test('a message that comes back after its last delivery is set aside with a rejection of its prompt', async (t) => {
  const bus = await withBus(t, server, 'worn_out');
  await publishPrompts(bus, 1);
  const deliveryCounts: number[] = [];
  const reading = bus.deliveries('prompts', {maxInFlight: 1, drain$: NEVER}).subscribe((delivery) => {
    deliveryCounts.push(delivery.deliveryCount);
    delivery.nak(0);
  });
  t.teardown(() => reading.unsubscribe());
  const {message} = await firstValueFrom(bus.entries('rejections', {sequence: 1}));
  t.deepEqual(deliveryCounts, [1, 2, 3, 4, 5]);
  t.is(channels.prompts.maxDeliver, 5);
  t.is(message.promptId, '0');
  t.is(message.reason, RejectionReason.REJECTION_REASON_UNREADABLE);
  t.is(message.detail, 'message 1 of ANCHORAGE_worn_out_prompts failed on each of 5 deliveries');
  while ((await bus.state('prompts')).messages > 0) await new Promise(setImmediate);
});

test('a message larger than the server accepts is refused at once', async (t) => {
  const bus = await withBus(t, server, 'large');
  const error = await t.throwsAsync(
    bus.publish('prompts', {promptId: '0', prompt: 'x'.repeat(9_000_000)}, 'large'),
    {
      instanceOf: TerminalError,
    },
  );
  t.regex(error.message, /^a message is too large for the NATS server at nats:.* max_payload$/);
});

test('publishing to a run that was deleted ends with an error that says so', async (t) => {
  const bus = await withBus(t, server, 'deleted');
  await bus.deleteRun();
  const error = await t.throwsAsync(bus.publish('prompts', prompt(0), 'prompt-0'), {
    instanceOf: TerminalError,
  });
  t.regex(error.message, /the run was deleted from the NATS server at nats:/);
});

test('deliveries and entries of a run that is deleted meanwhile end with an error that says so', async (t) => {
  const bus = await withBus(t, server, 'vanished');
  const reader = await withBus(t, server, 'vanished', 'reader');
  await bus.publish('scores', score(1), '1');
  await publishPrompts(bus, 1);
  const prompts = new Promise<unknown>((resolve) => {
    reader.deliveries('prompts', {maxInFlight: 2, drain$: NEVER}).subscribe({error: resolve});
  });
  const scores = reader.read('scores', {sequence: 1});
  await scores.next();
  const next = scores.next();
  await bus.deleteRun();
  for (const error of [await prompts, await t.throwsAsync(next)]) {
    t.true(error instanceof TerminalError);
    t.regex(
      messageOf(error),
      /^reading ANCHORAGE_vanished_\w+ failed: the run was deleted from the NATS server at nats:/,
    );
  }
});

for (const maxInFlight of [0, -1, 2.5]) {
  test(`a bound of ${maxInFlight} messages in flight is refused`, async (t) => {
    const bus = await withBus(t, server, `bound${maxInFlight}`.replace('.', '_'));
    await t.throwsAsync(firstValueFrom(bus.deliveries('prompts', {maxInFlight, drain$: NEVER})), {
      instanceOf: RangeError,
    });
  });
}
