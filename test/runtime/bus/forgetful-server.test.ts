import {cpSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {firstValueFrom, mergeMap, NEVER, take, toArray} from 'rxjs';
import type {Bus} from '../../../runtime/bus/bus.js';
import {type ChannelName, streamOf} from '../../../runtime/bus/channels/subjects.js';
import {openBus} from '../../../runtime/bus/open-bus.js';
import {untilWritten} from '../../helpers/consumer-file.js';
import {type TestServer, withBus, withNatsServer} from '../../helpers/nats.js';

const messagesOf = (server: TestServer, channel: ChannelName): string =>
  join(server.storeFolder, 'jetstream', '$G', 'streams', streamOf('run', channel), 'msgs');

/** Has the server lose what a stream was given while `work` ran, and keep what it knows of the stream's consumers. */
const losing = async (server: TestServer, channel: ChannelName, work: () => Promise<void>) => {
  const before = join(server.storeFolder, 'before');
  await server.stop();
  cpSync(messagesOf(server, channel), before, {recursive: true});
  await server.start();
  await work();
  await server.stop();
  rmSync(messagesOf(server, channel), {recursive: true});
  cpSync(before, messagesOf(server, channel), {recursive: true});
  await server.start();
};

/** Takes messages until so many were acknowledged. */
const taken = (bus: Bus, count: number): Promise<string[]> =>
  firstValueFrom(
    bus.deliveries('prompts', {maxInFlight: 4, drain$: NEVER}).pipe(
      mergeMap(async ({message, ack}) => {
        await ack();
        return message.promptId;
      }),
      take(count),
      toArray(),
    ),
  );

test('a server that lost messages, as where its disk was full, still hands out those that come after', async (t) => {
  const server = await withNatsServer(t);
  const publish = async (bus: Bus, ids: readonly string[]): Promise<void> => {
    for (const promptId of ids) await bus.publish('prompts', {promptId, prompt: 'p'}, promptId);
  };
  const first = await openBus({url: server.url, run: 'run', name: 'first'});
  await publish(first, ['1', '2']);
  await taken(first, 2);
  await first.drain();
  await losing(server, 'prompts', async () => {
    const second = await openBus({url: server.url, run: 'run', name: 'second'});
    await publish(second, ['3', '4', '5', '6', '7']);
    await taken(second, 5);
    await untilWritten(server, 'prompts', ({ackFloor}) => ackFloor === 7);
    await second.drain();
  });
  const third = await withBus(t, server, 'run', 'third');
  await publish(third, ['8', '9']);
  t.deepEqual((await taken(third, 2)).sort(), ['8', '9']);
});
