/** How many requests are answered at once, and how much of the time so far that was. Pure but for the clock that it is given. */

export interface SlotUse {
  /** Null where there are any number. */
  readonly slots: number | null;
  readonly busy: number;
  readonly waiting: number;
  /** Requests that had a slot and left it. */
  readonly served: number;
  /** Seconds that slots were busy, all slots together, in `seconds` of the wall clock since the start. */
  readonly busySeconds: number;
  readonly seconds: number;
}

export interface Slots {
  /** Waits for a slot, in order of arrival; the returned function leaves it. Rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<() => void>;
  use(): SlotUse;
}

/** @param slots any number where it is undefined. */
export const createSlots = (slots: number | undefined, nowMs: () => number): Slots => {
  const beganMs = nowMs();
  const line: (() => void)[] = [];
  let busy = 0;
  let served = 0;
  let busyMs = 0;
  let markMs = beganMs;

  const settle = (): void => {
    const now = nowMs();
    busyMs += busy * (now - markMs);
    markMs = now;
  };
  const take = (): (() => void) => {
    settle();
    busy += 1;
    return () => {
      settle();
      busy -= 1;
      served += 1;
      line.shift()?.();
    };
  };

  return {
    enter: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (busy < (slots ?? Number.POSITIVE_INFINITY)) return resolve(take());
        const come = (): void => {
          signal.removeEventListener('abort', leave);
          resolve(take());
        };
        const leave = (): void => {
          line.splice(line.indexOf(come), 1);
          reject(signal.reason);
        };
        signal.addEventListener('abort', leave, {once: true});
        line.push(come);
      }),
    use: () => {
      settle();
      return {
        slots: slots ?? null,
        busy,
        waiting: line.length,
        served,
        busySeconds: busyMs / 1000,
        seconds: (markMs - beganMs) / 1000,
      };
    },
  };
};
