/**
 * Whole fleets under the built command, each in a working folder of its own, as a person at a terminal runs them. What is
 * running is read from Linux's /proc.
 */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {type ActorName, actorTable} from '../../runtime/actors.js';
import type {Bus} from '../../runtime/bus/bus.js';
import type {LogName} from '../../runtime/bus/channels/subjects.js';
import {openBus} from '../../runtime/bus/open-bus.js';
import type {Progress} from '../../runtime/fleet/progress.js';
import {type RunRecord, readRecord} from '../../runtime/fleet/run/run-folder.js';
import {codeRoot, packageRoot} from '../../runtime/paths.js';
import {natsBinary} from './nats.js';
import type {Ended} from './process.js';

/** The only run of a working folder. */
export const RUN = 'run';

/** In a folder that is not scored: the shipped fleet without what scores it. */
export const UNSCORED = 'unscored.yaml';
const unscored = (): string => {
  const text = readFileSync(join(packageRoot, 'runtime/fleet/demo.yaml'), 'utf8');
  return text.replace(/^evaluation: .*\n/m, '');
};

/** A line of one of the run's files. */
export type Line = Readonly<Record<string, unknown>>;

export interface Running {
  readonly pid: number;
  /** Standard output so far. */
  said(): string;
  /** To the command and all that it started, as a terminal sends Ctrl-C. */
  interrupt(): void;
  readonly ended: Promise<Ended>;
}

export interface FleetFolder {
  /** The working folder. */
  readonly path: string;
  /** Its runs/run. */
  readonly runFolder: string;
  /** Starts the command `anchorage`. */
  anchorage(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Running>;
  /**
   * `anchorage up --run run` with these overrides; of the shipped fleet, on ONNX Runtime, which starts sooner than TensorFlow:
   * `complete-run.test.ts` has the backend that `auto` takes.
   */
  up(sets: readonly string[], env?: NodeJS.ProcessEnv): Promise<Running>;
  /** The live run's bus, once that run holds the folder. Closed by `remove`. */
  bus(up: Running): Promise<Bus>;
  /** The lines of one of the run's logs. */
  lines(log: LogName): Line[];
  /** A JSON file of the run's folder. */
  json(file: string): Line;
  /** What runs in this folder or was told of it: process ids. */
  processes(): number[];
  /** The process id of the first actor of that name; undefined while it has none. */
  pidOf(actor: ActorName): number | undefined;
  /** The process ids of all actors of that name. */
  pidsOf(actor: ActorName): number[];
  /** Kills what is left, and keeps the folder. */
  close(): Promise<void>;
  /** Kills what is left and removes the folder. */
  remove(): Promise<void>;
}

export interface FleetFolderOptions {
  /** Without it the fleet has no `evaluation`, and so no evaluator: where a test says nothing of scores. */
  readonly isScored?: boolean;
}

export const openFleetFolder = ({isScored = true}: FleetFolderOptions = {}): FleetFolder => {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'anchorage-fleet-')));
  if (!isScored) writeFileSync(join(path, UNSCORED), unscored());
  const runFolder = join(path, 'runs', RUN);
  const buses: Bus[] = [];

  /** A PATH on which the nats-server of the tests comes first, whatever its file is called. */
  const searchPath = async (): Promise<string> => {
    const bin = join(path, 'bin');
    const binary = await natsBinary();
    if (!existsSync(bin)) {
      mkdirSync(bin);
      symlinkSync(binary, join(bin, 'nats-server'));
    }
    return `${bin}${delimiter}${process.env.PATH ?? ''}`;
  };

  const anchorage: FleetFolder['anchorage'] = async (args, env = {}) => {
    const child = spawn(process.execPath, [join(codeRoot, 'runtime/command/main.js'), ...args], {
      cwd: path,
      // As a person's shell, also where npm runs the tests: the command then says how it is called without npm.
      env: {...process.env, npm_execpath: undefined, NATS_URL: '', PATH: await searchPath(), ...env},
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, for `interrupt`.
      detached: true,
    });
    return runningOf(child);
  };

  const processes = (): number[] =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => {
        const {cwd, args} = processOf(pid);
        return cwd === path || args.includes(path);
      });

  const pidsOf = (actor: ActorName): number[] =>
    processes().filter((pid) => processOf(pid).args.includes(join(codeRoot, actorTable[actor].entry)));

  const close = async (): Promise<void> => {
    for (const bus of buses.splice(0)) await bus.drain();
    await until('every process of the folder is gone', async () => {
      const left = processes();
      for (const pid of left) kill(pid, 'SIGKILL');
      return left.length === 0 ? true : undefined;
    });
  };

  return {
    path,
    runFolder,
    anchorage,
    up: (sets, env) =>
      anchorage(['up', ...(isScored ? [] : [UNSCORED]), '--run', RUN, ...overrides(sets)], env),
    async bus({pid}) {
      const record = await until('the run holds its folder', async () => {
        const found: RunRecord | undefined = await readRecord(runFolder);
        return found?.pid === pid ? found : undefined;
      });
      const bus = await openBus({url: record.natsUrl, run: RUN, name: 'test'});
      buses.push(bus);
      return bus;
    },
    lines: (log) =>
      readFileSync(join(runFolder, `${log}.jsonl`), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Line),
    json: (file) => JSON.parse(readFileSync(join(runFolder, file), 'utf8')) as Line,
    processes,
    pidOf: (actor) => pidsOf(actor)[0],
    pidsOf,
    close,
    async remove() {
      await close();
      rmSync(path, {recursive: true, force: true});
    },
  };
};

