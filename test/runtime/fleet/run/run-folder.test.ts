/** A run's folder belongs to one process at a time and to one fleet. */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {readFleet} from '../../../../runtime/fleet/file/load.js';
import type {Fleet} from '../../../../runtime/fleet/file/schema.js';
import {
  liveRuns,
  openRunFolder,
  type RunRecord,
  writeRecord,
} from '../../../../runtime/fleet/run/run-folder.js';
import {ownIdentity} from '../../../../runtime/machine/process-alive.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const demo = (sets: string[] = []): Promise<Fleet> =>
  readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), sets);
const record: RunRecord = {
  run: 'one',
  pid: process.ppid,
  place: ownIdentity().place,
  heldSince: '2026-01-31T17:45:02.000Z',
  startedAt: '2026-01-31T17:00:00.000Z',
  natsUrl: 'nats://127.0.0.1:4222',
};

test('a new run gets a readable id that no other has', async (t) => {
  const runs = temporaryFolder(t);
  const fleet = await demo();
  const folders = await Promise.all([1, 2, 3].map(() => openRunFolder(runs, undefined, fleet)));
  const ids = folders.map(({run}) => run);
  t.is(new Set(ids).size, 3);
  for (const id of ids) t.regex(id, /^\d{8}-\d{6}(-\d+)?$/);
  t.deepEqual(
    JSON.parse(readFileSync(join(runs, ids[0] ?? '', 'fleet.json'), 'utf8')),
    JSON.parse(JSON.stringify(fleet)),
  );
});

test('a run that is running is refused', async (t) => {
  const runs = temporaryFolder(t);
  const {path} = await openRunFolder(runs, 'one', await demo());
  await writeRecord(path, record);
  const error = await t.throwsAsync(openRunFolder(runs, 'one', await demo()), {instanceOf: TerminalError});
  t.is(
    error?.message,
    `run one is already running (process ${process.ppid}); stop it, or choose another --run`,
  );
});

test('a run that ended, and one whose process was killed, go on', async (t) => {
  const runs = temporaryFolder(t);
  const {path, before, isNew} = await openRunFolder(runs, 'one', await demo());
  t.deepEqual([before, isNew], [undefined, true]);
  t.false((await openRunFolder(runs, 'one', await demo())).isNew);
  await writeRecord(path, {...record, endedAt: '2026-01-31T18:00:00.000Z', ending: 'drained'});
  t.is((await openRunFolder(runs, 'one', await demo())).before?.ending, 'drained');
  // The id of its process is another's now.
  await writeRecord(path, {...record, startTicks: 1});
  t.is((await openRunFolder(runs, 'one', await demo())).before?.startedAt, record.startedAt);
  // No process has the largest id there can be.
  await writeRecord(path, {...record, pid: 2 ** 22 + 1});
  t.is((await openRunFolder(runs, 'one', await demo())).before?.startedAt, record.startedAt);
});

test('a fleet that was kept before a key with a default came is the same', async (t) => {
  const runs = temporaryFolder(t);
  const {path} = await openRunFolder(runs, 'run', await demo());
  const file = join(path, 'fleet.json');
  const {filter: _, replicas: __, supervision: ___, ...before} = JSON.parse(readFileSync(file, 'utf8'));
  delete before.training.share;
  writeFileSync(file, JSON.stringify(before));
  t.is((await openRunFolder(runs, 'run', await demo())).run, 'run');
  await t.throwsAsync(openRunFolder(runs, 'run', await demo(['training.share=folder'])), {
    message: /: training.share is "bus" in this run and "folder" in the fleet given now; /,
  });
});

test('another fleet is refused, with the first key that differs', async (t) => {
  const runs = temporaryFolder(t);
  const {path} = await openRunFolder(runs, 'one', await demo());
  const other = await demo(['objective.beta=0.5']);
  const error = await t.throwsAsync(openRunFolder(runs, 'one', other), {instanceOf: TerminalError});
  t.is(
    error?.message,
    `${join(path, 'fleet.json')}: objective.beta is 1 in this run and 0.5 in the fleet given now; give the same, or choose another --run`,
  );
});

test('of prompts and the steps that follow from them, the prompts are named; of steps that somebody wrote, these', async (t) => {
  const runs = temporaryFolder(t);
  const withCount = (count: number) =>
    demo([`prompts={demo: true, count: ${count}}`, 'training={batchSize: 16}']);
  const {path} = await openRunFolder(runs, 'one', await withCount(160));
  const refused = async (fleet: Fleet) => (await t.throwsAsync(openRunFolder(runs, 'one', fleet)))?.message;
  t.true(
    (await refused(await withCount(320)))?.startsWith(
      `${path}/fleet.json: prompts.count is 160 in this run and 320 `,
    ),
  );
  const steps = await demo(['prompts={demo: true, count: 160}', 'training={batchSize: 16, steps: 3}']);
  t.regex(
    (await refused(steps)) ?? '',
    /: training\.steps is \d+ in this run and 3 in the fleet given now; /,
  );
});

test('an id that cannot be part of a subject is refused', async (t) => {
  await t.throwsAsync(openRunFolder(temporaryFolder(t), 'a.b', await demo()), {
    message: /^run a\.b: letters, digits/,
  });
});

test('live runs are those whose process is there, the newest first', async (t) => {
  const runs = temporaryFolder(t);
  const fleet = await demo();
  const write = async (run: string, more: Partial<RunRecord>) =>
    writeRecord((await openRunFolder(runs, run, fleet)).path, {...record, run, ...more});
  await write('old', {heldSince: '2026-01-30T00:00:00.000Z'});
  await write('new', {heldSince: '2026-01-31T00:00:00.000Z'});
  await write('over', {endedAt: '2026-01-31T00:00:00.000Z'});
  await write('killed', {pid: 2 ** 22 + 1});
  await write('damaged', {});
  writeFileSync(join(runs, 'damaged/run.json'), '{');
  t.deepEqual(
    (await liveRuns(runs)).map(({run}) => run),
    ['new', 'old'],
  );
});
