/** Transfers in pieces: several on their way at once, a bounded number of them in memory, each in its order. */

/** Makes one thing after the other and hands each on, with at most `window` handed on and not done. */
export const madeInOrder = async <C, T>(
  items: Iterable<C>,
  window: number,
  make: (item: C) => Promise<T>,
  handOn: (made: T) => Promise<void>,
): Promise<void> => {
  const atWork = new Set<Promise<void>>();
  try {
    for (const item of items) {
      const made = await make(item);
      // One that fails stays: it fails the next wait, however long the next thing takes to make.
      const work: Promise<void> = handOn(made).then(() => {
        atWork.delete(work);
      });
      atWork.add(work);
      quiet(work);
      if (atWork.size >= window) await Promise.race(atWork);
    }
    await Promise.all(atWork);
  } finally {
    await Promise.allSettled(atWork);
  }
};

/** Asks for at most `window` things ahead and takes the answers one after the other, in order. */
export const takenInOrder = async <C, T>(
  items: Iterable<C>,
  window: number,
  ask: (item: C) => Promise<T>,
  take: (answer: T) => Promise<void>,
): Promise<void> => {
  const asked: Promise<T>[] = [];
  const takeOne = async (): Promise<void> => {
    const answer = asked.shift();
    if (answer !== undefined) await take(await answer);
  };
  try {
    for (const item of items) {
      const answer = ask(item);
      asked.push(answer);
      quiet(answer);
      if (asked.length >= window) await takeOne();
    }
    while (asked.length > 0) await takeOne();
  } finally {
    await Promise.allSettled(asked);
  }
};

/** A failure is heard of where the promise is awaited, which may be later than it comes. */
const quiet = (work: Promise<unknown>): void => {
  work.catch(() => undefined);
};
