/**
 * Many short waits on one long-lived thing: every message that is published or acknowledged waits for the loss of its
 * connection. A callback in a set costs a tenth of a subscription each.
 */

/** Calls its waiters once, when what they wait for happens. */
export interface Alarm {
  /** @returns takes the callback back. */
  wait(callback: () => void): () => void;
  ring(): void;
}

export const createAlarm = (): Alarm => {
  let waiting = new Set<() => void>();
  return {
    wait(callback) {
      const among = waiting;
      among.add(callback);
      return () => among.delete(callback);
    },
    ring() {
      const called = waiting;
      // Who waits anew while it rings waits for the next time.
      waiting = new Set();
      for (const callback of called) callback();
    },
  };
};

/** The alarm of each thing, made when it is first asked for; it lives as long as the thing. */
export const alarmsOf = <K extends object>(
  connect: (thing: K, alarm: Alarm) => void,
): ((thing: K) => Alarm) => {
  const alarms = new WeakMap<K, Alarm>();
  return (thing) => {
    const known = alarms.get(thing);
    if (known !== undefined) return known;
    const alarm = createAlarm();
    connect(thing, alarm);
    alarms.set(thing, alarm);
    return alarm;
  };
};
