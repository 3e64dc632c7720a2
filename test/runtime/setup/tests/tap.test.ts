import test from 'ava';
import {load} from '../scripts.js';

interface Tap {
  createTapReader(isEnded?: (file: string) => boolean): {
    take(line: string): string[];
    counts: {passed: number; failed: number; skipped: number; ended: number};
    failures: string[];
  };
  lineSplitter(onLine: (line: string) => void): {push(chunk: string): void; end(): void};
}
const {createTapReader, lineSplitter} = await load<Tap>('tests/tap.mjs');

const OUTPUT = `TAP version 13
ok 1 - bus › queue › A message goes to one reader
not ok 2 - bus › queue › A full queue refuses
  ---
    name: AssertionError
    message: 'ok 9 - is not a result'
  ...
# a comment
ok 3 - bus › queue › Later # SKIP
not ok 4 - bus › queue › One day # TODO
ok 5 - bus › queue › # is allowed in a title
not ok 6 - dist/test/a.test.js exited with a non-zero exit code: 1

1..6
# tests 6
# pass 3
# fail 3
`;

test('Results are counted one by one, skipped and planned tests apart, and failed ones keep their names', (t) => {
  const reader = createTapReader();
  OUTPUT.split('\n').forEach(reader.take);
  t.deepEqual(reader.counts, {passed: 2, failed: 2, skipped: 2, ended: 0});
  t.deepEqual(reader.failures, [
    'bus › queue › A full queue refuses',
    'dist/test/a.test.js exited with a non-zero exit code: 1',
  ]);
});

test('Every test is one line, and a failed one has its details', (t) => {
  const reader = createTapReader();
  const shown = OUTPUT.split('\n').flatMap((line) => reader.take(line));
  t.deepEqual(shown.slice(0, 7), [
    '  ✔ bus › queue › A message goes to one reader',
    '  ✘ bus › queue › A full queue refuses',
    '  ---',
    '    name: AssertionError',
    "    message: 'ok 9 - is not a result'",
    '  ...',
    '  - bus › queue › Later # SKIP',
  ]);
});

test('A line that comes in pieces is one line', (t) => {
  const lines: string[] = [];
  const splitter = lineSplitter((line) => lines.push(line));
  for (const chunk of ['ok 1', ' - a\nok', ' 2 - b\n', 'ok 3 - c']) splitter.push(chunk);
  t.deepEqual(lines, ['ok 1 - a', 'ok 2 - b']);
  splitter.end();
  t.deepEqual(lines, ['ok 1 - a', 'ok 2 - b', 'ok 3 - c']);
});

test('That a process was ended after its results is no result; that another was killed is a failure', (t) => {
  const reader = createTapReader((file) => file === 'dist/test/held.test.js');
  const lines = ['held', 'killed'].map(
    (name, index) => `not ok ${index + 1} - dist/test/${name}.test.js exited due to SIGKILL`,
  );
  lines.forEach(reader.take);
  t.deepEqual(reader.counts, {passed: 0, failed: 1, skipped: 0, ended: 1});
  t.deepEqual(reader.failures, ['dist/test/killed.test.js exited due to SIGKILL']);
});
