/**
 * How long a process stood in line for a core: time in which it wanted to compute and the machine had others at it. Linux tells
 * it in /proc/PID/task/TID/schedstat, whose second figure is the nanoseconds that a thread waited on a run queue
 * (Documentation/scheduler/sched-stats.rst). Elsewhere nothing is known, and nobody waits.
 */
import {readdirSync, readFileSync} from 'node:fs';

/** Milliseconds that each thread of a process has waited since it began, by thread id; empty where nothing is known. */
export type CoreWaits = ReadonlyMap<string, number>;

export const coreWaitsOf = (pid: number): CoreWaits => {
  const waits = new Map<string, number>();
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const [, waitedNs] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
      if (Number.isFinite(Number(waitedNs))) waits.set(thread, Number(waitedNs) / 1e6);
    }
  } catch {
    // It is gone, or the system does not tell.
  }
  return waits;
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
  let last: CoreWaits | undefined;
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
      // Of the first time it is not known when that was waited.
      if (last !== undefined)
        for (const [thread, ms] of waits) waitedMs += Math.max(0, ms - (last.get(thread) ?? 0));
      last = waits;
      taken.push({atMs, waitedMs});
      return between(taken.length - 2);
    },
    since(atMs) {
      while ((taken[1]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs) taken.shift();
      return between(0);
    },
  };
};
