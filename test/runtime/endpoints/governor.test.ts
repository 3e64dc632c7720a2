import test from 'ava';
import {openGovernor, type Slot} from '../../../runtime/endpoints/governor.js';

const never = new AbortController().signal;

/** Asks for a slot and notes the name when it comes. */
const ask = (governor: ReturnType<typeof openGovernor>, entered: string[], name: string, again = false) =>
  governor.acquire({again, signal: never}).then((slot) => {
    entered.push(name);
    return slot;
  });
/** Lets promises that can settle do so. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('no more than the ceiling enter, and the next enters when one is released', async (t) => {
  const governor = openGovernor(2);
  const entered: string[] = [];
  const first = await ask(governor, entered, 'a');
  await ask(governor, entered, 'b');
  void ask(governor, entered, 'c');
  await turn();
  t.deepEqual(entered, ['a', 'b']);
  first.release('served');
  await turn();
  t.deepEqual(entered, ['a', 'b', 'c']);
});

const takeAll = (governor: ReturnType<typeof openGovernor>, count: number) =>
  Promise.all(Array.from({length: count}, () => governor.acquire({again: false, signal: never})));
const releaseAll = (slots: readonly Slot[], load: 'served' | 'overloaded') => {
  for (const slot of slots) slot.release(load);
};

test('a burst of refusals lowers the limit once, and a later one again, down to one', async (t) => {
  const governor = openGovernor(10);
  releaseAll(await takeAll(governor, 10), 'overloaded');
  t.is(governor.limit, 8);
  releaseAll(await takeAll(governor, 8), 'overloaded');
  t.is(governor.limit, 6.4);
  for (let burst = 0; burst < 60; burst += 1)
    releaseAll(await takeAll(governor, Math.floor(governor.limit)), 'overloaded');
  t.is(governor.limit, 1);
});

test('one refusal in ten says nothing of the load, and more do', async (t) => {
  const governor = openGovernor(10);
  for (let round = 0; round < 50; round += 1) {
    const [first, ...others] = await takeAll(governor, 10);
    first?.release('overloaded');
    releaseAll(others, 'served');
    t.is(governor.limit, 10);
  }
  const slots = await takeAll(governor, 10);
  releaseAll(slots.slice(0, 3), 'overloaded');
  releaseAll(slots.slice(3), 'served');
  t.is(governor.limit, 8);
});

test('a round that is served raises the limit by a quarter, up to the ceiling', async (t) => {
  const governor = openGovernor(10);
  releaseAll(await takeAll(governor, 10), 'overloaded');
  const [failed] = await takeAll(governor, 1);
  failed?.release('unknown');
  t.is(governor.limit, 8);
  releaseAll(await takeAll(governor, 8), 'served');
  t.is(governor.limit, 10);
  releaseAll(await takeAll(governor, 10), 'served');
  t.is(governor.limit, 10);
});

test('an overloaded endpoint that asks to be left alone is left alone by all, and one refusal keeps nobody back', async (t) => {
  const governor = openGovernor(10);
  const entered: string[] = [];
  const [first, ...others] = await takeAll(governor, 10);
  first?.release('overloaded', 3_600_000);
  await ask(governor, entered, 'a').then((slot) => slot.release('served'));
  const began = performance.now();
  for (const slot of others) slot.release('overloaded', 60);
  const waited = ask(governor, entered, 'b').then(() => performance.now() - began);
  await ask(governor, entered, 'c');
  t.true((await waited) >= 60);
  t.deepEqual(entered, ['a', 'b', 'c']);
});

test('a request that comes again goes before those that wait for their first turn', async (t) => {
  const governor = openGovernor(1);
  const entered: string[] = [];
  const first = await ask(governor, entered, 'a');
  void ask(governor, entered, 'b');
  const again = ask(governor, entered, 'a again', true);
  first.release('served');
  (await again).release('served');
  await turn();
  t.deepEqual(entered, ['a', 'a again', 'b']);
});

test('an aborted wait gives up its place and not a slot', async (t) => {
  const governor = openGovernor(1);
  const entered: string[] = [];
  const first = await ask(governor, entered, 'a');
  const abort = new AbortController();
  const given = governor.acquire({again: false, signal: abort.signal});
  void ask(governor, entered, 'c');
  abort.abort(new Error('stopping'));
  await t.throwsAsync(given, {message: 'stopping'});
  await t.throwsAsync(governor.acquire({again: false, signal: abort.signal}), {message: 'stopping'});
  first.release('served');
  await turn();
  t.deepEqual(entered, ['a', 'c']);
});
