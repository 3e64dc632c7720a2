/** Processes of tests: what they said and how they ended. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setImmediate as nextTurn, setTimeout as sleep} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import {codeRoot} from '../../runtime/paths.js';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface NodeOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly nodeArgs?: readonly string[];
}

/** Starts node on a file of the build; killed with the test, if it still runs then. */
export const startNode = (
  t: ExecutionContext,
  file: string,
  args: readonly string[],
  options: NodeOptions = {},
): ChildProcess => {
  const {cwd, env = {}, nodeArgs = []} = options;
  const child = spawn(process.execPath, [...nodeArgs, join(codeRoot, file), ...args], {
    cwd,
    env: {...process.env, NATS_URL: '', ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
};

/** Runs it to its end. */
export const runNode = async (
  t: ExecutionContext,
  file: string,
  args: readonly string[],
  options: NodeOptions = {},
): Promise<Ended> => {
  const child = startNode(t, file, args, options);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (data) => (stdout += data));
  child.stderr?.on('data', (data) => (stderr += data));
  const [code] = await once(child, 'close');
  return {code, stdout, stderr};
};

/**
 * Stops a process with SIGSTOP, and resolves when it stands: one of its threads takes the signal, and where the cores are busy the
 * others go on until that one has its turn.
 */
export const standStill = async (pid: number): Promise<void> => {
  process.kill(pid, 'SIGSTOP');
  const tasks = `/proc/${pid}/task`;
  const isStopped = (thread: string): boolean =>
    /\) [Tt] [^)]*$/.test(readFileSync(join(tasks, thread, 'stat'), 'utf8'));
  while (!readdirSync(tasks).every(isStopped)) await nextTurn();
};

/** The command `anchorage`. */
export const anchorage = (
  t: ExecutionContext,
  args: readonly string[],
  options: NodeOptions = {},
): Promise<Ended> => runNode(t, 'runtime/command/main.js', args, options);

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Resolves when the process is gone. A test that it outlives times out. */
export const gone = async (pid: number): Promise<void> => {
  while (isAlive(pid)) await sleep(20);
};
