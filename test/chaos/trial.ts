/**
 * One trial: a whole small fleet on a server of its own, kills at the moments of a plan, and then what the run left beside
 * what an undisturbed one leaves.
 */
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Bus} from '../../runtime/bus/bus.js';
import {openBus} from '../../runtime/bus/connection.js';
import {messageOf} from '../../runtime/errors.js';
import type {Progress} from '../../runtime/fleet/progress.js';
import type {FleetInput} from '../../runtime/fleet/schema.js';
import {type FleetFolder, kill, openFleetFolder, RUN, type Running} from '../helpers/fleet-folder.js';
import {startTestServer, type TestServer} from '../helpers/nats.js';
import {type Counts, countsOf} from './checks.js';
import {type Logs, logsOf, stepRowsOf} from './logs.js';
import {BATCH_SIZE, CONCURRENCY, fleetOfPlan, KEY_ENV, type Kill, type Plan, type Role} from './plan.js';
import {type ReplayOf, replayedWeights, startAndLoadMs} from './replay.js';
import {type Scope, withScope} from './scope.js';
import {type CountingTeacher, inFlightAt, repeatedOf, startCountingTeacher} from './teacher.js';

/** One process group that was killed. */
export interface Done {
  readonly role: Role;
  readonly atMs: number;
  /** Calls of the teacher that were under way then. */
  readonly inFlight: number;
  /** To the next step that was taken after it; undefined where none was left to take. */
  recoveryMs?: number;
}

export interface Trial {
  readonly plan: Plan;
  readonly kills: readonly Done[];
  readonly pairs: number;
  readonly steps: number;
  readonly lost: number;
  readonly twice: number;
  /** The final weights are, byte for byte, those of the undisturbed run. */
  readonly equal: boolean;
  readonly calls: number;
  readonly repeatedCalls: number;
  readonly startAndLoadMs: number | undefined;
  readonly seconds: number;
  readonly wrong: readonly string[];
  /** Where the run and the server's store were kept, of a trial in which something is wrong. */
  readonly kept: readonly string[];
}

export interface TrialOptions {
  /** Measures, too, what a learner's start with a checkpoint takes. */
  readonly measureLoad?: boolean;
}

export const runTrial = (plan: Plan, options: TrialOptions = {}): Promise<Trial> =>
  withScope(async (scope) => {
    const beganMs = Date.now();
    const server = await startTestServer();
    const folder = openFleetFolder();
    let trial: Trial | undefined;
    scope.teardown(async () => {
      const isKept = trial === undefined || trial.kept.length > 0;
      await (isKept ? folder.close() : folder.remove());
      await (isKept ? server.stop() : server.remove());
    });
    const teacher = await startCountingTeacher(plan.seed, TEACHER_LATENCY_MS);
    scope.teardown(() => teacher.close());
    const fleet = fleetOfPlan(plan, teacher.url);
    const disturbed = new Disturbed(plan, {fleet, folder, server, teacher});
    const found = await disturbed.toEnd(scope).catch((error) => ({...nothing, wrong: [messageOf(error)]}));
    const afterwards =
      found.logs === undefined
        ? {equal: false, startAndLoadMs: undefined, wrong: []}
        : await compare(
            {scope, natsUrl: server.url, fleet, logs: found.logs, env: envOf(teacher)},
            folder,
            options,
          ).catch((error) => ({equal: false, startAndLoadMs: undefined, wrong: [messageOf(error)]}));
    const {kills} = disturbed;
    const repeatedCalls = repeatedOf(teacher.calls).length;
    const wrong = [...found.wrong, ...afterwards.wrong, ...callsWrong(kills, repeatedCalls)];
    for (const done of kills) {
      const next = found.rows.find(({timeUnixMs}) => timeUnixMs > done.atMs);
      if (next !== undefined) done.recoveryMs = next.timeUnixMs - done.atMs;
    }
    trial = {
      plan,
      kills,
      pairs: found.logs?.pairs.length ?? 0,
      steps: found.logs?.checkpoints.at(-1)?.step ?? 0,
      lost: found.lost,
      twice: found.twice,
      equal: afterwards.equal,
      calls: teacher.calls.length,
      repeatedCalls,
      startAndLoadMs: afterwards.startAndLoadMs,
      seconds: (Date.now() - beganMs) / 1000,
      wrong,
      kept: wrong.length > 0 ? [folder.path, server.storeFolder] : [],
    };
    if (trial.kept.length > 0) {
      writeFileSync(
        join(folder.path, 'chaos.json'),
        JSON.stringify({...trial, calls: teacher.calls}, undefined, 2),
      );
      writeFileSync(join(folder.path, 'up.txt'), disturbed.said());
    }
    return trial;
  });

const TEACHER_LATENCY_MS = 250;
const envOf = ({key}: CountingTeacher) => ({[KEY_ENV]: key});

interface Found extends Counts {
  readonly logs: Logs | undefined;
  readonly rows: ReturnType<typeof stepRowsOf>;
}
const nothing: Found = {logs: undefined, rows: [], lost: 0, twice: 0, wrong: []};

/** The weights beside the undisturbed ones. */
const compare = async (replay: ReplayOf, folder: FleetFolder, {measureLoad = false}: TrialOptions) => {
  const last = replay.logs.checkpoints.at(-1);
  const file = join(folder.runFolder, last?.folder ?? '', 'model.safetensors');
  const equal = existsSync(file) && readFileSync(file).equals(await replayedWeights(replay));
  return {
    equal,
    startAndLoadMs: measureLoad ? await startAndLoadMs(replay) : undefined,
    wrong: equal ? [] : ['the final weights are not those of the undisturbed run'],
  };
};

