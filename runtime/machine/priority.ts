/** How much of a busy machine a process gets. */
import {constants, setPriority} from 'node:os';

/**
 * Lets others go first: of a core that all want, this process gets a tenth of what others get. Of what nobody wants it gets all.
 * Called before the process has threads of its own: on Linux those that are there keep theirs.
 */
export const stepBack = (): void => {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Where a sandbox forbids that, everybody is alike.
  }
};
