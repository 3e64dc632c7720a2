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

test('a burst of refusals halves the limit once, and a later one again, down to one', async (t) => {
  const governor = openGovernor(8);
  const take = (count: number) =>
    Promise.all(Array.from({length: count}, () => governor.acquire({again: false, signal: never})));
  const releaseAll = (slots: Slot[]) => {
    for (const slot of slots) slot.release('overloaded');
  };
  releaseAll(await take(8));
  t.is(governor.limit, 4);
  releaseAll(await take(4));
  t.is(governor.limit, 2);
  releaseAll(await take(2));
  t.is(governor.limit, 1);
  releaseAll(await take(1));
  t.is(governor.limit, 1);
});

test('served requests raise the limit by 1/limit each, up to the ceiling', async (t) => {
  const governor = openGovernor(2);
  (await governor.acquire({again: false, signal: never})).release('overloaded');
  t.is(governor.limit, 1);
  (await governor.acquire({again: false, signal: never})).release('unknown');
  t.is(governor.limit, 1);
  (await governor.acquire({again: false, signal: never})).release('served');
  t.is(governor.limit, 2);
  (await governor.acquire({again: false, signal: never})).release('served');
  t.is(governor.limit, 2);
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
