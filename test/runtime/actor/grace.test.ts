import {once} from 'node:events';
import test from 'ava';
import {withGrace} from '../../../runtime/actor/grace.js';

test('the late signal aborts after the first, with its reason', async (t) => {
  const stop = new AbortController();
  const late = withGrace(stop.signal, 20);
  const reason = new Error('stopping');
  stop.abort(reason);
  t.false(late.aborted);
  // The grace itself keeps no process alive.
  const alive = setInterval(() => undefined, 10);
  await once(late, 'abort');
  clearInterval(alive);
  t.is(late.reason, reason);
});
