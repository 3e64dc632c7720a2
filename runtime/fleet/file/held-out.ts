/**
 * Prompts whose pairs score the checkpoints of a run, by the suite `heldout`, and are never trained on.
 *
 * H1 They are the first of the run's prompts, whose order is drawn by the seed. So a prompt's id alone says whether it is
 *    one, to whoever starts again, too.
 * H2 Their pairs go to a log of their own, which no learner reads.
 */
import {evaluationsOf} from './evaluations.js';
import type {Fleet} from './schema.js';

type Evaluated = Pick<Fleet, 'evaluation'>;

/** How many prompts are held back; 0 for another suite, or none. */
export const holdOutOf = (fleet: Evaluated): number =>
  Math.max(0, ...evaluationsOf(fleet).map((each) => ('holdOut' in each ? each.holdOut : 0)));

export const isHeldOut = (promptId: string, fleet: Evaluated): boolean =>
  /^\d+$/.test(promptId) && Number(promptId) < holdOutOf(fleet);

/** The prompts without those that say again, further on, what is held back: that would be trained on. */
export const withoutHeldOutCopies = (prompts: readonly string[], fleet: Evaluated): string[] => {
  const holdOut = holdOutOf(fleet);
  const held = new Set(prompts.slice(0, holdOut));
  return prompts.filter((prompt, index) => index < holdOut || !held.has(prompt));
};
