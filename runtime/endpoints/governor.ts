/**
 * How many requests an endpoint is sent at once: as many as it takes without turning many away.
 *
 * Multiplicative increase and decrease. Where more than a tenth of the newest requests is turned away, the limit falls to 0.8 of
 * what it was; when so many are served as are allowed at once it grows by a quarter, up to the ceiling. A few refusals
 * say nothing of the load: many endpoints turn some away at any load, and a limit that is halved by each of them comes to
 * √(2/p) requests at once where a share p is refused, 6 for one in twenty, whatever the endpoint could do.
 * What was sent before the limit last fell tells of the load before it, and does not count.
 */

/** What became of a request, as far as it says something about the endpoint's capacity. */
export type Load = 'served' | 'overloaded' | 'unknown';

/** The right to one request. Released exactly once. */
export interface Slot {
  /** @param quietMs how long the endpoint asks to be left alone, where it does; heeded by all where it is overloaded. */
  release(load: Load, quietMs?: number): void;
}

export interface Governor {
  /** Requests allowed at once now; from 1 to the ceiling, and not always whole. */
  readonly limit: number;
  /**
   * Waits for a slot, in order of arrival.
   *
   * @param again goes before those that have never been sent: a request that was turned away is older than they are.
   * @param signal ends the wait with the signal's reason.
   */
  acquire(options: {readonly again: boolean; readonly signal: AbortSignal}): Promise<Slot>;
}

/** Of the newest requests, of which there are so many, or a round where that is more. */
const TOLERATED = 0.1;
const NEWEST = 40;
const DECREASE = 0.8;
const INCREASE = 1.25;

/** @param ceiling requests at once, at most; at least 1. The limit starts there. */
export const openGovernor = (ceiling: number): Governor => {
  const waiting: (() => void)[] = [];
  let limit = ceiling;
  let taken = 0;
  let decreases = 0;
  /** Requests that were served since the limit last grew or fell; and of the newest, how many there are and were turned away. */
  let round = 0;
  let newest = 0;
  let refused = 0;
  let quietUntilMs = 0;
  let isWaking = false;

  const admit = (): void => {
    const quietMs = quietUntilMs - performance.now();
    if (quietMs > 0) {
      if (isWaking) return;
      isWaking = true;
      setTimeout(() => {
        isWaking = false;
        admit();
      }, quietMs);
      return;
    }
    while (taken < Math.floor(limit) && waiting.length > 0) waiting.shift()?.();
  };
  const judge = (load: 'served' | 'overloaded', quietMs: number): void => {
    newest += 1;
    if (load === 'overloaded') refused += 1;
    else round += 1;
    const counted = Math.max(NEWEST, limit);
    if (refused > TOLERATED * counted) {
      decreases += 1;
      quietUntilMs = Math.max(quietUntilMs, performance.now() + quietMs);
      limit = Math.max(1, limit * DECREASE);
      [round, newest, refused] = [0, 0, 0];
      return;
    }
    if (newest >= counted) [newest, refused] = [0, 0];
    if (round < Math.floor(limit)) return;
    limit = Math.min(ceiling, limit * INCREASE);
    round = 0;
  };
  const take = (): Slot => {
    taken += 1;
    const sentAfter = decreases;
    return {
      release: (load, quietMs = 0) => {
        taken -= 1;
        if (load !== 'unknown' && sentAfter === decreases) judge(load, quietMs);
        admit();
      },
    };
  };
  return {
    get limit() {
      return limit;
    },
    acquire: ({again, signal}) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const enter = (): void => {
          signal.removeEventListener('abort', leave);
          resolve(take());
        };
        const leave = (): void => {
          waiting.splice(waiting.indexOf(enter), 1);
          reject(signal.reason);
        };
        signal.addEventListener('abort', leave, {once: true});
        if (again) waiting.unshift(enter);
        else waiting.push(enter);
        admit();
      }),
  };
};
