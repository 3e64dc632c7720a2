/** Work that may be asked to end before it is done. */
import {complain} from '../../output.js';
import {listenForSignals} from '../signals.js';

/** The code of a process that Ctrl-C ended. */
const INTERRUPTED = 130;

/**
 * Does work that ends early, but in order, where the first Ctrl-C, SIGTERM or closed terminal fires its signal; a second
 * one ends the process at once.
 *
 * @param work resolves to whether it was done to its end
 * @returns the exit code: 0, or 130 where it was not
 */
export const interruptible = async (work: (signal: AbortSignal) => Promise<boolean>): Promise<number> => {
  const signals = listenForSignals();
  const stop = new AbortController();
  signals.first$.subscribe(() => stop.abort());
  try {
    return (await work(stop.signal)) ? 0 : INTERRUPTED;
  } catch (error) {
    if (!stop.signal.aborted || !(error instanceof Error) || error.name !== 'AbortError') throw error;
    complain('stopped, as asked; what was fetched is kept');
    return INTERRUPTED;
  } finally {
    signals.end();
  }
};
