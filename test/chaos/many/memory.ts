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
  /** Prompts that were asked by then. */
  readonly prompts: number;
  readonly mb: number;
  /** Whether that was resident after all garbage had been collected; where a role has such samples, its quarters are of these alone. */
  readonly isCollected?: boolean;
}

/** A process's memory over a run. */
export interface Growth {
  readonly role: string;
  /** Medians of the quarters of the run; undefined without a sample there. */
  readonly quarters: readonly (number | undefined)[];
  /** The most that there was, garbage included. */
  readonly most: number;
  /** What it may come to, whatever the quarters are; of the server alone. */
  readonly bound: number | undefined;
  /** From the second to the last quarter: in the first one it starts. Not known, and so false, without samples in both. */
  readonly isFlat: boolean;
}

/** What an allocator, or a database's cache, may come and go by. */
const MOST_MORE_SHARE = 0.1;
const MOST_MORE_MB = 16;
/**
 * What a NATS server comes to: the blocks that its streams write, which fill over the first prompts and come and go then, and the ids
 * of logs, a few bytes a prompt ("What a server holds in memory", runtime/bus/README.md).
 */
const SERVER_MOST_MB = 192;
const SERVER_BYTES_A_PROMPT = 256;

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
    const collected = own.filter(({isCollected}) => isCollected === true);
    const told = collected.length > 0 ? collected : own;
    const quarters = [0, 1, 2, 3].map((quarter) =>
      medianOf(told.filter((each) => Math.floor((4 * each.prompts) / prompts) === quarter)),
    );
    const [, early, , late] = quarters;
    const most = own.reduce((sofar, {mb}) => Math.max(sofar, mb), 0);
    const bound =
      role === 'server' ? SERVER_MOST_MB + (SERVER_BYTES_A_PROMPT * prompts) / 2 ** 20 : undefined;
    const isFlat =
      early !== undefined &&
      late !== undefined &&
      (bound === undefined ? late - early <= Math.max(MOST_MORE_MB, MOST_MORE_SHARE * early) : most <= bound);
    return {role, quarters, most, bound, isFlat};
  });

const medianOf = (samples: readonly Sample[]): number | undefined =>
  samples.map(({mb}) => mb).sort((one, other) => one - other)[Math.floor(samples.length / 2)];
