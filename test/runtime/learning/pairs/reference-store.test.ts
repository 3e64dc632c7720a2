/** Log-probabilities on disk: found again by content, by whoever asks, and whatever a kill left of the file. */
import {appendFileSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {openReferenceStore, type Reference} from '../../../../runtime/learning/pairs/reference-store.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const reference: Reference = {
  weightsSha256: 'aa',
  config: {layers: 2},
  executor: 'onnx',
  device: 'cpu',
  precision: 'float32',
};
const one = {promptIds: [1, 2], completionIds: [3]};
/** The same ids, parted elsewhere. */
const other = {promptIds: [1], completionIds: [2, 3]};
const onlyFile = (folder: string): string => join(folder, readdirSync(folder)[0] ?? '');

test('what one process adds is found by the next, in whatever kind of array the ids are', async (t) => {
  const folder = join(temporaryFolder(t), 'made', 'here');
  const first = await openReferenceStore(folder, reference);
  t.is(first.get(one), undefined);
  await first.add([
    [one, -1.5],
    [other, -2.25],
  ]);
  t.is(first.get(one), -1.5);
  await first.close();
  const next = await openReferenceStore(folder, reference);
  t.teardown(() => next.close());
  t.is(next.get({promptIds: Int32Array.of(1, 2), completionIds: Int32Array.of(3)}), -1.5);
  t.is(next.get(other), -2.25);
  t.is(next.get({promptIds: [1, 2], completionIds: [4]}), undefined);
});

const changes: Record<string, Partial<Reference>> = {
  'other weights': {weightsSha256: 'ab'},
  'another configuration': {config: {layers: 3}},
  'another executor': {executor: 'tensorflow'},
  'another device': {device: 'webgpu'},
  'another precision': {precision: 'bfloat16'},
};
for (const [title, change] of Object.entries(changes)) {
  test(`${title}: another reference, of which nothing is known yet`, async (t) => {
    const folder = temporaryFolder(t);
    const before = await openReferenceStore(folder, reference);
    await before.add([[one, -1]]);
    await before.close();
    const after = await openReferenceStore(folder, {...reference, ...change});
    t.is(after.get(one), undefined);
    await after.close();
  });
}

test('a line that a kill tore is passed over, and the next is whole', async (t) => {
  const folder = temporaryFolder(t);
  const first = await openReferenceStore(folder, reference);
  await first.add([
    [one, -1],
    [other, -2],
  ]);
  await first.close();
  const file = onlyFile(folder);
  const text = readFileSync(file, 'utf8');
  // Inside the last number, which would still read as one.
  writeFileSync(file, text.slice(0, -2));
  const second = await openReferenceStore(folder, reference);
  t.is(second.get(one), -1);
  t.is(second.get(other), undefined);
  await second.add([[other, -2]]);
  await second.close();
  const third = await openReferenceStore(folder, reference);
  t.is(third.get(one), -1);
  t.is(third.get(other), -2);
  await third.close();
});

test('lines of other processes that were added meanwhile are kept, and foreign lines do no harm', async (t) => {
  const folder = temporaryFolder(t);
  const [first, second] = [
    await openReferenceStore(folder, reference),
    await openReferenceStore(folder, reference),
  ];
  await Promise.all([first.add([[one, -1]]), second.add([[other, -2]])]);
  await Promise.all([first.close(), second.close()]);
  appendFileSync(onlyFile(folder), 'nonsense\n{"tokens": 3}\n\n');
  const third = await openReferenceStore(folder, reference);
  t.deepEqual([third.get(one), third.get(other)], [-1, -2]);
  await third.close();
});

test('numbers that are not finite are not kept', async (t) => {
  const folder = temporaryFolder(t);
  const store = await openReferenceStore(folder, reference);
  await store.add([[one, Number.NaN]]);
  t.is(store.get(one), undefined);
  await store.close();
});

test('without a folder nothing is kept beyond the process; a folder that cannot be is refused by name', async (t) => {
  const store = await openReferenceStore(undefined, reference);
  await store.add([[one, -1]]);
  t.is(store.get(one), -1);
  await store.close();
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  const error = await t.throwsAsync(openReferenceStore(file, reference), {instanceOf: TerminalError});
  t.true(error?.message.startsWith(file));
  t.regex(error?.message ?? '', /--cache$/);
});
