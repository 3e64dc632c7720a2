import test from 'ava';
import {backoffMs} from '../../runtime/backoff.js';

test('backoff doubles up to ten seconds, with full jitter', (t) => {
  t.deepEqual(
    [1, 2, 3, 6, 7, 30].map((attempt) => backoffMs(attempt, 1)),
    [250, 500, 1000, 8000, 10_000, 10_000],
  );
  t.is(backoffMs(3, 0), 0);
  t.is(backoffMs(3, 0.5), 500);
});
