/** A closed loop: a message is published only when one that was published before it is done with. */

export interface Window {
  /** Publishes messages `from` to `from + count - 1`, at most `size` of them under way. Resolves when all are done with. */
  move(from: number, count: number): Promise<void>;
  /** One message is done with. */
  done(): void;
  /** Nothing more will be done: whoever waits hears why. */
  fail(error: unknown): void;
}

export const windowOf = (size: number, publish: (index: number) => Promise<unknown>): Window => {
  let next = 0;
  let end = 0;
  let left = 0;
  let underWay = 0;
  let settle: {resolve(): void; reject(error: unknown): void} | undefined;
  const fail = (error: unknown): void => settle?.reject(error);
  const fill = (): void => {
    while (underWay < size && next < end) {
      underWay += 1;
      publish(next).catch(fail);
      next += 1;
    }
  };
  return {
    fail,
    move: (from, count) =>
      new Promise((resolve, reject) => {
        settle = {resolve, reject};
        [next, end, left] = [from, from + count, count];
        fill();
      }),
    done() {
      underWay -= 1;
      left -= 1;
      if (left === 0) settle?.resolve();
      else fill();
    },
  };
};
