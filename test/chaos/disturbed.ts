/** A whole small fleet on a server of its own, under a plan's kills, from its start to its end. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {askingActors} from '../../runtime/actors.js';
import type {Bus} from '../../runtime/bus/bus.js';
import {answersFolderOf} from '../../runtime/endpoints/answer-cache.js';
import type {FleetInput} from '../../runtime/fleet/file/schema.js';
import {type FleetFolder, kill, RUN, type Running, stepOf} from '../helpers/fleet-folder.js';
import type {TestServer} from '../helpers/nats.js';
import type {Ended} from '../helpers/process.js';
import type {Kill, Plan, Role} from './plan.js';
import {type CountingTeacher, inFlightAt, keptIn} from './teacher.js';

/** One victim. */
export interface Done {
  readonly role: Role;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** Calls of the teacher whose answers were not kept then, where the end of such a role can cost any. */
  readonly inFlight: number;
}

export interface Place {
  readonly fleet: FleetInput;
  readonly folder: FleetFolder;
  readonly server: TestServer;
  readonly teacher: CountingTeacher;
  readonly env: Readonly<Record<string, string>>;
}

export interface Disturbed {
  readonly kills: readonly Done[];
  /** Resolves to the end of an `up` that nobody killed. */
  readonly ended: Promise<Ended>;
  /** Neither kills nor starts anybody any more. */
  stop(): void;
  /** Standard output of each `up`, one after another. */
  said(): string;
}

/** Whose end can cost calls: who makes them, and what their answers travel by. */
const costsCalls: ReadonlySet<Role> = new Set<Role>([...askingActors, 'up', 'server']);
const POLL_MS = 20;
/** A victim that was just killed is started again within it. */
const AWAIT_VICTIM_MS = 15_000;

/** Starts the fleet and, beside it, the kills. An `up` that is killed is started again. */
export const disturb = async (plan: Plan, place: Place, bus: Bus): Promise<Disturbed> => {
  const {fleet, folder, server, teacher, env} = place;
  writeFileSync(join(folder.path, 'fleet.json'), JSON.stringify(fleet, undefined, 2));
  const answers = answersFolderOf(folder.runFolder);
  const up = () => folder.anchorage(['up', 'fleet.json', '--run', RUN, '--nats', server.url], env);
  const ups: Running[] = [await up()];
  const kills: Done[] = [];
  let isOver = false;

  /** Those to kill; none where the run ends before there is one. */
  const pidsOf = async (role: Role, which: Kill['which']): Promise<number[]> => {
    if (role === 'server') return [server.pid];
    if (role === 'up') return ups.slice(-1).map(({pid}) => pid);
    const limitMs = performance.now() + AWAIT_VICTIM_MS;
    while (!isOver && performance.now() < limitMs) {
      const pids = folder.pidsOf(role);
      if (pids.length > 0) return which === 'all' ? pids : pids.slice(which % pids.length).slice(0, 1);
      await sleep(POLL_MS);
    }
    return [];
  };

  const killOne = async (role: Role, which: Kill['which']): Promise<void> => {
    const pids = await pidsOf(role, which);
    if (isOver || pids.length === 0) return;
    const atMs = Date.now();
    for (const pid of pids) kill(pid, 'SIGKILL');
    const inFlight = costsCalls.has(role) ? inFlightAt(teacher.calls, atMs, keptIn(answers)).length : 0;
    kills.push({role, atMs, inFlight});
  };

  const untilAfter = async (after: Kill['after']): Promise<void> => {
    const hasCome = async () =>
      'pairs' in after
        ? (await bus.state('pairs')).lastSequence >= after.pairs
        : (await stepOf(bus)) >= after.step;
    // The server may be away.
    while (!isOver && !(await hasCome().catch(() => false))) await sleep(POLL_MS);
  };

  const killAll = async (): Promise<void> => {
    for (const {victims, which, after, delayMs} of plan.kills) {
      await untilAfter(after);
      await sleep(delayMs);
      for (const role of victims) await killOne(role, which);
    }
  };

  /** One `up` after another, for as long as they end by our kills. */
  const untilEnd = async (): Promise<Ended> => {
    for (;;) {
      const end = await ups.at(-1)?.ended;
      if (end === undefined) throw new Error('no fleet was started');
      // One that was killed has no code; one that was started while the server was away says so, and ends.
      const isToGoOn = end.code === null || end.stderr.includes('no NATS server answers');
      if (isOver || !isToGoOn) return end;
      ups.push(await up());
    }
  };
  const untilOver = async (): Promise<Ended> => {
    const killing = killAll();
    try {
      return await Promise.race([untilEnd(), killing.then(() => new Promise<never>(() => undefined))]);
    } finally {
      isOver = true;
      await killing;
    }
  };
  return {
    kills,
    ended: untilOver(),
    stop() {
      isOver = true;
    },
    said: () => ups.map((each, index) => `up ${index}\n${each.said()}`).join('\n'),
  };
};
