/** Work on many things, some of them at once. */

/**
 * Does `work` for each, at most `most` at once. The first failure ends it, once what is under way has ended.
 *
 * @param signal begins nothing further once it is aborted; what is under way is waited for.
 */
export const eachAtOnce = async <T>(
  all: readonly T[],
  most: number,
  signal: AbortSignal,
  work: (one: T) => Promise<void>,
): Promise<void> => {
  let next = 0;
  let failure: {readonly error: unknown} | undefined;
  const worker = async (): Promise<void> => {
    while (next < all.length && failure === undefined && !signal.aborted) {
      const one = all[next++] as T;
      try {
        await work(one);
      } catch (error) {
        failure ??= {error};
      }
    }
  };
  await Promise.all(Array.from({length: Math.min(most, all.length)}, worker));
  if (failure !== undefined) throw failure.error;
};
