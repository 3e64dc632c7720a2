import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import {codeRoot} from '../../runtime/paths.js';
import {sourceStack} from '../../runtime/source-stack.js';
import {anchorage} from '../helpers/process.js';

test('a place in a program is told as the place in its source', (t) => {
  const place = pathToFileURL(join(codeRoot, 'runtime/nats-server/keeper.js')).href;
  t.regex(
    sourceStack(`Error: no\n    at main (${place}:30:1)`),
    /^Error: no\n {4}at main \(runtime\/\S+\.ts:\d+:\d+\)$/,
  );
});

test('what has no map, or lies elsewhere, stays as it is', (t) => {
  const stack = `Error: no\n    at a (file:///nowhere/b.js:1:2)\n    at node:internal/modules:3:4`;
  t.is(sourceStack(stack), stack);
});

test('who asks for the stack of a command’s error gets the sources’ places', async (t) => {
  const {stderr} = await anchorage(t, ['report', 'no-such-run'], {env: {ANCHORAGE_DEBUG: '1'}});
  t.regex(stderr, /runtime\/\S+\.ts:\d+:\d+/);
  t.notRegex(stderr, /dist\/chunks/);
});
