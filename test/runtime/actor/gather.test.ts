import test from 'ava';
import {from, lastValueFrom, Subject, toArray} from 'rxjs';
import {gather} from '../../../runtime/actor/gather.js';

const turn = () => new Promise(setImmediate);

test('what arrives together is worked on together, in order and no more than a batch at once', async (t) => {
  const batches = await lastValueFrom(
    from([1, 2, 3, 4, 5]).pipe(
      gather(2, async (batch) => batch),
      toArray(),
    ),
  );
  t.deepEqual(batches, [[1, 2], [3, 4], [5]]);
});

test('the next batch comes together while one is at work', async (t) => {
  const source = new Subject<number>();
  const begun: (readonly number[])[] = [];
  const release: (() => void)[] = [];
  const work = (batch: readonly number[]) => {
    begun.push(batch);
    return new Promise<void>((resolve) => release.push(resolve));
  };
  const done = lastValueFrom(source.pipe(gather(8, work)));
  source.next(1);
  await turn();
  t.deepEqual(begun, [[1]]);
  source.next(2);
  await turn();
  source.next(3);
  await turn();
  t.deepEqual(begun, [[1]]);
  source.complete();
  release[0]?.();
  await turn();
  t.deepEqual(begun, [[1], [2, 3]]);
  release[1]?.();
  await done;
});

test('it completes after the work on the last value, and with a source that has none', async (t) => {
  t.deepEqual(
    await lastValueFrom(
      from([]).pipe(
        gather(2, async () => 1),
        toArray(),
      ),
    ),
    [],
  );
  let worked = false;
  const work = async () => {
    await turn();
    worked = true;
  };
  await lastValueFrom(from([1]).pipe(gather(2, work)));
  t.true(worked);
});

test('an error of the work or the source ends it', async (t) => {
  const source = new Subject<number>();
  const failing = lastValueFrom(source.pipe(gather(2, async () => Promise.reject(new Error('no room')))));
  source.next(1);
  await t.throwsAsync(failing, {message: 'no room'});
  t.false(source.observed);
});