const callsWrong = (kills: readonly Done[], repeatedCalls: number): string[] => {
  const inFlight = kills.reduce((sum, done) => sum + done.inFlight, 0);
  return repeatedCalls > inFlight
    ? [`${repeatedCalls} calls of the teacher were repeated, and ${inFlight} were under way at the kills`]
    : [];
};

interface Parts {
  readonly fleet: FleetInput;
  readonly folder: FleetFolder;
  readonly server: TestServer;
  readonly teacher: CountingTeacher;
}

/** A run under a plan's kills. */
class Disturbed {
  readonly plan: Plan;
  readonly parts: Parts;
  readonly kills: Done[] = [];
  readonly #ups: Running[] = [];
  /** Kills of `up` that are under way or were done: its end then is ours. */
  #killedUps = 0;

  constructor(plan: Plan, parts: Parts) {
    this.plan = plan;
    this.parts = parts;
  }

  /** Standard output of all `up`s. */
  said(): string {
    return this.#ups.map((up, index) => `up ${index}\n${up.said()}`).join('\n');
  }

  async toEnd(scope: Scope): Promise<Found> {
    const {folder, server, fleet, teacher} = this.parts;
    const {plan} = this;
    writeFileSync(join(folder.path, 'fleet.json'), JSON.stringify(fleet, undefined, 2));
    const up = () =>
      folder.anchorage(['up', 'fleet.json', '--run', RUN, '--nats', server.url], envOf(teacher));
    this.#ups.push(await up());
    const bus = await openBus({url: server.url, run: RUN, name: 'chaos'});
    scope.teardown(() => bus.drain());
    const killing = this.#killAll(bus, up);
    const ended = this.#ended();
    await Promise.race([killing, ended.then(() => undefined)]);
    const {code, stderr} = await within(ended, 'the run has ended');
    this.#isOver = true;
    await killing;
    const logs = await logsOf(bus);
    const progress = (await bus.control.get<Progress>('progress'))?.value;
    const {epochs, prompts} = plan;
    const counts = countsOf(logs, progress, {prompts, epochs, batchSize: BATCH_SIZE});
    const failed = code === 0 ? [] : [`up ended with code ${code}: ${stderr.trim().slice(0, 500)}`];
    return {...counts, logs, rows: stepRowsOf(logs), wrong: [...failed, ...counts.wrong]};
  }

  #isOver = false;

  /** The end of an `up` that was not killed. */
  async #ended() {
    for (let index = 0; ; index += 1) {
      const up = this.#ups[index];
      if (up === undefined) {
        await sleep(POLL_MS);
        index -= 1;
        continue;
      }
      const end = await up.ended;
      if (index >= this.#killedUps) return end;
    }
  }

  async #killAll(bus: Bus, up: () => Promise<Running>): Promise<void> {
    for (const planned of this.plan.kills) {
      while (!this.#isOver) {
        const pairs = await bus.state('pairs').catch(() => undefined);
        if ((pairs?.lastSequence ?? 0) >= planned.afterPairs) break;
        await sleep(POLL_MS);
      }
      await sleep(planned.delayMs);
      if (this.#isOver) return;
      for (const role of planned.victims) await this.#kill(role, planned, up);
    }
  }

  async #kill(role: Role, {which}: Kill, up: () => Promise<Running>): Promise<void> {
    const pids = await this.#pidsOf(role, which);
    if (pids.length === 0) return;
    const {calls} = this.parts.teacher;
    if (role === 'up') this.#killedUps += 1;
    const atMs = Date.now();
    for (const pid of pids) kill(pid, 'SIGKILL');
    // Who asks is one process, and asks no more at once.
    const inFlight = Math.min(CONCURRENCY, inFlightAt(calls, atMs).length);
    this.kills.push({role, atMs, inFlight: costsCalls.has(role) ? inFlight : 0});
    if (role === 'up') {
      await this.#ups.at(-1)?.ended;
      this.#ups.push(await up());
    }
  }

  /** Those to kill; none where the run ends before there is one. */
  async #pidsOf(role: Role, which: Kill['which']): Promise<number[]> {
    const {folder, server} = this.parts;
    if (role === 'server') return [server.pid];
    if (role === 'up') return this.#ups.slice(-1).map(({pid}) => pid);
    const limitMs = performance.now() + AWAIT_VICTIM_MS;
    while (!this.#isOver && performance.now() < limitMs) {
      const pids = folder.pidsOf(role);
      if (pids.length > 0) return which === 'all' ? pids : pids.slice(which % pids.length).slice(0, 1);
      await sleep(POLL_MS);
    }
    return [];
  }
}

/** Whose end can cost calls: who makes them, and what their answers travel by. */
const costsCalls: ReadonlySet<Role> = new Set<Role>(['reviser', 'judge', 'up', 'server']);
const POLL_MS = 20;
const AWAIT_VICTIM_MS = 15_000;
const TRIAL_LIMIT_MS = 240_000;

const within = async <T>(work: Promise<T>, what: string): Promise<T> => {
  const late = new AbortController();
  const limit = sleep(TRIAL_LIMIT_MS, undefined, {signal: late.signal}).then(() => {
    throw new Error(`within ${TRIAL_LIMIT_MS / 1000} s it did not come that ${what}`);
  });
  limit.catch(() => undefined);
  try {
    return await Promise.race([work, limit]);
  } finally {
    late.abort();
  }
};
