/** How a chosen answer compares with a fresh one, under the id of the comparison; the texts are left out where they have no room. */
import type {Comparison} from '../../proto/messages.js';
import {MessageTooLarge} from '../bus/connection/failures.js';
import {excerpt} from '../text/excerpt.js';
import {redacted} from '../text/redact.js';
import type {ActorContext} from './context.js';

/** Characters of a rationale where a message has no room for all. */
const MOST_CHARACTERS = 1024;

export const publishComparison = async <F>(
  {bus, grace}: Pick<ActorContext<F>, 'bus' | 'grace'>,
  comparison: Comparison,
): Promise<void> => {
  const rationale = redacted(comparison.rationale);
  const {promptId} = comparison;
  try {
    await bus.publish('comparisons', {...comparison, rationale}, promptId, grace);
  } catch (error) {
    if (!(error instanceof MessageTooLarge)) throw error;
    const {history: _, ...rest} = comparison;
    const short = {
      ...rest,
      rationale: excerpt(rationale, MOST_CHARACTERS),
      prompt: '',
      chosen: '',
      fresh: '',
    };
    await bus.publish('comparisons', short, promptId, grace);
  }
};
