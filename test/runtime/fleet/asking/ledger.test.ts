/** A process's side of the run's account, over a real server. */
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import type {KeyValues} from '../../../../runtime/bus/bus.js';
import {
  type Account,
  type Ceilings,
  type EndpointLimits,
  type Reached,
  spentIn,
} from '../../../../runtime/endpoints/usage.js';
import {RetryableError} from '../../../../runtime/errors.js';
import {openLedger} from '../../../../runtime/fleet/asking/ledger.js';
import {signal} from '../../../helpers/asking.js';
import {startTestServer, type TestServer, withBus} from '../../../helpers/nats.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

const question = {endpoint: 'teacher', characters: 400, maxTokens: 100};
const price = {inputPerMillion: 10_000, outputPerMillion: 10_000};

interface Options {
  readonly limits?: EndpointLimits;
  readonly ceilings?: () => Ceilings;
  readonly reached?: Reached[];
  readonly refusal?: (reached: Reached) => Error;
}
const ledgerOf = (
  kv: Pick<KeyValues, 'get' | 'compareAndSet'>,
  process: string,
  {limits = {}, ceilings = () => ({run: undefined, actor: undefined}), reached = [], refusal}: Options = {},
) =>
  openLedger({
    kv,
    process,
    limitsOf: () => limits,
    ceilings,
    onUsed: () => undefined,
    onReached: (each) => reached.push(each),
    ...(refusal && {refusal}),
  });
const accountOf = async ({get}: Pick<KeyValues, 'get'>) => (await get<Account>('usage'))?.value;

test('Of processes that say at once what they took, none is lost', async (t) => {
  const {kv} = await withBus(t, server, 'at-once');
  const ledgers = await Promise.all(
    ['reviser-0', 'reviser-1', 'judge-0'].map((process) => ledgerOf(kv, process)),
  );
  await Promise.all(
    ledgers.flatMap((ledger) =>
      Array.from({length: 20}, async () => {
        const claim = await ledger.claim(question, signal);
        claim.settle({...claim.estimate, promptTokens: 7, completionTokens: 5});
        await ledger.settled();
      }),
    ),
  );
  const account = await accountOf(kv);
  if (account === undefined) return t.fail();
  t.like(spentIn(account), {requests: 60, promptTokens: 420, completionTokens: 300});
  t.like(spentIn(account, 'judge'), {requests: 20});
  for (const {open} of Object.values(account.processes)) t.like(open, {requests: 0, cost: 0});
});

test('The account is read before each change only where another process changes it, too', async (t) => {
  const {kv} = await withBus(t, server, 'alone');
  let reads = 0;
  const counted: typeof kv = {
    ...kv,
    get: (key) => {
      reads += 1;
      return kv.get(key);
    },
  };
  const ask = async (ledger: Awaited<ReturnType<typeof ledgerOf>>): Promise<void> => {
    const claim = await ledger.claim(question, signal);
    claim.settle(claim.estimate);
    await ledger.settled();
  };
  const one = await ledgerOf(counted, 'reviser-0');
  await ask(one);
  reads = 0;
  for (let request = 0; request < 20; request += 1) await ask(one);
  // Of 40 changes. Every ten seconds there is a read all the same.
  t.true(reads < 10, `${reads} reads`);
  const other = await ledgerOf(kv, 'reviser-1');
  for (let request = 0; request < 5; request += 1) {
    await ask(other);
    await ask(one);
  }
  // By hand, such as from a backup.
  const found = await kv.get<Account>('usage');
  if (found === undefined) return t.fail();
  found.value.processes['judge-0'] = {...found.value.processes['reviser-1'], requests: 100} as never;
  await kv.put('usage', found.value);
  await ask(one);
  const account = await accountOf(kv);
  t.deepEqual(
    Object.entries(account?.processes ?? {}).map(([name, {requests, open}]) => [
      name,
      requests,
      open.requests,
    ]),
    [
      ['reviser-0', 27, 0],
      ['reviser-1', 5, 0],
      ['judge-0', 100, 0],
    ],
  );
});

