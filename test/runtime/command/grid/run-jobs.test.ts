/** The jobs of a grid as processes, with command lines that say something and end. */
import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {Job} from '../../../../runtime/command/grid/jobs.js';
import {type JobEnd, runJobs} from '../../../../runtime/command/grid/run-jobs.js';
import {holdRun} from '../../../../runtime/fleet/run/hold.js';
import {folderHold} from '../../../../runtime/fleet/run/hold-stores.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

const job = (name: string, args: readonly string[], more: Partial<Job> = {}): Job => ({
  name,
  args,
  run: name,
  after: undefined,
  kind: 'training',
  isDone: async (folder) => existsSync(join(folder, 'logs', `${name}.log`)),
  ...more,
});

const run = async (t: ExecutionContext, jobs: readonly Job[], done: readonly string[] = []) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'logs'));
  const events: string[] = [];
  const ends: JobEnd[] = [];
  const failed = await runJobs(jobs, new Set(done), {
    folder,
    slots: 2,
    signal: new AbortController().signal,
    onBegin: ({name}) => events.push(`begin ${name}`),
    onWait: ({name}) => events.push(`wait ${name}`),
    onEnd: (end) => {
      events.push(`end ${end.job.name}`);
      ends.push(end);
    },
  });
  return {folder, events, ends, failed};
};

test('what is done is not done again, and a job begins after the one that it needs', async (t) => {
  const jobs = [
    job('pairs', ['--version'], {kind: 'data'}),
    job('first', ['--version'], {after: 'pairs'}),
    job('second', ['--version'], {after: 'made'}),
  ];
  const {events, failed, folder} = await run(
    t,
    [job('made', ['--version'], {kind: 'data'}), ...jobs],
    ['made'],
  );
  t.deepEqual(failed, []);
  t.false(events.includes('begin made'));
  t.true(events.indexOf('end pairs') < events.indexOf('begin first'));
  t.deepEqual(events.slice(0, 2), ['begin pairs', 'begin second']);
  t.regex(readFileSync(join(folder, 'logs/first.log'), 'utf8'), /^\d+\.\d+\.\d+\n$/);
});

test('one data job is under way at a time, however many slots there are', async (t) => {
  const {events} = await run(t, [
    job('one', ['--version'], {kind: 'data'}),
    job('two', ['--version'], {kind: 'data'}),
  ]);
  t.deepEqual(events, ['begin one', 'end one', 'begin two', 'end two']);
});

test('a job that fails is told with its last words; what needs it is left out, the others go on', async (t) => {
  const {events, failed} = await run(t, [
    job('pairs', ['report', 'nowhere'], {kind: 'data'}),
    job('first', ['--version'], {after: 'pairs'}),
    job('other', ['--version']),
  ]);
  t.deepEqual(
    failed.map(({job: {name}}) => name),
    ['pairs'],
  );
  t.regex(failed[0]?.failure ?? '', /nowhere.*no run's folder/);
  t.false(events.includes('begin first'));
  t.true(events.includes('end other'));
});

test('a job that ended well and left nothing has failed', async (t) => {
  const {failed} = await run(t, [job('empty', ['--version'], {isDone: async () => false})]);
  t.is(failed.length, 1);
});

test('a job whose run a process of an earlier grid still has waits for the end of that one', async (t) => {
  const folder = temporaryFolder(t);
  const runFolder = join(folder, 'runs/first');
  mkdirSync(join(folder, 'logs'));
  mkdirSync(runFolder, {recursive: true});
  const held = await holdRun(folderHold(runFolder), 'first');
  const events: string[] = [];
  const failed = await runJobs([job('first', ['--version'])], new Set(), {
    folder,
    slots: 1,
    signal: new AbortController().signal,
    onBegin: () => events.push('begin'),
    onWait: (_, pid) => {
      events.push(`wait for ${pid}`);
      t.false(existsSync(join(folder, 'logs/first.log')));
      void held.release();
    },
    onEnd: () => events.push('end'),
  });
  t.deepEqual(failed, []);
  t.deepEqual(events, ['begin', `wait for ${process.pid}`, 'end']);
});
