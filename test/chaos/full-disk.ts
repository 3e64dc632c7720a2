/** A whole run on whose server's disk there is suddenly no room: it stops with one line, and goes on when there is room. */
import {execFileSync} from 'node:child_process';
import {closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {openBus} from '../../runtime/bus/open-bus.js';
import type {Progress} from '../../runtime/fleet/progress.js';
import {openFleetFolder, RUN, stepOf, untilStep} from '../helpers/fleet-folder.js';
import {startTestServer} from '../helpers/nats.js';
import {countsOf} from './checks.js';
import type {FaultDone} from './fault.js';
import {logsOf} from './logs.js';
import {BATCH_SIZE, fleetOfPlan, KEY_ENV} from './plan.js';
import {type Scope, withScope} from './scope.js';
import {startCountingTeacher} from './teacher.js';

export const FULL_DISK = 'the disk under the server is full';

const PROMPTS = 160;
/** A server that cannot write is not waited for like one that is away, ten minutes; on a busy machine, too. */
const ENDS_WITHIN_MS = 120_000;
const DISK_MEBIBYTES = 64;

/** A disk of its own, for which one must be root; undefined where it cannot be. */
const diskOf = (scope: Scope): string | undefined => {
  const folder = scope.folder();
  try {
    const size = `size=${DISK_MEBIBYTES}m`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder], {stdio: 'ignore'});
  } catch {
    return undefined;
  }
  scope.teardown(() => execFileSync('umount', ['-l', folder]));
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

/** Undefined where no disk can be had. */
export const runOnFullDisk = (seed: number): Promise<FaultDone | undefined> =>
  withScope(async (scope) => {
    const beganMs = Date.now();
    const disk = diskOf(scope);
    if (disk === undefined) return undefined;
    mkdirSync(join(disk, 'store'));
    const server = await startTestServer(join(disk, 'store'));
    scope.teardown(() => server.remove());
    const folder = openFleetFolder();
    scope.teardown(() => folder.remove());
    const teacher = await startCountingTeacher(seed, 250);
    scope.teardown(() => teacher.close());
    const plan = {seed, dataset: 'clair', prompts: PROMPTS, epochs: 1, shards: 1, kills: []} as const;
    const fleet = fleetOfPlan(plan, teacher.url);
    writeFileSync(join(folder.path, 'fleet.json'), JSON.stringify(fleet, undefined, 2));
    const up = () =>
      folder.anchorage(['up', 'fleet.json', '--run', RUN, '--nats', server.url], {[KEY_ENV]: teacher.key});

    const first = await up();
    const before = await openBus({url: server.url, run: RUN, name: 'faults'});
    const step = await untilStep(before, 2);
    const pairs = (await before.state('pairs')).lastSequence;
    await before.drain();
    const makeRoom = fill(disk);
    const filledMs = Date.now();
    const stopped = await first.ended;
    const wrong: string[] = [];
    const line = stopped.stderr.trim();
    const tookMs = Date.now() - filledMs;
    const after = `after ${(tookMs / 1000).toFixed(0)} s`;
    console.log(`  ${after}: ${line}`);
    if (tookMs > ENDS_WITHIN_MS) wrong.push(`up ended only ${after}`);
    if (stopped.code !== 1) wrong.push(`up ended with code ${stopped.code}`);
    if (line.includes('\n') || !/no room|disk is full/.test(line)) wrong.push(`up said: ${line}`);
    if (folder.processes().length > 0) wrong.push('processes are left');

    makeRoom();
    await server.stop();
    await server.start();
    const bus = await openBus({url: server.url, run: RUN, name: 'faults'});
    scope.teardown(() => bus.drain());
    const meanwhile = {
      pairs: (await bus.state('pairs')).lastSequence - pairs,
      step: (await stepOf(bus)) - step,
    };
    const again = await up();
    const {code, stderr} = await again.ended;
    if (code !== 0) wrong.push(`up ended with code ${code}: ${stderr.trim()}`);
    const lost = /\d+ prompts that the server had lost[^\n]*/.exec(again.said())?.[0];
    if (lost !== undefined) console.log(`  ${lost}`);
    const logs = await logsOf(bus);
    const progress = (await bus.kv.get<Progress>('progress'))?.value;
    const counts = countsOf(logs, progress, {prompts: PROMPTS, epochs: 1, batchSize: BATCH_SIZE});
    return {
      fault: FULL_DISK,
      pairsMeanwhile: meanwhile.pairs,
      stepsMeanwhile: meanwhile.step,
      lost: counts.lost,
      twice: counts.twice,
      seconds: (Date.now() - beganMs) / 1000,
      wrong: [...wrong, ...counts.wrong],
    };
  });
