/** Work that must not overlap, such as a step and a checkpoint that is asked for in between. */

/** Runs pieces of work one after the other, in the order in which they come. */
export const inOrder = (): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    // A failure is its caller's.
    last = result.catch(() => undefined);
    return result;
  };
};
