/**
 * What the client library does by itself, `nats` 2.29.3: why pulls, requests and the reading of logs here are our own
 * (runtime/decisions/own-nats-code.md). Where one of these fails with a later version, look whether the client's own will do.
 */
import {Socket} from 'node:net';
import {setImmediate as turn} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {AckPolicy, type ConsumerInfo, connect, type NatsConnection, NatsError} from 'nats';
import {createWriteCoalescer} from '../../../runtime/bus/connection/coalesced-writes.js';
import {networkTo} from '../../helpers/cut.js';
import {startTestServer, type TestServer} from '../../helpers/nats.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

const connected = async (t: ExecutionContext, url = server.url): Promise<NatsConnection> => {
  const {host, username: token} = new URL(url);
  const connection = await connect({servers: host, token, noAsyncTraces: true});
  t.teardown(() => connection.close());
  return connection;
};

/** A stream of so many messages with a durable consumer, `readers`. */
const withStream = async (t: ExecutionContext, stream: string, count: number) => {
  const connection = await connected(t);
  const jetstream = connection.jetstream();
  const jsm = await connection.jetstreamManager();
  await jsm.streams.add({name: stream, subjects: [stream]});
  await jsm.consumers.add(stream, {durable_name: 'readers', ack_policy: AckPolicy.Explicit});
  const publish = () => jetstream.publish(stream);
  for (let message = 0; message < count; message += 1) await publish();
  const info = (): Promise<ConsumerInfo> => jsm.consumers.info(stream, 'readers');
  return {jetstream, jsm, publish, info};
};

test.serial('`consume` bounds what is pending, and not what its caller holds', async (t) => {
  const {jetstream, info} = await withStream(t, 'HELD', 40);
  const consumer = await jetstream.consumers.get('HELD', 'readers');
  let held = 0;
  for await (const _unsettled of await consumer.consume({max_messages: 4})) {
    held += 1;
    if (held === 40) break;
  }
  t.is((await info()).num_ack_pending, 40);
});

test.serial(
  'an ordered consumer reads the whole log into memory while its caller is busy, and is left on the server',
  async (t) => {
    const {jetstream, jsm} = await withStream(t, 'LOG', 200);
    const consumer = await jetstream.consumers.get('LOG');
    const log = await consumer.consume({max_messages: 8});
    const entries = log[Symbol.asyncIterator]();
    t.is((await entries.next()).value?.seq, 1);
    while (log.getPending() < 199) await turn();
    t.is((await entries.next()).value?.seq, 2);
    await log.close();
    t.is((await jsm.consumers.list('LOG').next()).length, 2, 'the durable one and the ordered one');
  },
);

test.serial(
  'what is on its way when `consume` is closed goes to nobody, and stays ack pending',
  async (t) => {
    const {publish, info} = await withStream(t, 'CLOSED', 0);
    const network = await networkTo(t, server.url);
    const connection = await connected(t, network.url);
    const consumer = await connection.jetstream().consumers.get('CLOSED', 'readers');
    const messages = await consumer.consume({max_messages: 4, callback: () => t.fail()});
    while ((await info()).num_waiting === 0) await turn();
    network.hold();
    await publish();
    while ((await info()).num_ack_pending === 0) await turn();
    await messages.close();
    network.mend();
    await connection.flush();
    t.is((await info()).num_ack_pending, 1);
  },
);

test.serial('each request that is answered makes an error', async (t) => {
  const connection = await connected(t);
  connection.subscribe('asked', {callback: (_error, message) => message.respond()});
  const {errorForCode} = NatsError;
  const made: string[] = [];
  NatsError.errorForCode = (code, cause) => {
    made.push(code);
    return errorForCode(code, cause);
  };
  try {
    for (let request = 0; request < 3; request += 1) await connection.request('asked');
  } finally {
    NatsError.errorForCode = errorForCode;
  }
  t.deepEqual(made, ['CANCELLED', 'CANCELLED', 'CANCELLED']);
});

test.serial(
  'what one turn of the event loop publishes is several writes, where promises differ in depth',
  async (t) => {
    const connection = await connected(t);
    await connection.flush();
    const {write} = Socket.prototype;
    /** Writes to the server for three publications of one turn, each sent by `send`. */
    const writes = async (send: (publish: () => Promise<void>) => Promise<void>): Promise<number> => {
      let count = 0;
      Socket.prototype.write = function (this: Socket, ...written: Parameters<typeof write>) {
        if (this.remotePort === Number(new URL(server.url).port)) count += 1;
        return write.apply(this, written);
      } as typeof write;
      const after = async (depth: number): Promise<void> => {
        for (let step = 0; step < depth; step += 1) await undefined;
        await send(async () => connection.publish('written'));
      };
      try {
        await Promise.all([after(0), after(4), after(8)]);
        await turn();
      } finally {
        Socket.prototype.write = write;
      }
      return count;
    };
    t.is(await writes((publish) => publish()), 3);
    t.is(await writes(createWriteCoalescer()), 1);
  },
);
