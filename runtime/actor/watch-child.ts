/** Watches one child process until it is stuck or gone. */
import {coreWaitsOf, createWaitingMeter} from '../machine/core-waits.js';
import {statFieldsOf} from '../machine/process-alive.js';
import type {Heartbeat} from './heartbeat.js';
import {isStarved, type LivenessLimits, type Stuck, stuckBy} from './liveness.js';

/** What a child has in hand. */
export interface AtWork {
  /** Such as `training`. */
  readonly doing: string;
  /** How long it has been at it, and how long the last of its kind took, where there was one; milliseconds. */
  readonly sinceMs: number;
  readonly beforeMs: number | undefined;
}

export interface ChildWatch {
  heard(heartbeat: Heartbeat): void;
  /** What it has in hand, as far as it was heard; undefined for nothing. One that is not heard of is at work: L1 to L4 bound that. */
  atWork(): AtWork | undefined;
  end(): void;
}

const MOST_CHECK_MS = 5_000;
const LEAST_CHECK_MS = 100;
/** A heartbeat comes each second; where none came for so long, the event loop is held. */
const SILENT_MS = 3_000;

/** Calls `onStuck` once, when the child is stuck by the rules L1 to L4. */
export const watchChild = (
  pid: number,
  limits: LivenessLimits,
  onStuck: (stuck: Stuck) => void,
): ChildWatch => {
  const everyMs = Math.min(MOST_CHECK_MS, Math.max(LEAST_CHECK_MS, limits.quietMs / 10));
  let heartbeat: Heartbeat | undefined;
  let heardAtMs = performance.now();
  let checked = {atMs: heardAtMs, cpuMs: processorMsOf(pid)};
  let computedAtMs = heardAtMs;
  const waits = createWaitingMeter();
  waits.take(heardAtMs, coreWaitsOf(pid));
  const check = (): void => {
    const now = {atMs: performance.now(), cpuMs: processorMsOf(pid)};
    const passedMs = now.atMs - checked.atMs;
    // This process itself stood still: what the child said meanwhile may not have been read yet.
    if (passedMs > 3 * everyMs) heardAtMs = now.atMs;
    const isWaiting = isStarved(waits.take(now.atMs, coreWaitsOf(pid)));
    if (isWaiting || now.cpuMs === undefined || now.cpuMs - (checked.cpuMs ?? 0) >= leastMs(passedMs))
      computedAtMs = now.atMs;
    checked = now;
    const silentMs = now.atMs - heardAtMs;
    const idleMs = Math.min(silentMs, now.atMs - computedAtMs);
    // Since something of its work came forward, as it said last.
    const waiting = waits.since(heardAtMs - (heartbeat?.unchangedMs ?? 0));
    const stuck = stuckBy({silentMs, idleMs, waiting, heartbeat}, limits);
    if (stuck === undefined) return;
    clearInterval(timer);
    onStuck(stuck);
  };
  const timer = setInterval(check, everyMs);
  return {
    heard: (newest) => {
      heartbeat = newest;
      heardAtMs = performance.now();
    },
    atWork: () => {
      const silentMs = performance.now() - heardAtMs;
      if (heartbeat === undefined || (heartbeat.busy === 0 && silentMs < SILENT_MS)) return undefined;
      const {doing = 'at work', oldestMs, beforeMs} = heartbeat;
      return {doing, sinceMs: oldestMs + silentMs, beforeMs};
    },
    end: () => clearInterval(timer),
  };
};

/** The processor time in so many milliseconds that tells computing from standing still: little, for a crowded machine gives little. */
const leastMs = (passedMs: number): number => Math.max(MS_PER_TICK, passedMs / 100);

/** Linux counts in hundredths of a second, on every architecture. */
const MS_PER_TICK = 10;
/** utime and stime, among `statFieldsOf`. */
const UTIME = 11;
const STIME = 12;

/** Processor time of a process since it began, all threads; undefined where /proc does not tell. */
const processorMsOf = (pid: number): number | undefined => {
  const fields = statFieldsOf(pid);
  const ticks = Number(fields?.[UTIME]) + Number(fields?.[STIME]);
  return Number.isFinite(ticks) ? ticks * MS_PER_TICK : undefined;
};
