import test from 'ava';
import {backoffMs} from '../../runtime/backoff.js';

test('A wait doubles up to ten seconds, with full jitter', (t) => {
  t.deepEqual(
    [1, 2, 3, 6, 7, 30].map((attempt) => backoffMs(attempt, undefined, 1)),
    [250, 500, 1000, 8000, 10_000, 10_000],
  );
  t.is(backoffMs(3, undefined, 0), 0);
  t.is(backoffMs(3, undefined, 0.5), 500);
});

test('A wait of other bounds loses no more than its jitter', (t) => {
  const backoff = {firstMs: 20, longestMs: 500, jitter: 0.5};
  t.deepEqual(
    [1, 2, 5, 6, 2000].map((attempt) => backoffMs(attempt, backoff, 1)),
    [20, 40, 320, 500, 500],
  );
  t.is(backoffMs(2, backoff, 0), 20);
  t.is(backoffMs(2, {...backoff, jitter: 0}, 0), 40);
});
