/** An actor in a process of its own, as a supervisor would start it. */
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import type {Heartbeat} from '../../runtime/actor/heartbeat.js';
import type {ActorMessage} from '../../runtime/actor/run-actor.js';
import type {ActorName} from '../../runtime/actors.js';
import {checkedFleet} from '../../runtime/fleet/file/load.js';
import type {FleetInput} from '../../runtime/fleet/file/schema.js';
import {actorCommand} from '../../runtime/fleet/fleet-actors.js';

export interface ActorEnd {
  readonly code: number | null;
  /** What it told its parent, if it failed. */
  readonly message: Exclude<ActorMessage, Heartbeat> | undefined;
}

export interface ActorProcess {
  /** Asks it to end, as a supervisor does. */
  drain(): void;
  /** Ends it as `kill -9` does. */
  kill(): void;
  /** Stops it, as SIGSTOP does: it is there, and does nothing. */
  pause(): void;
  goOn(): void;
  readonly ended: Promise<ActorEnd>;
  /** What it told its parent's operator so far. */
  warnings(): readonly string[];
}

/** A fleet without files, for actors that need no policy. */
export const fleetOf = (parts: Pick<FleetInput, 'dataset' | 'endpoints' | 'actors'>): FleetInput => ({
  prompts: {demo: true, count: 100},
  policy: {model: 'demo', format: 'plain'},
  objective: {name: 'apo_zero', learningRate: 1e-5},
  training: {steps: 1},
  evaluation: {suite: 'arithmetic'},
  ...parts,
});

/** Which run an actor works in, and the folder that its restarts share. */
export interface ActorRun {
  readonly run: string;
  readonly runFolder: string;
  /** Among the actors of its name; 0 unless given. */
  readonly index?: number;
}

/** Starts an actor, of the run `run` in a folder of its own unless told; it is killed after the test if it still lives. */
export const startActor = (
  t: Pick<ExecutionContext, 'teardown'>,
  name: ActorName,
  fleet: FleetInput,
  natsUrl: string,
  env: Readonly<Record<string, string>> = {},
  place?: ActorRun,
): ActorProcess => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorage-actor-'));
  const fleetFile = join(folder, 'fleet.json');
  // As whoever starts actors writes it: with the paths of what is shipped.
  writeFileSync(fleetFile, JSON.stringify(checkedFleet(fleetFile, fleet)));
  const {run, runFolder, index = 0} = place ?? {run: 'run', runFolder: folder};
  const command = actorCommand(name, index, {fleetFile, run, natsUrl, runFolder, env});
  const child = fork(command.entry, command.args, {
    env: {...process.env, ...command.env},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let message: ActorEnd['message'];
  const warnings: string[] = [];
  child.on('message', (told: ActorMessage) => {
    if (told.kind === 'warning') warnings.push(told.message);
    else if (told.kind !== 'heartbeat') message = told;
  });
  // Not its exit, before which what it told last may not have come.
  const ended = once(child, 'close').then(([code]) => ({code: code as number | null, message}));
  t.teardown(async () => {
    if (child.exitCode === null) child.kill('SIGKILL');
    await ended;
    rmSync(folder, {recursive: true, force: true});
  });
  return {
    drain: () => child.kill('SIGTERM'),
    kill: () => child.kill('SIGKILL'),
    pause: () => child.kill('SIGSTOP'),
    goOn: () => child.kill('SIGCONT'),
    ended,
    warnings: () => warnings,
  };
};
