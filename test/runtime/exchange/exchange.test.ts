import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {shardsSubjectOf} from '../../../runtime/bus/channels/subjects.js';
import {openCoreLink} from '../../../runtime/bus/connection/connection.js';
import {type ExchangeOptions, type OpenExchange, openExchange} from '../../../runtime/exchange/exchange.js';
import {ExchangeError} from '../../../runtime/exchange/exchange-error.js';
import {frameOf, type Header} from '../../../runtime/exchange/frames.js';
import type {Exchange} from '../../../runtime/learning/shards/shard-exchange.js';
import {startTestServer, type TestServer, withNatsServer} from '../../helpers/nats.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server.remove());

let runs = 0;
type Some = Partial<ExchangeOptions>;
const member = async (t: ExecutionContext, self: number, options: Some): Promise<OpenExchange> => {
  const defaults = {url: server.url, run: 'run', epoch: 3, members: 2, timeoutMs: 20_000};
  const exchange = await openExchange({...defaults, self, ...options});
  t.teardown(() => exchange.close());
  return exchange;
};
const membersOf = async <N extends number>(t: ExecutionContext, members: N, options: Some = {}) => {
  runs += 1;
  const shared = {run: `run-${runs}`, members, ...options};
  return Promise.all(Array.from({length: members}, (_, self) => member(t, self, shared)));
};
const pair = async (t: ExecutionContext, options: Some = {}) => {
  const [first, second] = await membersOf(t, 2, options);
  if (first === undefined || second === undefined) throw new Error('two members were asked for');
  return [first, second] as const;
};
/** Publishes a frame as it is told, whatever it is. */
const publish = async (t: ExecutionContext, to: number, header: Partial<Header>, alter?: number) => {
  const link = await openCoreLink({url: server.url, name: 'outsider'});
  t.teardown(() => link.close());
  const whole = {
    kind: 'values',
    epoch: 3,
    type: 'float32',
    length: 2,
    chunk: 0,
    chunks: 1,
    first: 0,
  } as const;
  const frame = frameOf({...whole, from: 1, tag: '0.a', ...header}, Float32Array.of(6, 7));
  if (alter !== undefined) frame[alter] = (frame[alter] ?? 0) ^ 1;
  link.publish(shardsSubjectOf(`run-${runs}`, 3, to), frame);
  await link.flush();
};
/** Any bits at all, NaN's among them. */
const noise = (length: number, seed: number): Float32Array => {
  const words = new Uint32Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[i] = state;
  }
  return new Float32Array(words.buffer);
};
const equal = (some: Float32Array, others: Float32Array): boolean => bits(some).equals(bits(others));
const bits = (values: Float32Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);
const failure = async (t: ExecutionContext, promise: Promise<unknown>): Promise<ExchangeError> => {
  const error = await t.throwsAsync(promise);
  if (error instanceof ExchangeError) return error;
  throw new Error(`expected an ExchangeError, not ${String(error)}`);
};

test.serial(
  'What three members send and broadcast arrives bit for bit, whether it is asked for before or after',
  async (t) => {
    const exchanges: readonly Exchange[] = await membersOf(t, 3);
    const sent = (from: number, to: number) => noise(300_000 + from, 10 * from + to);
    const early = exchanges.map(({self}) =>
      [0, 1, 2].filter((from) => from !== self).map((from) => exchanges[self]?.receive(from, '0.all')),
    );
    for (const exchange of exchanges) {
      await exchange.broadcast('0.all', sent(exchange.self, 9));
      for (const to of [0, 1, 2])
        if (to !== exchange.self) await exchange.send(to, '0.one', sent(exchange.self, to));
    }
    for (const {self, receive} of exchanges) {
      for (const [index, from] of [0, 1, 2].filter((from) => from !== self).entries()) {
        const all = await early[self]?.[index];
        t.true(equal(all ?? new Float32Array(), sent(from, 9)));
        t.true(equal(await receive(from, '0.one'), sent(from, self)));
      }
    }
  },
);

test.serial('Nothing at all is sent too, and a single value', async (t) => {
  const [first, second] = await pair(t);
  await first.send(1, '0.none', new Float32Array());
  await first.broadcast('0.one', Float32Array.of(0.1));
  t.deepEqual(await second.receive(0, '0.none'), new Float32Array());
  t.deepEqual(await second.receive(0, '0.one'), Float32Array.of(0.1));
});

