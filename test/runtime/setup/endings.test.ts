import test from 'ava';
import {load} from './scripts.js';

interface Endings {
  createLook(alive: (pid: number) => boolean): (text: string) => string[];
}
const {createLook} = await load<Endings>('endings.mjs');

test('a process that was alive at two looks is named once', (t) => {
  const alive = new Set([1, 2]);
  const look = createLook((pid) => alive.has(pid));
  const text = '1 dist/a b.test.js\n2 dist/c.test.js\n3 dist/gone.test.js\n4 dist/half';
  t.deepEqual(look(text), []);
  alive.delete(2);
  t.deepEqual(look(text), ['dist/a b.test.js']);
  t.deepEqual(look(text), []);
});