test('A change whose answer got lost is made once', async (t) => {
  const {kv} = await withBus(t, server, 'lost');
  let losses = 0;
  const losing: Pick<KeyValues, 'get' | 'compareAndSet'> = {
    get: kv.get,
    async compareAndSet(key, value, revision) {
      const isDone = await kv.compareAndSet(key, value, revision);
      losses += 1;
      if (losses % 2 === 1) throw new RetryableError('the answer got lost');
      return isDone;
    },
  };
  const ledger = await ledgerOf(losing, 'reviser-0');
  for (let request = 0; request < 5; request += 1) {
    const claim = await ledger.claim(question, signal);
    claim.settle(claim.estimate);
    await ledger.settled();
  }
  const account = await accountOf(kv);
  t.is(account?.processes['reviser-0']?.requests, 5);
  t.is(account?.processes['reviser-0']?.open.requests, 0);
});

test('What a killed process had under way is taken over by the next of its name', async (t) => {
  const {kv} = await withBus(t, server, 'killed');
  const killed = await ledgerOf(kv, 'reviser-0');
  const answered = await killed.claim(question, signal);
  answered.settle({...answered.estimate, promptTokens: 90, completionTokens: 10});
  await killed.settled();
  const {estimate} = await killed.claim(question, signal);
  const next = await ledgerOf(kv, 'reviser-0');
  t.like(next.before, {
    requests: 2,
    promptTokens: 90 + estimate.promptTokens,
    completionTokens: 10 + estimate.completionTokens,
  });
});

test('At a ceiling all wait, one says so, and they go on when it is raised', async (t) => {
  const {kv} = await withBus(t, server, 'ceiling');
  const reached: Reached[] = [];
  let run = 3;
  const options = {limits: {price}, ceilings: () => ({run, actor: undefined}), reached};
  const [one, other] = await Promise.all([
    ledgerOf(kv, 'reviser-0', options),
    ledgerOf(kv, 'reviser-1', options),
  ]);
  // 108 tokens of the question and 100 of the answer, at a hundredth each: 2.08.
  const first = await one.claim(question, signal);
  first.settle(first.estimate);
  await one.settled();
  const stop = new AbortController();
  const given = other.claim(question, stop.signal);
  const waiting = [one.claim(question, signal), other.claim(question, signal)];
  while (reached.length === 0) await sleep(5);
  // In which another would say so, too.
  await sleep(1500);
  stop.abort(new Error('stopping'));
  await t.throwsAsync(given, {message: 'stopping'});
  t.deepEqual(reached, [{key: 'spend.ceiling', ceiling: 3, spent: 2.08}]);
  t.is((await accountOf(kv))?.reached, 'spend.ceiling 3');
  run = 10;
  for (const each of await Promise.all(waiting)) each.settle(each.estimate);
  await Promise.all([one.settled(), other.settled()]);
  const account = await accountOf(kv);
  t.is(account && spentIn(account).requests, 3);
  t.is(reached.length, 1);
});

test('Who does not wait at a ceiling is refused once it is spent, and not for what is still open', async (t) => {
  const {kv} = await withBus(t, server, 'refused');
  const ledger = await ledgerOf(kv, 'evaluator-0', {
    ...{limits: {price}, ceilings: () => ({run: 3, actor: undefined})},
    refusal: ({key, spent}) => new Error(`${key} ${spent}`),
  });
  const first = await ledger.claim(question, signal);
  const others = [ledger.claim(question, signal), ledger.claim(question, signal)];
  // It took next to nothing, so one more fits, and then no other.
  first.settle({...first.estimate, cost: 0.5});
  const second = await Promise.race(others);
  second.settle({...second.estimate, cost: 2});
  const ended = await Promise.allSettled(others);
  t.deepEqual(
    ended.flatMap((each) => (each.status === 'rejected' ? [each.reason.message] : [])),
    ['spend.ceiling 2.5'],
  );
});

test('A request that is given up before its moment is given back', async (t) => {
  const {kv} = await withBus(t, server, 'given-up');
  const ledger = await ledgerOf(kv, 'reviser-0', {limits: {requestsPerMinute: 200}});
  await ledger.claim(question, signal);
  const reason = new Error('stopping');
  // Its moment is three tenths of a second away. Where a busy machine lets that pass first, another is given up.
  for (let ended: unknown; ended !== reason; ) {
    const stop = new AbortController();
    const given = ledger.claim(question, stop.signal);
    while ((await accountOf(kv))?.processes['reviser-0']?.open.requests !== 2) await sleep(5);
    stop.abort(reason);
    ended = await given.then(
      (claim) => claim.settle(undefined),
      (error: unknown) => error,
    );
    await ledger.settled();
  }
  t.is((await accountOf(kv))?.processes['reviser-0']?.open.requests, 1);
});