test.serial('No memory is taken for what cannot be due, and what is due still comes', async (t) => {
  const [first, second] = await pair(t);
  await second.send(0, '0.before', Float32Array.of(1));
  const before = process.memoryUsage().rss;
  const all = 2 ** 32 - 1;
  for (const lie of [
    {tag: '0.a', length: all, chunks: all},
    {tag: '0.b', length: all},
    {tag: '0.c', length: 2, chunks: all},
    {tag: '0.d', length: 2 ** 30, chunks: 2 ** 20},
    {tag: '7.e', length: 2},
    {tag: '4294967295.f', length: 2},
    {tag: 'x'.repeat(4_000), length: 2},
  ])
    await publish(t, 0, lie);
  const due = noise(70_000, 3);
  await second.send(0, '0.a', due);
  t.true(equal(await first.receive(1, '0.a', due.length), due));
  t.deepEqual(await first.receive(1, '0.before', 1), Float32Array.of(1));
  t.true(process.memoryUsage().rss - before < 512 * 1024 * 1024);
});

test.serial('Messages are no larger than the server takes', async (t) => {
  const small = await withNatsServer(t);
  const config = `max_payload: 1000\nports_file_dir: ${JSON.stringify(small.storeFolder)}\n`;
  writeFileSync(
    join(small.storeFolder, 'nats-server.conf'),
    `${config}jetstream { store_dir: ${JSON.stringify(small.storeFolder)} }\n`,
  );
  process.kill(small.pid, 'SIGHUP');
  for (let taken = 0; taken !== 1000; ) {
    const link = await openCoreLink({url: small.url, name: 'test'});
    taken = link.maxPayloadBytes();
    await link.close();
  }
  for (const wire of ['float32', 'bfloat16'] as const) {
    const [first, second] = await pair(t, {url: small.url, wire});
    const values = Float32Array.from({length: 10_000}, (_, index) => index % 251);
    await Promise.all([first.send(1, '0.part', values), first.broadcast('0.whole', values)]);
    t.deepEqual(await second.receive(0, '0.part'), values);
    t.deepEqual(await second.receive(0, '0.whole'), values);
  }
});

test.serial(
  'With bfloat16 what is sent and shared is rounded as asSent says, and what is broadcast is not',
  async (t) => {
    const [first, second] = await pair(t, {wire: 'bfloat16'});
    // 1 + 2⁻⁸ and 1 + 3·2⁻⁸ lie midway: the even neighbours are 1 and 1 + 4·2⁻⁸.
    const values = Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, -1e-3);
    const nearest = Float32Array.of(1, 1 + 2 ** -6, 1 + 2 ** -7, -0.00099945068359375);
    await first.send(1, '0.gradient', values);
    await first.broadcast('0.weights', values);
    await first.share('0.updates', values);
    t.deepEqual(await second.receive(0, '0.gradient'), nearest);
    t.deepEqual(await second.receive(0, '0.updates'), nearest);
    t.deepEqual(first.asSent?.(values), nearest);
    t.deepEqual(await second.receive(0, '0.weights'), values);
    const [plain] = await pair(t);
    t.is(plain.asSent, undefined);
    const lone = await member(t, 0, {members: 1, wire: 'bfloat16'});
    t.deepEqual(lone.asSent?.(values), nearest);
  },
);

test.serial('A frame of another epoch is not heard', async (t) => {
  const [first, second] = await pair(t);
  await publish(t, 0, {epoch: 2});
  await second.send(0, '0.a', Float32Array.of(1));
  t.deepEqual(await first.receive(1, '0.a'), Float32Array.of(1));
  const old = await member(t, 1, {run: `run-${runs}`, epoch: 2});
  await old.send(0, '0.b', Float32Array.of(2));
  const impatient = await member(t, 0, {run: `run-${runs}`, timeoutMs: 200});
  t.is((await failure(t, impatient.receive(1, '0.b'))).kind, 'timeout');
});

test.serial(
  'A byte that changed on its way is an error that names member and tag, whoever asks when',
  async (t) => {
    const [first] = await pair(t);
    const waiting = failure(t, first.receive(1, '0.a'));
    await publish(t, 0, {}, 44);
    const {kind, member, message} = await waiting;
    t.deepEqual([kind, member, message], ['corrupt', 1, '0.a of member 1 was altered on its way']);
    t.is((await failure(t, first.receive(1, '0.a'))).kind, 'corrupt');
  },
);

test.serial('A chunk that comes again changes nothing', async (t) => {
  const [first] = await pair(t);
  await publish(t, 0, {length: 4, chunks: 2, chunk: 1, first: 2});
  await publish(t, 0, {length: 4, chunks: 2, chunk: 1, first: 2});
  await publish(t, 0, {length: 4, chunks: 2, chunk: 0, first: 0});
  t.deepEqual(await first.receive(1, '0.a'), Float32Array.of(6, 7, 6, 7));
  await publish(t, 0, {length: 4, chunks: 2, chunk: 0, first: 0});
  await publish(t, 0, {tag: '1.a'});
  t.deepEqual(await first.receive(1, '1.a'), Float32Array.of(6, 7));
});

