/** Who stands in line for a core is told from who sleeps, on a machine that has others at work. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {coreWaitsOf, createWaitingMeter} from '../../../runtime/machine/core-waits.js';

const waits = (threads: Readonly<Record<string, number>>) => new Map(Object.entries(threads));

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
