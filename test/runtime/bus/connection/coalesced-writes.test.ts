import test from 'ava';
import {createWriteCoalescer} from '../../../../runtime/bus/connection/coalesced-writes.js';

test('work of promises of different depth is run in a row, in the order in which it was handed over', async (t) => {
  const inOneWrite = createWriteCoalescer();
  const ran: string[] = [];
  const after = async (depth: number): Promise<void> => {
    for (let step = 0; step < depth; step++) await undefined;
    await inOneWrite(async () => {
      ran.push(`work ${depth}`);
      queueMicrotask(() => ran.push('between'));
    });
  };
  await Promise.all([after(9), after(0), after(3)]);
  t.deepEqual(ran, ['work 0', 'work 3', 'work 9', 'between', 'between', 'between']);
});

test('each piece of work settles as it would alone', async (t) => {
  const inOneWrite = createWriteCoalescer();
  const [good, bad] = await Promise.allSettled([
    inOneWrite(async () => 'done'),
    inOneWrite(() => Promise.reject(new Error('no'))),
  ]);
  t.deepEqual(good, {status: 'fulfilled', value: 'done'});
  t.is(bad.status, 'rejected');
});

test('work that is handed over by work is run too', async (t) => {
  const inOneWrite = createWriteCoalescer();
  t.is(await inOneWrite(() => inOneWrite(async () => 'inner')), 'inner');
});
