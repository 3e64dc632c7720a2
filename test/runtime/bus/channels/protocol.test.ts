/** What is no message of this protocol is set aside with its reason, on whatever channel it comes, and costs nothing else. */
import test from 'ava';
import {firstValueFrom, NEVER, take, toArray} from 'rxjs';
import {Prompt} from '../../../../proto/messages.js';
import type {Bus} from '../../../../runtime/bus/bus.js';
import {PROTOCOL_HEADER, PROTOCOL_VERSION} from '../../../../runtime/bus/channels/protocol.js';
import {type ChannelName, channels, subjectOf} from '../../../../runtime/bus/channels/subjects.js';
import {startTestServer, type TestServer, withBus} from '../../../helpers/nats.js';
import {type Headers, publishAsStranger} from '../../../helpers/stranger.js';
import {score} from '../score.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

const ours: Headers = {[PROTOCOL_HEADER]: PROTOCOL_VERSION};
const later: Headers = {[PROTOCOL_HEADER]: '3'};
const garbage = Uint8Array.of(0xff, 0xff, 0xff);
/** Of any message's shape: protobuf reads nothing as a message of which nothing is given. */
const nothing = new Uint8Array();
const intruders: readonly {readonly data: Uint8Array; readonly headers: Headers; readonly why: RegExp}[] = [
  {data: garbage, headers: ours, why: /^does not decode: /},
  {data: nothing, headers: later, why: /^is of protocol version 3, and this is version 2$/},
  {
    data: nothing,
    headers: {},
    why: /^does not say its protocol version: it was not written by Anchorage$/,
  },
];

const intrude = async (run: string, channel: ChannelName): Promise<void> => {
  for (const {data, headers} of intruders)
    await publishAsStranger(server.url, subjectOf(run, channel), data, headers);
};

/** The details of so many rejections, without the name of the message. */
const reasons = async (bus: Bus, count: number): Promise<string[]> => {
  const rejections$ = bus.entries('rejections', {sequence: 1}).pipe(take(count), toArray());
  return (await firstValueFrom(rejections$)).map(({message: {detail}}) =>
    detail.replace(/^message \d+ of \w+ /, ''),
  );
};

for (const [channel, {kind}] of Object.entries(channels) as [ChannelName, (typeof channels)[ChannelName]][]) {
  if (kind === 'queue') continue;
  if (channel === 'rejections') continue; // those of its own readers come in between
  test(`in ${channel} they are passed over, each said once however many read`, async (t) => {
    const bus = await withBus(t, server, channel);
    await intrude(channel, channel);
    const read = async () => {
      for await (const _ of bus.read(channel as 'scores', {sequence: 1, through: 3})) t.fail();
    };
    await Promise.all([read(), read()]);
    t.is(await bus.last(channel as 'scores'), undefined);
    const said = await reasons(bus, 3);
    for (const [index, {why}] of intruders.entries()) t.regex(said[index] ?? '', why);
    t.is((await bus.state('rejections')).messages, 3);
    t.is((await bus.last('rejections'))?.message.channel, channel);
  });
}

for (const [channel, {kind}] of Object.entries(channels) as [ChannelName, (typeof channels)[ChannelName]][]) {
  if (kind === 'log') continue;
  test(`in ${channel} they are set aside, and nothing of them stays`, async (t) => {
    const bus = await withBus(t, server, channel);
    await intrude(channel, channel);
    const reading = bus
      .deliveries(channel as 'prompts', {maxInFlight: 1, drain$: NEVER})
      .subscribe({next: () => t.fail(), error: (error) => t.fail(String(error))});
    t.teardown(() => reading.unsubscribe());
    const said = await reasons(bus, 3);
    for (const [index, {why}] of intruders.entries()) t.regex(said[index] ?? '', why);
    while ((await bus.state(channel)).messages > 0) await new Promise(setImmediate);
  });
}

test('among the rejections themselves they are said like any other', async (t) => {
  const bus = await withBus(t, server, 'own');
  await intrude('own', 'rejections');
  const said = await reasons(bus, 3);
  for (const [index, {why}] of intruders.entries()) t.regex(said[index] ?? '', why);
});

test('a log is read on behind them, as it grows, and its newest entry is the newest that can be read', async (t) => {
  const bus = await withBus(t, server, 'behind');
  await bus.publish('scores', score(1), '1');
  await intrude('behind', 'scores');
  t.like(await bus.last('scores'), {sequence: 1, message: {step: 1}});
  const unreadable: number[] = [];
  const range = {sequence: 1, onUnreadable: (sequence: number) => unreadable.push(sequence)};
  const reading = firstValueFrom(bus.entries('scores', range).pipe(take(2), toArray()));
  await bus.publish('scores', score(2), '2');
  t.deepEqual(
    (await reading).map(({sequence}) => sequence),
    [1, 5],
  );
  t.deepEqual(unreadable, [2, 3, 4]);
});

test('a reading ends with the sequence it was told, when that is known, also where it cannot be read', async (t) => {
  const bus = await withBus(t, server, 'ends');
  await bus.publish('scores', score(1), '1');
  await intrude('ends', 'scores');
  await bus.publish('scores', score(2), '2');
  let tell: (through: number) => void = () => undefined;
  const through = new Promise<number>((resolve) => {
    tell = resolve;
  });
  const log = bus.read('scores', {sequence: 1, through});
  t.is((await log.next()).value?.sequence, 1);
  const next = log.next();
  t.is((await next).value?.sequence, 5);
  const none = log.next();
  tell(5);
  t.true((await none).done);
  const short: number[] = [];
  for await (const {sequence} of bus.read('scores', {sequence: 1, through: 3})) short.push(sequence);
  t.deepEqual(short, [1]);
  // Nothing has to come for it.
  for await (const _ of bus.read('scores', {sequence: 6, through: 5})) t.fail();
});

test('a writer that wants to be the only one is not refused because of them', async (t) => {
  const bus = await withBus(t, server, 'only');
  const options = (id: string, after: number) => ({id, after});
  t.like(await bus.publishAfter('scores', score(1), options('1', 0)), {sequence: 1});
  await intrude('only', 'scores');
  t.like(await bus.publishAfter('scores', score(2), options('2', 1)), {sequence: 5});
  t.false(await bus.publishAfter('scores', score(3), options('3', 1)));
});

test('what anybody publishes with the header is a message like ours', async (t) => {
  const bus = await withBus(t, server, 'other-hand');
  const data = Prompt.encode({promptId: '7', prompt: 'written elsewhere'}).finish();
  await publishAsStranger(server.url, subjectOf('other-hand', 'prompts'), data, ours);
  const delivery = await firstValueFrom(bus.deliveries('prompts', {maxInFlight: 1, drain$: NEVER}));
  t.is(delivery.message.prompt, 'written elsewhere');
  await delivery.ack();
});
