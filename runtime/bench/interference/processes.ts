/** Who of a run's processes computes, and who waits for a core; from Linux's /proc, and nothing elsewhere. */
import {readdirSync, readFileSync} from 'node:fs';
import {coreWaitsOf} from '../../machine/core-waits.js';
import {statFieldsOf} from '../../machine/process-alive.js';
import {cpuSecondsOf} from '../cpu.js';

/** Seconds since a process began. */
export interface Taken {
  readonly computing: number;
  /** For a core that others were at; all threads together. */
  readonly waiting: number;
}

/** By who they are, such as `learner` and `nats-server`. */
export type TakenBy = Readonly<Record<string, Taken>>;

/** Of these processes and of whoever they started; those of one name, such as two evaluators, together. */
export const takenBy = (roots: Readonly<Record<string, number>>): TakenBy => {
  const parents = parentsOf();
  const names = new Map(Object.entries(roots).map(([name, pid]) => [pid, name]));
  const found: Record<string, Taken> = {};
  for (const pid of parents.keys()) {
    if (!ancestry(pid, parents).some((each) => names.has(each))) continue;
    const name = names.get(pid) ?? nameIn(commandLineOf(pid));
    const {computing, waiting} = found[name] ?? {computing: 0, waiting: 0};
    const waitedMs = [...coreWaitsOf(pid).values()].reduce((sum, each) => sum + each.waitedMs, 0);
    found[name] = {
      computing: computing + (cpuSecondsOf(pid) ?? 0),
      waiting: waiting + waitedMs / 1000,
    };
  }
  return found;
};

/** What each took between two times, a second of the `seconds` between them. Who is there at one of them alone is left out. */
export const takenBetween = (before: TakenBy, after: TakenBy, seconds: number): TakenBy =>
  Object.fromEntries(
    Object.entries(after).flatMap(([name, {computing, waiting}]) => {
      const then = before[name];
      if (then === undefined) return [];
      const perSecond = (from: number, to: number) => Math.max(0, to - from) / seconds;
      return [
        [name, {computing: perSecond(then.computing, computing), waiting: perSecond(then.waiting, waiting)}],
      ];
    }),
  );

/** Such as `learner` of `node dist/actors/learner/actor.js`, and else the program's own name. */
export const nameIn = (commandLine: string): string => {
  const [program = '', script = ''] = commandLine.split('\0');
  const [, folder, file = ''] = /(?:([^/]+)\/)?([^/]+)\.js$/.exec(script) ?? [];
  if (file === '') return program.slice(program.lastIndexOf('/') + 1);
  return ['actor', 'main'].includes(file) ? (folder ?? file) : file;
};

const commandLineOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};

/** The second field after the state. */
const PARENT = 1;

const parentsOf = (): ReadonlyMap<number, number> => {
  const parents = new Map<number, number>();
  try {
    for (const entry of readdirSync('/proc')) {
      const parent = /^\d+$/.test(entry) ? statFieldsOf(Number(entry))?.[PARENT] : undefined;
      if (parent !== undefined) parents.set(Number(entry), Number(parent));
    }
  } catch {
    // The system does not tell.
  }
  return parents;
};

const ancestry = (pid: number, parents: ReadonlyMap<number, number>): number[] => {
  const line: number[] = [];
  for (let each: number | undefined = pid; each !== undefined; each = parents.get(each)) line.push(each);
  return line;
};
