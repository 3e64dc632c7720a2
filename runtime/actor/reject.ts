/** The end of a prompt that gives no pair: a message that says why, and its count. */
import type {RejectionReason} from '../../proto/messages.js';
import {rejectionsOf} from '../metrics/names.js';
import type {ActorContext} from './context.js';

/** Publishes a rejection under its prompt's id; the caller then acknowledges what it rejected. */
export const reject = async <F>(
  {bus, name, grace, count}: ActorContext<F>,
  promptId: string,
  reason: RejectionReason,
  detail: string,
): Promise<void> => {
  await bus.publish('rejections', {promptId, actor: name, reason, detail}, promptId, grace);
  count(rejectionsOf(reason));
};
