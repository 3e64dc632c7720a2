/** Where an actor's time goes. */
import type {Activity} from './context.js';

/** Wall-clock seconds since the report before, by what they went to; they add up to the time that passed. */
export type Seconds = Readonly<Record<string, number>>;

export interface ActivityClock {
  /** Counts the time from now until the returned function is called. */
  begin(activity: Activity): () => void;
  /** Ends the start: what follows without work is waiting for it. */
  ready(): void;
  /** What has passed since the last call, as `seconds/<activity>`, `seconds/waiting` and `seconds/starting`. */
  take(): Seconds;
}

/**
 * Work of one activity that overlaps (eight revisions under way) counts once: seconds of the wall clock, not of work.
 * Until the process is ready or its first activity begins, time counts as `starting`; later, while nothing is at work, as
 * `waiting`.
 *
 * @param now milliseconds of a clock that never goes back.
 */
export const activityClock = (now: () => number = () => performance.now()): ActivityClock => {
  const atWork = new Map<Activity, number>();
  let seconds: Record<string, number> = {};
  let started = false;
  let markMs = now();
  const add = (key: string, elapsedMs: number): void => {
    seconds[`seconds/${key}`] = (seconds[`seconds/${key}`] ?? 0) + elapsedMs / 1000;
  };
  const settle = (): void => {
    const elapsedMs = now() - markMs;
    markMs += elapsedMs;
    if (elapsedMs <= 0) return;
    if (atWork.size === 0) add(started ? 'waiting' : 'starting', elapsedMs);
    // Different activities at once share the time, so that the sum stays the wall clock's.
    for (const activity of atWork.keys()) add(activity, elapsedMs / atWork.size);
  };
  return {
    ready: () => {
      settle();
      started = true;
    },
    begin: (activity) => {
      settle();
      started = true;
      atWork.set(activity, (atWork.get(activity) ?? 0) + 1);
      return () => {
        settle();
        const left = (atWork.get(activity) ?? 1) - 1;
        if (left === 0) atWork.delete(activity);
        else atWork.set(activity, left);
      };
    },
    take: () => {
      settle();
      const taken = seconds;
      seconds = {};
      return taken;
    },
  };
};
