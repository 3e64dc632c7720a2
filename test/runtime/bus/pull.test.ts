import test from 'ava';
import {firstValueFrom, lastValueFrom, take, toArray} from 'rxjs';
import {pullMap} from '../../../runtime/bus/pull.js';

/** Counts what is taken from it, and whether it was returned. */
const numbers = (end = Number.POSITIVE_INFINITY) => {
  const seen = {taken: 0, returned: false};
  const iterator: AsyncIterableIterator<number> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      if (seen.taken >= end) return {done: true, value: undefined};
      seen.taken += 1;
      return {done: false, value: seen.taken};
    },
    async return() {
      seen.returned = true;
      return {done: true, value: undefined};
    },
  };
  return {seen, iterator};
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('no more items are taken than may be at work', async (t) => {
  const {seen, iterator} = numbers(20);
  const finish: (() => void)[] = [];
  let most = 0;
  let atWork = 0;
  const work = async (item: number): Promise<number> => {
    atWork += 1;
    most = Math.max(most, atWork);
    await new Promise<void>((resolve) => finish.push(resolve));
    atWork -= 1;
    return item;
  };
  const results = lastValueFrom(pullMap(() => iterator, work, 4).pipe(toArray()));
  await turn();
  t.is(seen.taken, 4);
  for (let ended = 1; ended <= 20; ended += 1) {
    finish.shift()?.();
    await turn();
    t.is(seen.taken, Math.min(20, 4 + ended));
  }
  const all = await results;
  t.deepEqual(
    [...all].sort((a, b) => a - b),
    Array.from({length: 20}, (_, index) => index + 1),
  );
  t.is(most, 4);
  t.false(seen.returned);
});

test('unsubscribing returns the iterator', async (t) => {
  const {seen, iterator} = numbers();
  t.deepEqual(
    await firstValueFrom(
      pullMap(
        () => iterator,
        async (item) => item,
        2,
      ).pipe(take(3), toArray()),
    ),
    [1, 2, 3],
  );
  t.true(seen.returned);
});

test('unsubscribing returns an iterator that waits for its next item', (t) => {
  let returned = false;
  const waiting: AsyncIterableIterator<number> = {
    [Symbol.asyncIterator]: () => waiting,
    next: () => new Promise(() => undefined),
    async return() {
      returned = true;
      return {done: true, value: undefined};
    },
  };
  pullMap(
    () => waiting,
    async (item) => item,
    1,
  )
    .subscribe()
    .unsubscribe();
  t.true(returned);
});

test('an error of the work ends the stream with it and returns the iterator', async (t) => {
  const {seen, iterator} = numbers();
  const work = async (item: number): Promise<number> => {
    if (item === 3) throw new Error('three is too many');
    return item;
  };
  await t.throwsAsync(lastValueFrom(pullMap(() => iterator, work, 1)), {message: 'three is too many'});
  t.true(seen.returned);
  const taken = seen.taken;
  await turn();
  t.is(seen.taken, taken);
});

test('an error of the iterable ends the stream with it', async (t) => {
  const failing = async function* () {
    yield 1;
    throw new Error('no more');
  };
  await t.throwsAsync(lastValueFrom(pullMap(failing, async (item) => item, 2)), {message: 'no more'});
});

test('the stream completes when the last work has ended, not when the last item was taken', async (t) => {
  const {iterator} = numbers(1);
  let finish: (() => void) | undefined;
  let completed = false;
  const work = (item: number): Promise<number> =>
    new Promise((resolve) => {
      finish = () => resolve(item);
    });
  pullMap(() => iterator, work, 3).subscribe({complete: () => (completed = true)});
  await turn();
  t.false(completed);
  finish?.();
  await turn();
  t.true(completed);
});

for (const concurrency of [0, -1, 1.5, Number.NaN]) {
  test(`a concurrency of ${concurrency} is refused`, async (t) => {
    const {iterator} = numbers(1);
    await t.throwsAsync(
      lastValueFrom(
        pullMap(
          () => iterator,
          async (item) => item,
          concurrency,
        ),
      ),
      {instanceOf: RangeError},
    );
  });
}
