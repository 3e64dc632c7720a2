/** What `npm run chaos -- --data` prints. */
import test from 'ava';
import {growthOf} from './memory.js';
import {manyReportOf} from './report.js';

const done = {seconds: 2, pairs: 90, rejected: 10, sha256: 'aa'};
const kill = {victim: 'filter', processes: 1, at: 50, underWay: 2, repeated: 3, resumeSeconds: 4.25};
const sample = (role: string, prompts: number, mb: number) => ({role, prompts, mb});
const memory = growthOf(
  [
    ...[10, 30, 60, 90, 100].map((prompts) => sample('filter', prompts, 2 * prompts)),
    sample('server', 30, 8),
  ],
  100,
  ['server', 'filter'],
);

test('The report has each quarter of each process, whether it is flat, and every kill', (t) => {
  const lines = manyReportOf({undisturbed: {...done, memory}, disturbed: {...done, kills: [kill]}}, 100);
  const found = lines.split('\n').map((line) => line.split(/ {2,}/));
  t.deepEqual(found, [
    ['100 prompts: 90 pairs, 10 rejected; 2 s, 50 prompts/s undisturbed; 2 s under 1 kill'],
    ['the same file, SHA-256 aa'],
    [''],
    ['MiB without garbage, undisturbed: median of each quarter', '1st', '2nd', '3rd', '4th', 'most'],
    ['server', '-', '8', '-', '-', '8', 'NOT FLAT'],
    ['filter', '20', '60', '120', '180', '200', 'NOT FLAT'],
    [''],
    ['killed', 'processes', 'at prompt', 'under way', 'calls again', 'next pair, s'],
    ['filter', '1', '50', '2', '3', '4.3'],
  ]);
});

test('A server is held to what its streams come to', (t) => {
  const server = growthOf([sample('server', 30, 50), sample('server', 80, 130)], 100, []);
  const lines = manyReportOf({undisturbed: {...done, memory: server}, disturbed: {...done, kills: []}}, 100);
  t.regex(lines, /server +- +50 +- +130 +130 +within its 192$/m);
});

test('Of a process that was asked to collect its garbage, what was resident then counts, and the most that ever was', (t) => {
  const collected = (prompts: number, mb: number) => ({...sample('filter', prompts, mb), isCollected: true});
  const [growth] = growthOf(
    [sample('filter', 30, 100), collected(31, 80), sample('filter', 80, 170), collected(81, 82)],
    100,
    [],
  );
  t.like(growth, {quarters: [undefined, 80, undefined, 82], most: 170, isFlat: true});
  const [grown] = growthOf([sample('filter', 30, 100), collected(31, 80), collected(81, 97)], 100, []);
  t.false(grown?.isFlat);
});

test('A process that grows by less than a collector leaves is flat, and another file is said', (t) => {
  const flat = growthOf([sample('filter', 30, 100), sample('filter', 80, 115)], 100, []);
  const other = {...done, sha256: 'bb', kills: []};
  const lines = manyReportOf({undisturbed: {...done, memory: flat}, disturbed: other}, 100);
  t.regex(lines, /filter +- +100 +- +115 +115 +flat$/m);
  t.regex(lines, /^NOT THE SAME FILE, SHA-256 aa and bb$/m);
});
