/** Who stands in line for a core is told from who sleeps, on a machine that has others at work. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {
  coreWaitsOf,
  createWaitingMeter,
  type ThreadAtCore,
  threadAtCore,
} from '../../../runtime/machine/core-waits.js';

/** Of threads that sleep now, what each has waited. */
const waits = (threads: Readonly<Record<string, number>>) =>
  new Map(
    Object.entries(threads).map(([thread, waitedMs]) => [thread, {ranMs: 0, waitedMs, isRunnable: false}]),
  );

/** As Linux 6.1 said them of a thread with a name that looks like more: its state and, of 50 fields, those that are read. */
const statOf = (state: string): string =>
  `4711 (node) R (x) ${state} 4700 4711 4700 0 -1 4194560 9 0 0 0 3 1 0 0 20`;
const only = (schedstat: string, state: string): ReadonlyMap<string, ThreadAtCore> => {
  const found = threadAtCore(schedstat, statOf(state));
  return new Map(found === undefined ? [] : [['4711', found]]);
};

test('A thread that is runnable and does not run waits, though Linux adds that only when it is over; it counts once', (t) => {
  const meter = createWaitingMeter();
  // It ran 40 ms, and waited 2 s, until it stood in line again.
  meter.take(0, only('40000000 2000000000 310\n', 'R'));
  t.is(meter.take(1000, only('40000000 2000000000 310\n', 'R')), 1);
  t.is(meter.take(2000, only('40000000 2000000000 310\n', 'R')), 1);
  // It got a core after 2.5 s for a moment, and stands in line again: half a second of what was added is new.
  t.is(meter.take(3000, only('41000000 4500000000 311\n', 'R')), 0.5);
  t.is(meter.take(4000, only('41000000 4500000000 311\n', 'R')), 1);
  // Of that wait, which had begun 0.5 s before it was first seen, 0.6 s are new; then it sleeps.
  t.is(meter.take(5000, only('42000000 6100000000 312\n', 'S')), 0.6);
  t.is(meter.take(6000, only('42000000 6100000000 312\n', 'S')), 0);
  t.is(Math.round(meter.since(0) * 6000), 4100);
});

test('Who runs, sleeps, is stopped or waits for a disk does not wait for a core', (t) => {
  for (const state of ['S', 'T', 'D', 'Z']) {
    const meter = createWaitingMeter();
    meter.take(0, only('40000000 2000000000 310\n', state));
    t.is(meter.take(1000, only('40000000 2000000000 310\n', state)), 0, state);
    // It has just begun to want one.
    t.is(meter.take(2000, only('40000000 2000000000 310\n', 'R')), 0, state);
  }
  const meter = createWaitingMeter();
  meter.take(0, only('40000000 2000000000 310\n', 'R'));
  t.is(meter.take(1000, only('1040000000 2000000000 310\n', 'R')), 0);
  t.is(threadAtCore('', statOf('R')), undefined);
});

test('Threads that waited are counted from the time before on, those that came and went meanwhile too', (t) => {
  const meter = createWaitingMeter();
  t.is(meter.take(0, waits({1: 5000})), 0);
  t.is(meter.take(100, waits({1: 5090})), 0.9);
  t.is(meter.take(200, waits({1: 5100, 2: 50})), 0.6);
  t.is(meter.take(300, waits({2: 150})), 1);
  t.is(meter.since(0), (90 + 60 + 100) / 300);
  // The time in which it lies counts whole.
  t.is(meter.since(150), (60 + 100) / 200);
  t.is(meter.since(200), 1);
  t.is(meter.since(1000), 0);
});

test('A system that tells nothing, and a process that is gone, wait for nothing', (t) => {
  t.is(coreWaitsOf(2 ** 30).size, 0);
  const meter = createWaitingMeter();
  meter.take(0, waits({}));
  t.is(meter.take(100, waits({})), 0);
});

const began = async (t: ExecutionContext, command: string, ...args: string[]): Promise<ChildProcess> => {
  const child = spawn(command, args, {stdio: ['ignore', 'pipe', 'inherit']});
  t.teardown(() => child.kill('SIGKILL'));
  await Promise.race([
    once(child.stdout ?? child, 'data'),
    once(child, 'error').then(([error]) => Promise.reject(error)),
  ]);
  return child;
};

test('Beside a busy loop a loop that is nicer waits most of the time, and one that sleeps does not', async (t) => {
  // One core, of those that this process may have.
  const [, core = '0'] = /^Cpus_allowed_list:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const loop = 'process.stdout.write("."); for (;;);';
  const on = (...words: string[]) => began(t, 'taskset', '-c', core, ...words);
  // The loop that is not nicer comes last: the others would hardly start beside it.
  // It gets a quarter. With less it may not run once in a second on a busy machine, and Linux counts a wait when it is over.
  const starved = await on('nice', '-n', '5', process.execPath, '-e', loop);
  const sleeping = await on(process.execPath, '-e', 'process.stdout.write("."); setInterval(() => {}, 100);');
  await on(process.execPath, '-e', loop);
  const meters = [starved, sleeping].map(({pid = 0}) => ({pid, meter: createWaitingMeter()}));
  const take = (atMs: number) => meters.map(({pid, meter}) => meter.take(atMs, coreWaitsOf(pid)));
  const beganMs = performance.now();
  take(0);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const [inLine = 0, asleep = 1] = take(performance.now() - beganMs);
  t.true(inLine > 0.5, `${inLine} of a thread`);
  t.true(asleep < 0.5, `${asleep} of a thread`);
});
