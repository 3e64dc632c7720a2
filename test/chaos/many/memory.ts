/** How much memory the processes of a run take, over the run. */
import {readFileSync} from 'node:fs';
import {actorNames, actorTable} from '../../../runtime/actors.js';

/** What a process of a run's folder is, by its command line. */
export const roleOf = (pid: number): string | undefined => {
  const args = readOf(pid, 'cmdline').split('\u0000');
  if (args[0] === '') return undefined;
  const actor = actorNames.find((name) => args.some((each) => each.endsWith(actorTable[name].entry)));
  if (actor !== undefined) return actor;
  if (args[0]?.endsWith('nats-server')) return 'server';
  if (args.some((each) => each.endsWith('keeper.js'))) return 'keeper';
  return args.some((each) => each.endsWith('command/main.js')) ? 'command' : undefined;
};

/** Resident, in MiB; undefined of a process that is gone. */
export const residentMb = (pid: number): number | undefined => {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readOf(pid, 'status')) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
};

const readOf = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
};

export interface Sample {
  readonly role: string;
  /** Prompts that had come to an end. */
  readonly prompts: number;
  readonly mb: number;
}

export interface Growth {
  readonly role: string;
  /** Medians of the second and of the last quarter of the run; undefined without a sample there. And the most that there was. */
  readonly early: number | undefined;
  readonly late: number | undefined;
  readonly most: number;
  /** Not known, and so false, without samples in both quarters. */
  readonly isFlat: boolean;
}

/** What a garbage collector, or a database's cache, may come and go by. */
const MOST_MORE_SHARE = 0.1;
const MOST_MORE_MB = 16;

/**
 * By role, in the order in which they come.
 *
 * @param expected roles that the run has; one of which there is no sample is in the result all the same.
 */
export const growthOf = (
  samples: readonly Sample[],
  prompts: number,
  expected: readonly string[],
): Growth[] =>
  [...new Set([...expected, ...samples.map(({role}) => role)])].map((role) => {
    const own = samples.filter((each) => each.role === role);
    const between = (from: number, to: number): number | undefined =>
      medianOf(own.filter((each) => each.prompts >= from * prompts && each.prompts < to * prompts));
    const [early, late] = [between(0.25, 0.5), between(0.75, 1)];
    const isFlat =
      early !== undefined &&
      late !== undefined &&
      late - early <= Math.max(MOST_MORE_MB, MOST_MORE_SHARE * early);
    return {role, early, late, most: own.reduce((most, {mb}) => Math.max(most, mb), 0), isFlat};
  });

const medianOf = (samples: readonly Sample[]): number | undefined =>
  samples.map(({mb}) => mb).sort((one, other) => one - other)[Math.floor(samples.length / 2)];