test.serial('A member that says nothing is named at the deadline', async (t) => {
  const [first, , third] = await membersOf(t, 3, {timeoutMs: 300});
  if (first === undefined || third === undefined) return t.fail();
  await third.broadcast('0.a', Float32Array.of(1));
  const missed = failure(t, first.receive(1, '0.a'));
  // On a busy machine it may come after the deadline: who says something is heard, be it then.
  const got = first.receive(2, '0.a').catch(() => first.receive(2, '0.a'));
  t.deepEqual(await got, Float32Array.of(1));
  const {kind, member} = await missed;
  t.deepEqual([kind, member], ['timeout', 1]);
});

test.serial('A member that comes later gets what was sent before it could hear', async (t) => {
  const run = `run-${++runs}`;
  const first = await member(t, 0, {run});
  await first.send(1, '0.mine', noise(500_000, 1));
  await first.broadcast('0.all', noise(500_000, 2));
  const second = await member(t, 1, {run});
  t.true(equal(await second.receive(0, '0.mine'), noise(500_000, 1)));
  t.true(equal(await second.receive(0, '0.all'), noise(500_000, 2)));
});

test.serial('Two steps later a sender has forgotten what it sent', async (t) => {
  const run = `run-${++runs}`;
  const first = await member(t, 0, {run});
  for (const step of [4, 5, 6]) await first.send(1, `${step}.a`, Float32Array.of(step));
  const second = await member(t, 1, {run});
  t.deepEqual(await second.receive(0, '5.a'), Float32Array.of(5));
  t.deepEqual(await second.receive(0, '6.a'), Float32Array.of(6));
  const third = await member(t, 1, {run, timeoutMs: 600});
  t.is((await failure(t, third.receive(0, '4.a'))).kind, 'timeout');
});

test.serial(
  'Who waits for a member that leaves is told at once, as is who asks it later, but not of what it had sent',
  async (t) => {
    const [first, second] = await pair(t);
    const waiting = failure(t, first.receive(1, '0.never'));
    await second.send(0, '0.before', noise(2_000_000, 1));
    await second.close();
    t.true(equal(await first.receive(1, '0.before'), noise(2_000_000, 1)));
    const {kind, member} = await waiting;
    t.deepEqual([kind, member], ['left', 1]);
    t.is((await failure(t, first.receive(1, '0.later'))).kind, 'left');
    t.is((await failure(t, second.receive(0, '0.any'))).kind, 'left');
    t.is((await failure(t, second.send(0, '0.any', new Float32Array()))).kind, 'left');
  },
);

test.serial('Closing ends what waits here', async (t) => {
  const [first] = await pair(t);
  const waiting = failure(t, first.receive(1, '0.never'));
  await first.close();
  t.is((await waiting).kind, 'left');
});

test.serial('A tag that names no step is a mistake of the caller', async (t) => {
  const [first] = await pair(t);
  await t.throwsAsync(first.broadcast('weights', new Float32Array()), {message: /weights/});
});

test.serial('The server is killed in the middle of a transfer, and all of it arrives', async (t) => {
  const fragile = await withNatsServer(t);
  const [first, second] = await pair(t, {url: fragile.url});
  const sent = (step: number, from: number) => noise(1_500_000, 100 * step + from);
  const steps = async (
    mine: OpenExchange,
    other: number,
    onStep: (step: number) => void,
  ): Promise<boolean> => {
    let same = true;
    for (let step = 0; step < 8; step++) {
      onStep(step);
      const sending = [
        mine.send(other, `${step}.part`, sent(step, mine.self)),
        mine.broadcast(`${step}.all`, sent(step, mine.self + 50)),
      ];
      const [part, all] = [
        await mine.receive(other, `${step}.part`),
        await mine.receive(other, `${step}.all`),
      ];
      same &&= equal(part, sent(step, other)) && equal(all, sent(step, other + 50));
      await Promise.all(sending);
    }
    return same;
  };
  const kill = (step: number): void => {
    // While chunks are on their way.
    if (step % 4 === 2) sleep(5).then(() => process.kill(fragile.pid, 'SIGKILL'), t.fail);
  };
  const same = await Promise.all([steps(first, 1, kill), steps(second, 0, () => undefined)]);
  t.deepEqual(same, [true, true]);
});
