import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import test from 'ava';
import type {Entry} from '../../../runtime/bus/bus.js';
import {type BatchPlan, batchesOf, firstSequenceOf} from '../../../runtime/learning/batches.js';

const never = new Promise<never>(() => {});
const basics = {batchSize: 3, epochs: 1, seed: 1, from: {epoch: 1, index: 0}, step: 0, stop: never};

/** A log of the numbers from `first` to `last`, whose next entry never comes. */
const logOf = (first: number, last: number, returned = () => {}): AsyncIterator<Entry<number>> => {
  let sequence = first - 1;
  return {
    next: async () => {
      sequence++;
      return sequence > last ? never : {done: false, value: {message: sequence, sequence}};
    },
    return: async () => {
      returned();
      return {done: true, value: undefined};
    },
  };
};

/** @param lost entries that are missing. */
const collect = async (length: number, plan: BatchPlan<number>, lost: readonly number[] = []) => {
  const batches = [];
  const whole = logOf(firstSequenceOf(plan), length);
  const next = async (): Promise<IteratorResult<Entry<number>>> => {
    const entry = await whole.next();
    return entry.done === false && lost.includes(entry.value.sequence) ? next() : entry;
  };
  for await (const batch of batchesOf({...whole, next}, plan)) batches.push(batch);
  return batches;
};

test('pairs are batched in the order of the log, and the last batch of an epoch is what remains', async (t) => {
  const batches = await collect(8, {...basics, end: Promise.resolve(8)});
  t.deepEqual(
    batches.map(({pairs}) => pairs),
    [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8],
    ],
  );
  t.deepEqual(
    batches.map(({next}) => next),
    [
      {epoch: 1, index: 3},
      {epoch: 1, index: 6},
      {epoch: 2, index: 0},
    ],
  );
});

test('no empty batch follows a full last one', async (t) => {
  const batches = await collect(6, {...basics, end: Promise.resolve(6)});
  t.deepEqual(
    batches.map(({pairs}) => pairs),
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  );
});

test('a log that ends empty gives no batch', async (t) => {
  t.deepEqual(await collect(0, {...basics, end: Promise.resolve(0)}), []);
});

test('a full batch is given before anybody knows where the log ends', async (t) => {
  const batches = batchesOf(logOf(1, 4), {...basics, end: never});
  t.deepEqual((await batches.next()).value, {pairs: [1, 2, 3], next: {epoch: 1, index: 3}, sequence: 3});
});

test('the end of the log, once known, releases the batch that waits for more', async (t) => {
  let tell: (sequence: number) => void = () => {};
  const end = new Promise<number>((resolve) => {
    tell = resolve;
  });
  const batches = batchesOf(logOf(1, 4), {...basics, end});
  await batches.next();
  const rest = batches.next();
  tell(4);
  t.deepEqual((await rest).value, {pairs: [4], next: {epoch: 2, index: 0}, sequence: 4});
  t.true((await batches.next()).done);
});

test('a stop leaves the batch that is not full in the log and returns the reader', async (t) => {
  let stop: () => void = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  let returned = false;
  const log = logOf(1, 4, () => {
    returned = true;
  });
  const batches = batchesOf(log, {...basics, end: never, stop: stopped});
  await batches.next();
  const rest = batches.next();
  stop();
  t.true((await rest).done);
  t.true(returned);
});

for (const epochs of [1, 3]) {
  test(`whatever was trained when it stopped, ${epochs} epoch(s) resumed make the batches of one run`, async (t) => {
    const plan = {...basics, epochs, end: Promise.resolve(8)};
    const whole = await collect(8, plan);
    t.is(whole.length, 3 * epochs);
    for (const [at, {next: from}] of whole.entries())
      t.deepEqual(await collect(8, {...plan, from, step: at + 1}), whole.slice(at + 1));
  });
}

