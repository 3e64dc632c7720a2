/** How much of a busy machine a process gets. */
import {getPriority, setPriority} from 'node:os';

/** One step is about a fifth less on Linux. */
const STEPS = 5;
const LOWEST = 19;

/**
 * Lets others go first: of a core that all want, this process gets a third of what its parent's others get. Of what nobody wants it gets
 * all. With 10 steps it was a tenth, and on a machine of two cores that others kept busy an evaluator did not answer for a minute.
 * Called before the process has threads of its own: on Linux those that are there keep theirs.
 */
export const stepBack = (): void => {
  try {
    setPriority(Math.min(LOWEST, getPriority() + STEPS));
  } catch {
    // Where a sandbox forbids that, everybody is alike.
  }
};
