/**
 * How long a process stood in line for a core: time in which it wanted to compute and the machine had others at it. Linux tells
 * it in /proc/PID/task/TID/schedstat, whose first two figures are the nanoseconds that a thread ran, and waited on a run queue
 * (Documentation/scheduler/sched-stats.rst). A wait is added there once it is over; a thread that is runnable
 * (/proc/PID/task/TID/stat) and does not run is in one. Elsewhere nothing is known, and nobody waits.
 */
import {readdirSync, readFileSync} from 'node:fs';
import {statFieldsIn} from './process-alive.js';

/** What is known of a thread at a time. */
export interface ThreadAtCore {
  /** Since it began; milliseconds. */
  readonly ranMs: number;
  /** In waits that are over; milliseconds. */
  readonly waitedMs: number;
  /** It runs, or waits for a core. */
  readonly isRunnable: boolean;
}
/** By thread id; empty where nothing is known. */
export type CoreWaits = ReadonlyMap<string, ThreadAtCore>;

export const coreWaitsOf = (pid: number): CoreWaits => {
  const waits = new Map<string, ThreadAtCore>();
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const textOf = (name: string): string => readFileSync(`/proc/${pid}/task/${thread}/${name}`, 'utf8');
      const found = threadAtCore(textOf('schedstat'), textOf('stat'));
      if (found !== undefined) waits.set(thread, found);
    }
  } catch {
    // It is gone, or the system does not tell.
  }
  return waits;
};

/** From what Linux says of a thread in its two files; undefined where that is no figures. */
export const threadAtCore = (schedstat: string, stat: string): ThreadAtCore | undefined => {
  const [ranMs = Number.NaN, waitedMs = Number.NaN] = schedstat.split(' ').map((ns) => Number(ns) / 1e6);
  if (!Number.isFinite(ranMs) || !Number.isFinite(waitedMs)) return undefined;
  return {ranMs, waitedMs, isRunnable: statFieldsIn(stat)[0] === 'R'};
};

export interface WaitingMeter {
  /** Takes what is known at a time, later than those before; returns the threads that waited since the last time, as `since` does. */
  take(atMs: number, waits: CoreWaits): number;
  /**
   * How many threads waited for a core between a time and the newest that was taken, on the average: 1 is one of them all the
   * while. The whole time in which that time lies counts, and so does what a thread that is gone had waited until it was seen last.
   */
  since(atMs: number): number;
}

export const createWaitingMeter = (): WaitingMeter => {
  /** Each with the time of the wait that it is in, as far as that was counted already. */
  let last: ReadonlyMap<string, ThreadAtCore & {readonly aheadMs: number}> | undefined;
  let lastMs = 0;
  let waitedMs = 0;
  /** Ascending; the first is the last one before any time that is still asked about. */
  const taken: {readonly atMs: number; readonly waitedMs: number}[] = [];
  const between = (first: number): number => {
    const [begin, end] = [taken[first], taken.at(-1)];
    if (begin === undefined || end === undefined || end.atMs <= begin.atMs) return 0;
    return (end.waitedMs - begin.waitedMs) / (end.atMs - begin.atMs);
  };
  return {
    take(atMs, waits) {
      const now = new Map<string, ThreadAtCore & {readonly aheadMs: number}>();
      for (const [thread, found] of waits) {
        const before = last?.get(thread);
        const endedMs = Math.max(0, found.waitedMs - (before?.waitedMs ?? 0));
        const isInLine =
          before?.isRunnable === true && found.isRunnable && found.ranMs === before.ranMs && endedMs === 0;
        const known = before?.aheadMs ?? 0;
        const newMs = isInLine ? atMs - lastMs : Math.max(0, endedMs - known);
        // Of the first time it is not known when that was waited.
        if (last !== undefined) waitedMs += newMs;
        now.set(thread, {...found, aheadMs: isInLine ? known + newMs : Math.max(0, known - endedMs)});
      }
      [last, lastMs] = [now, atMs];
      taken.push({atMs, waitedMs});
      return between(taken.length - 2);
    },
    since(atMs) {
      while ((taken[1]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs) taken.shift();
      return between(0);
    },
  };
};
