/** Pieces of work that must not overlap do not. */
import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {inOrder} from '../../runtime/in-order.js';

test('work is done one piece after the other, in the order in which it came, whatever each takes', async (t) => {
  const one = inOrder();
  const done: string[] = [];
  const work = (name: string, ms: number) => async () => {
    done.push(`${name} begins`);
    await setTimeout(ms);
    done.push(`${name} ends`);
    return name;
  };
  t.deepEqual(await Promise.all([one(work('long', 30)), one(work('short', 0))]), ['long', 'short']);
  t.deepEqual(done, ['long begins', 'long ends', 'short begins', 'short ends']);
});

test('a failure is its caller’s, and what comes after it is done', async (t) => {
  const one = inOrder();
  const failing = one(() => Promise.reject(new Error('the first')));
  const next = one(async () => 'the second');
  await t.throwsAsync(failing, {message: 'the first'});
  t.is(await next, 'the second');
});
