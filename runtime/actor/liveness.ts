/**
 * Whether a child is stuck, by what it does and not by whether it exists.
 *
 * L1 It is heard and has work in hand, and nothing of it has ended for `quietMs`, or for as long as one piece may take
 *    (`deadlineMs` more), or for `SERVICE_FACTOR` times the longest so far.
 * L2 It is not heard at all for `quietMs`: stopped, or waiting inside one call.
 * L3 Whoever computes meanwhile is given `COMPUTING_PATIENCE` times as long: a graph that is compiled, weights that are
 *    loaded, and a step of a large model hold the event loop, and long answers end late; a loop without an end looks the
 *    same, and is found then.
 * L4 So is whoever would compute and gets no core: on a crowded machine it stands in line for most of the time.
 */
import type {Heartbeat} from './heartbeat.js';

export interface LivenessLimits {
  /** Milliseconds. */
  readonly quietMs: number;
  /** The longest that one piece of work may take by its own deadline, such as a request's; milliseconds, 0 for none. */
  readonly deadlineMs: number;
}

/** What is known of a child now. */
export interface Signs {
  /** Since it was heard last, or was started; milliseconds. */
  readonly silentMs: number;
  /** Of that time, since it was last seen to compute, or to wait for a core; milliseconds, 0 where the system does not tell. */
  readonly idleMs: number;
  /** Threads that waited for a core while nothing came forward, on the average; 0 where the system does not tell. */
  readonly waiting: number;
  /** The newest; undefined before the first. */
  readonly heartbeat: Heartbeat | undefined;
}

export interface Stuck {
  /** For people. */
  readonly reason: string;
  /** How long it had been so; milliseconds. */
  readonly afterMs: number;
}

const SERVICE_FACTOR = 5;
const COMPUTING_PATIENCE = 20;
/** Of a core, on the average. A process that only waits and beats uses less than a hundredth. */
const COMPUTING_HEARD = 0.1;
/** Threads, on the average. One that only beats, on a machine where each turn takes a tenth of a second to come, is far below. */
const WAITING_HEARD = 0.5;

/** Whether a process stands in line for a core most of the time, by how many of its threads do on the average. */
export const isStarved = (waiting: number): boolean => waiting > WAITING_HEARD;

/** Whether the child is stuck, and why; undefined for one that is not. */
export const stuckBy = (
  {silentMs, idleMs, waiting, heartbeat}: Signs,
  {quietMs, deadlineMs}: LivenessLimits,
): Stuck | undefined => {
  if (idleMs > quietMs)
    return stuck(silentMs, 'nothing was heard of it', ': it is stopped, or waits for good');
  if (silentMs > quietMs * COMPUTING_PATIENCE)
    return stuck(silentMs, 'nothing was heard of it', ': it is busy without a pause');
  if (heartbeat === undefined) return undefined;
  const {busy, unchangedMs, cpuUnchangedMs, longestMs} = heartbeat;
  const computing = cpuUnchangedMs > unchangedMs * COMPUTING_HEARD || isStarved(waiting);
  const limitMs = Math.max(quietMs + deadlineMs, longestMs * SERVICE_FACTOR);
  if (busy === 0 || unchangedMs <= limitMs * (computing ? COMPUTING_PATIENCE : 1)) return undefined;
  return stuck(unchangedMs, `nothing of its work in hand (${busy}) came forward`);
};

const stuck = (afterMs: number, what: string, why = ''): Stuck => ({
  reason: `${what} for ${secondsText(afterMs)}${why}`,
  afterMs,
});

/** Such as `1.5 s` or `84 s`. */
export const secondsText = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