test('every later epoch has each pair once, in an order of its own', async (t) => {
  const batches = await collect(8, {...basics, epochs: 3, end: Promise.resolve(8)});
  const epochOrder = (epoch: number) => batches.slice(3 * epoch, 3 * epoch + 3).flatMap(({pairs}) => pairs);
  for (const epoch of [0, 1, 2]) t.deepEqual([...epochOrder(epoch)].sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
  t.notDeepEqual(epochOrder(1), epochOrder(0));
  t.notDeepEqual(epochOrder(2), epochOrder(1));
});

test('of a bounded number of pairs, the log ends there in every epoch, before or after anyone says where it ends', async (t) => {
  const ends = [never, Promise.resolve(9), Promise.resolve(5), Promise.resolve(3)];
  const expected = [5, 5, 5, 3];
  for (const [index, end] of ends.entries()) {
    const pairs = (await collect(9, {...basics, epochs: 2, maxPairs: 5, end})).map((batch) => batch.pairs);
    const most = expected[index] ?? 0;
    const whole = Array.from({length: most}, (_, pair) => pair + 1);
    const perEpoch = Math.ceil(most / basics.batchSize);
    t.deepEqual(pairs.slice(0, perEpoch).flat(), whole);
    t.deepEqual(pairs.slice(perEpoch).flat().toSorted(), whole);
    t.is(pairs.length, 2 * perEpoch);
  }
});

/** Pairs that are stale from a step on; the others never are. */
const staleFrom = new Map([
  [2, 0],
  [5, 1],
  [6, 1],
  [7, 9],
  [10, 2],
]);
const isUnfit = (pair: number, step: number): boolean => step >= (staleFrom.get(pair) ?? Infinity);

test('a stale pair is in no batch, the next one takes its place, and who asked is told before that', async (t) => {
  const told: [pair: number, step: number][] = [];
  const onUnfit = async (pair: number, step: number) => void told.push([pair, step]);
  const batches = await collect(10, {...basics, isUnfit, onUnfit, end: Promise.resolve(10)});
  t.deepEqual(batches, [
    {pairs: [1, 3, 4], next: {epoch: 1, index: 4}, sequence: 4},
    {pairs: [7, 8, 9], next: {epoch: 1, index: 9}, sequence: 9},
  ]);
  t.deepEqual(told, [
    [2, 0],
    [5, 1],
    [6, 1],
    [10, 2],
  ]);
});

test('a batch that stale pairs left short is told of them while it waits, and filled by what comes then', async (t) => {
  const told: number[] = [];
  const log = logOf(1, 6);
  const onUnfit = async (pair: number) => void told.push(pair);
  const batches = batchesOf(log, {...basics, isUnfit: (pair) => pair > 3, onUnfit, end: never});
  await batches.next();
  const waiting = batches.next();
  const nothing = await Promise.race([waiting, new Promise((resolve) => setImmediate(resolve, 'waits'))]);
  t.is(nothing, 'waits');
  t.deepEqual(told, [4, 5, 6]);
});

for (const epochs of [1, 3]) {
  test(`wherever it goes on, the pairs that are stale are the same in ${epochs} epoch(s)`, async (t) => {
    const told: number[] = [];
    const onUnfit = async (pair: number) => void told.push(pair);
    const plan = {...basics, epochs, isUnfit, end: Promise.resolve(10)};
    const whole = await collect(10, plan);
    t.deepEqual(
      whole.slice(0, 2).flatMap(({pairs}) => pairs),
      [1, 3, 4, 7, 8, 9],
    );
    for (let epoch = 1; epoch < epochs; epoch++)
      t.deepEqual(
        whole
          .slice(2 * epoch, 2 * epoch + 2)
          .flatMap(({pairs}) => pairs)
          .toSorted(),
        [1, 3, 4, 7, 8, 9],
      );
    for (const [at, {next: from}] of whole.entries()) {
      told.length = 0;
      t.deepEqual(await collect(10, {...plan, onUnfit, from, step: at + 1}), whole.slice(at + 1));
      t.deepEqual(told, at === 0 ? [5, 6, 10] : at === 1 ? [10] : []);
    }
  });
}

test('of a bounded number of pairs, stale ones do not count, wherever it goes on', async (t) => {
  const plan = {...basics, isUnfit, maxPairs: 5, end: never};
  const whole = await collect(10, plan);
  t.deepEqual(
    whole.map(({pairs}) => pairs),
    [
      [1, 3, 4],
      [7, 8],
    ],
  );
  const [first, second] = whole;
  t.deepEqual(await collect(10, {...plan, from: first?.next ?? plan.from, step: 1}), [second]);
});

test('pairs that were trained on are not kept while the log goes on', async (t) => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const seen: WeakRef<object>[] = [];
  let sequence = 0;
  const entries: AsyncIterator<Entry<object>> = {
    next: async () => {
      sequence++;
      const message = {};
      seen.push(new WeakRef(message));
      return {done: false, value: {message, sequence}};
    },
  };
  const batches = batchesOf(entries, {...basics, end: never});
  for (let step = 0; step < 20; step++) await batches.next();
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  t.true(seen.filter((pair) => pair.deref() !== undefined).length < 2 * basics.batchSize);
  await batches.return(undefined);
});

test('what becomes of the log is heard of while a pair is waited for', async (t) => {
  const end = Promise.reject(new Error('the server is gone'));
  const batches = batchesOf(logOf(1, 0), {...basics, end});
  await t.throwsAsync(batches.next(), {message: 'the server is gone'});
});

for (const epochs of [1, 3])
  for (const lost of [[2], [1, 2, 3], [2, 5, 9], [4, 5, 6, 7, 8, 9]]) {
    test(`whatever was trained when entries ${lost} were lost, no other is trained on twice or left out, in ${epochs} epoch(s)`, async (t) => {
      const plan = {...basics, epochs, end: Promise.resolve(11)};
      const whole = await collect(11, plan);
      for (const [at, {next: from}] of [{next: basics.from}, ...whole].entries()) {
        const rest = await collect(11, {...plan, from, step: at}, lost);
        const left = (batches: typeof whole, epoch: number) =>
          batches
            .filter(({next}) => (next.index > 0 ? next.epoch === epoch : next.epoch === epoch + 1))
            .flatMap(({pairs}) => pairs)
            .filter((pair) => !lost.includes(pair));
        // Later epochs go on in the order that they were begun in.
        for (let epoch = 1; epoch <= epochs; epoch++)
          t.deepEqual(left(rest, epoch), left(whole.slice(at), epoch));
        t.false(rest.some(({pairs}) => pairs.length === 0));
      }
    });
  }
