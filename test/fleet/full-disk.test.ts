/** A run whose server can no longer write: it stops with one line, and goes on when there is room. */
import {execFileSync} from 'node:child_process';
import {closeSync, mkdirSync, openSync, rmSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {openFleetFolder, RUN, untilStep} from '../helpers/fleet-folder.js';
import {startTestServer, withBus} from '../helpers/nats.js';
import {temporaryFolder} from '../helpers/temporary.js';

const PROMPTS = 160;
const sets = [
  `prompts.count=${PROMPTS}`,
  'training.steps=10',
  'training.warmupSteps=1',
  'training.checkpointEverySteps=3',
  'maxOutstandingPrompts=48',
  'evaluation.count=16',
  'endpoints.teacher.latencyMs=150',
];

/** A disk of its own, of so many MiB; undefined where the test may not mount one. */
const withDisk = (t: ExecutionContext, mebibytes: number): string | undefined => {
  const folder = temporaryFolder(t);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder], {stdio: 'ignore'});
  } catch {
    return undefined;
  }
  t.teardown(() => execFileSync('umount', ['-l', folder]));
  return folder;
};

/** Leaves no room on the disk of a folder; returns what makes room again. */
const fill = (folder: string): (() => void) => {
  const path = join(folder, 'filler');
  const file = openSync(path, 'w');
  for (const bytes of [65_536, 512]) {
    try {
      for (;;) writeSync(file, Buffer.alloc(bytes));
    } catch {
      // full, as wanted
    }
  }
  closeSync(file);
  return () => rmSync(path);
};

test('A run whose server has no room stops with one line that says so, and goes on when there is room', async (t) => {
  const disk = withDisk(t, 64);
  if (disk === undefined) {
    t.log('no disk can be mounted here: nothing was tested');
    t.pass();
    return;
  }
  mkdirSync(join(disk, 'store'));
  const server = await startTestServer(join(disk, 'store'));
  t.teardown(() => server.remove());
  const folder = openFleetFolder();
  t.teardown(() => folder.remove());
  const args = ['up', '--run', RUN, '--nats', server.url, ...sets.flatMap((set) => ['--set', set])];

  const up = await folder.anchorage(args);
  const bus = await withBus(t, server, RUN, 'onlooker');
  await untilStep(bus, 2);
  const makeRoom = fill(disk);
  const failed = await up.ended;
  t.is(failed.code, 1);
  t.regex(failed.stderr, /^[^\n]*(no room|disk is full)[^\n]*\n$/);
  t.log(failed.stderr);
  t.deepEqual(folder.processes(), []);

  makeRoom();
  await server.stop();
  await server.start();
  const {code, stderr} = await (await folder.anchorage(args)).ended;
  t.is(stderr, '');
  t.is(code, 0);
  const ids = [...folder.lines('pairs'), ...folder.lines('rejections')].map(({prompt_id}) =>
    Number(prompt_id),
  );
  t.deepEqual(
    ids.sort((one, other) => one - other),
    Array.from({length: PROMPTS}, (_, id) => id),
  );
  t.is(folder.json('result.json').pairs_trained, folder.lines('pairs').length);
});