/** The options of a run with these overrides. */
export const overrides = (sets: readonly string[]): string[] =>
  ['backend=onnx', ...sets].flatMap((set) => ['--set', set]);

const runningOf = (child: ChildProcess): Running => {
  const {pid} = child;
  if (pid === undefined) throw new Error('node does not start');
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (data) => (stdout += data));
  child.stderr?.on('data', (data) => (stderr += data));
  return {
    pid,
    said: () => stdout,
    interrupt: () => process.kill(-pid, 'SIGINT'),
    ended: once(child, 'close').then(([code]) => ({code: code as number | null, stdout, stderr})),
  };
};

/** Where a process works and its command line; empty for one that is gone or not ours to look at. */
const processOf = (pid: number): {readonly cwd: string; readonly args: string} => {
  try {
    return {cwd: readlinkSync(`/proc/${pid}/cwd`), args: readFileSync(`/proc/${pid}/cmdline`, 'utf8')};
  } catch {
    return {cwd: '', args: ''};
  }
};

/** Sends a signal to a process that may have ended meanwhile. */
export const kill = (pid: number, signal: NodeJS.Signals): void => {
  if (existsSync(`/proc/${pid}`)) process.kill(pid, signal);
};

const POLL_MS = 25;
const LIMIT_MS = 90_000;

/** Asks again and again until there is an answer. Rejects, saying what did not come, after a minute and a half. */
export const until = async <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> => {
  const limit = performance.now() + LIMIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > limit)
      throw new Error(`within ${LIMIT_MS / 1000} s it did not come that ${what}`);
    await sleep(POLL_MS);
  }
};

/** Steps taken so far, as the learner says. */
export const stepOf = async (bus: Bus): Promise<number> =>
  (await bus.kv.get<Progress>('progress'))?.value.step ?? 0;

export const untilStep = (bus: Bus, least: number): Promise<number> =>
  until(`step ${least} is taken`, async () => {
    const step = await stepOf(bus);
    return step >= least ? step : undefined;
  });

/** The rows about steps in the order in which they were written, as numbers. */
export const stepRows = (folder: FleetFolder): {step: number; pairs: number; revision: number}[] =>
  folder
    .lines('metrics')
    .filter((row) => row.actor === 'learner' && row.loss !== undefined)
    .map(({step, pairs, objective_revision}) => ({
      step: Number(step),
      pairs: Number(pairs),
      revision: Number(objective_revision),
    }));

/** Pairs of each step, from the count that its row carries. */
export const batchSizes = (rows: readonly {pairs: number}[]): number[] =>
  rows.map(({pairs}, row) => pairs - (rows[row - 1]?.pairs ?? 0));

/** What the batches of a log of so many pairs must be. */
export const fullBatches = (pairs: number, size = 16): number[] =>
  Array.from({length: Math.ceil(pairs / size)}, (_, batch) => Math.min(size, pairs - batch * size));
