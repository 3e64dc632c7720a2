/** How many requests an endpoint is sent at once: as many as it takes without turning any away. */

/** What became of a request, as far as it says something about the endpoint's capacity. */
export type Load = 'served' | 'overloaded' | 'unknown';

/** The right to one request. Released exactly once. */
export interface Slot {
  release(load: Load): void;
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

/**
 * Additive increase, multiplicative decrease. A request that was served adds 1/limit, so a full round adds one; one that
 * was turned away halves the limit. Requests sent before the last halving tell of the load before it and do not halve
 * again: one burst of refusals is one signal.
 *
 * @param ceiling requests at once, at most; at least 1. The limit starts there.
 */
export const openGovernor = (ceiling: number): Governor => {
  const waiting: (() => void)[] = [];
  let limit = ceiling;
  let taken = 0;
  let halvings = 0;

  const admit = (): void => {
    while (taken < Math.floor(limit) && waiting.length > 0) waiting.shift()?.();
  };
  const take = (): Slot => {
    taken += 1;
    const sentAfter = halvings;
    return {
      release: (load) => {
        taken -= 1;
        if (load === 'served') limit = Math.min(ceiling, limit + 1 / limit);
        if (load === 'overloaded' && sentAfter === halvings) {
          limit = Math.max(1, limit / 2);
          halvings += 1;
        }
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
