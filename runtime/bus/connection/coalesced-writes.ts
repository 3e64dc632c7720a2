/**
 * Sends in one write what one turn of the event loop has to send. The client library (`nats` 2.29.3) writes to its socket as
 * soon as the first of a chain of promises gets there, and a write costs more than all else that is done for a message.
 */

/** @returns runs each piece of work when every promise that is settled now has been dealt with, all of them in a row. */
export const createWriteCoalescer = (): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let waiting: (() => void)[] = [];
  const runAll = (): void => {
    const now = waiting;
    waiting = [];
    for (const run of now) run();
  };
  return (work) =>
    new Promise((resolve, reject) => {
      // A tick that a promise asks for comes after all promises, and microtasks after all ticks.
      if (waiting.length === 0) process.nextTick(runAll);
      waiting.push(() => {
        work().then(resolve, reject);
      });
    });
};
