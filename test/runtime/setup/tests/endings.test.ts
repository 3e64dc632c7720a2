import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {appendFileSync} from 'node:fs';
import test from 'ava';
import {load} from '../scripts.js';

interface Endings {
  createLook(alive: (pid: number) => boolean): (text: string) => {pid: number; file: string}[];
  LIVES_ENV: string;
  atWorkIn(text: string): string[];
  watchEndings(
    onHeld: (file: string, isEnded: boolean) => void,
    lookEachMs: number,
  ): {env: Record<string, string>; isEnded(file: string): boolean; stop(): void};
}
const {atWorkIn, createLook, LIVES_ENV, watchEndings} = await load<Endings>('tests/endings.mjs');

test('a process that was alive at two looks is named once', (t) => {
  const alive = new Set([1, 2]);
  const look = createLook((pid) => alive.has(pid));
  const text =
    'begun 1 dist/a b.test.js\nlet-go 1 dist/a b.test.js\nlet-go 2 dist/c.test.js\nlet-go 3 dist/gone.test.js\nlet-go 4 dist/half';
  t.deepEqual(look(text), []);
  alive.delete(2);
  t.deepEqual(look(text), [{pid: 1, file: 'dist/a b.test.js'}]);
  t.deepEqual(look(text), []);
});

test('a test file is at work from its beginning until its tests are over', (t) => {
  t.deepEqual(
    atWorkIn('begun 1 dist/a b.test.js\nbegun 2 dist/c.test.js\nover 2 dist/c.test.js\nbegun 3 dist/ha'),
    ['dist/a b.test.js'],
  );
});

test('a process of the tests that stays is ended, and one that only has such a number is not', async (t) => {
  const held: [string, boolean][] = [];
  let seen: (value: unknown) => void = () => undefined;
  const both = new Promise((resolve) => {
    seen = resolve;
  });
  const {env, isEnded, stop} = watchEndings((file, wasEnded) => {
    held.push([file, wasEnded]);
    if (held.length === 2) seen(undefined);
  }, 20);
  t.teardown(stop);
  const stay = ['-e', 'setInterval(() => undefined, 1000); console.log("up")'];
  const [ours, other] = [env, {}].map((own) =>
    spawn(process.execPath, stay, {stdio: ['ignore', 'pipe', 'ignore'], env: {...process.env, ...own}}),
  );
  if (ours === undefined || other === undefined) return t.fail();
  t.teardown(() => other.kill('SIGKILL'));
  await Promise.all([ours, other].map(({stdout}) => once(stdout, 'data')));
  const ended = once(ours, 'exit');
  appendFileSync(
    env[LIVES_ENV] ?? '',
    `let-go ${ours.pid} dist/ours.test.js\nlet-go ${other.pid} dist/other.test.js\n`,
  );
  t.deepEqual(await ended, [null, 'SIGKILL']);
  await both;
  t.deepEqual(held, [
    ['dist/ours.test.js', true],
    ['dist/other.test.js', false],
  ]);
  t.is(other.exitCode, null);
  t.true(isEnded('dist/ours.test.js'));
  t.false(isEnded('dist/other.test.js'));
});
