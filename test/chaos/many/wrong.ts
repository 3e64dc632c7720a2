/** What is wrong with what two runs of many prompts left, a line each. What was not measured, or not killed, is. Pure. */
import type {Growth} from './memory.js';

/** Of the undisturbed run, and of the disturbed one. */
export interface Done {
  readonly seconds: number;
  readonly pairs: number;
  readonly rejected: number;
  /** Of the file that it left. */
  readonly sha256: string;
}

export interface ManyKill {
  readonly victim: string;
  /** Processes that were killed. */
  readonly processes: number;
  /** Prompts that had come to an end. */
  readonly at: number;
  /** Requests under way at the teacher. Their caller has more in hand: what was answered, and is not written down yet. */
  readonly underWay: number;
  /** Calls that were made again until the next kill, or the end. */
  readonly repeated: number;
  /** From the kill, or, where everybody was killed, from the next start on, to the next new pair. */
  readonly resumeSeconds: number | undefined;
}

export interface Found {
  readonly undisturbed: Done & {readonly memory: readonly Growth[]};
  readonly disturbed: Done & {readonly kills: readonly ManyKill[]};
}

const MOST_RESUME_SECONDS = 10;

export const wrongIn = (
  {undisturbed, disturbed}: Found,
  {
    prompts,
    kills,
    mostRepeated,
  }: {readonly prompts: number; readonly kills: number; readonly mostRepeated: number},
): string[] => [
  ...[undisturbed, disturbed].flatMap(({pairs, rejected}) =>
    pairs + rejected === prompts ? [] : [`${pairs} pairs and ${rejected} rejected prompts of ${prompts}`],
  ),
  ...(undisturbed.sha256 === disturbed.sha256 ? [] : ['the file is not that of the undisturbed run']),
  ...undisturbed.memory.flatMap(memoryWrong),
  ...(disturbed.kills.length === kills
    ? []
    : [`${disturbed.kills.length} of ${kills} kills: the run ended before; give it more prompts`]),
  ...disturbed.kills.flatMap((kill) => killWrong(kill, mostRepeated)),
];

const memoryWrong = ({role, quarters: [, early, , late], most, bound, isFlat}: Growth): string[] => {
  if (isFlat) return [];
  if (early === undefined || late === undefined)
    return [`${role} was not measured in both quarters; give the run more prompts`];
  if (bound !== undefined)
    return [`${role} took ${most.toFixed(0)} MiB, where its blocks and ids come to ${bound.toFixed(0)}`];
  return [`${role} grew from ${early.toFixed(0)} to ${late.toFixed(0)} MiB`];
};

const killWrong = (
  {victim, processes, at, repeated, resumeSeconds}: ManyKill,
  mostRepeated: number,
): string[] => [
  ...(processes === 0 ? [`${victim} at ${at}: there was no such process to kill`] : []),
  ...(repeated > mostRepeated
    ? [`${victim} at ${at}: ${repeated} calls again, of ${mostRepeated} that can be in hand`]
    : []),
  ...(resumeSeconds === undefined || resumeSeconds > MOST_RESUME_SECONDS
    ? [`${victim} at ${at}: the next pair after ${resumeSeconds?.toFixed(1) ?? 'no'} s`]
    : []),
];
