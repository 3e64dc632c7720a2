import test from 'ava';
import {createTurns} from '../../../../runtime/bus/connection/coalesced-writes.js';

test('work of promises of different depth is run in a row, in the order in which it was handed over', async (t) => {
  const together = createTurns();
  const ran: string[] = [];
  const after = async (depth: number): Promise<void> => {
    for (let step = 0; step < depth; step++) await undefined;
    await together(async () => {
      ran.push(`work ${depth}`);
      queueMicrotask(() => ran.push('between'));
    });
  };
  await Promise.all([after(9), after(0), after(3)]);
  t.deepEqual(ran, ['work 0', 'work 3', 'work 9', 'between', 'between', 'between']);
});

test('each piece of work settles as it would alone', async (t) => {
  const together = createTurns();
  const [good, bad] = await Promise.allSettled([
    together(async () => 'done'),
    together(() => Promise.reject(new Error('no'))),
  ]);
  t.deepEqual(good, {status: 'fulfilled', value: 'done'});
  t.is(bad.status, 'rejected');
});

test('work that is handed over by work is run too', async (t) => {
  const together = createTurns();
  t.is(await together(() => together(async () => 'inner')), 'inner');
});
