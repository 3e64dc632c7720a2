/**
 * How prompts end, each of them once. A message that comes to a queue again after the server has forgotten its id is worked
 * on again, and a newer policy may answer otherwise: then a prompt is in the log of pairs and among the rejections, in either
 * order. It counts as the pair that it is.
 */
import {type Rejection, RejectionReason} from '../../../proto/messages.js';
import {isQueueName} from '../../bus/channels/subjects.js';

export interface Ends {
  /** Prompts that are no pairs to train on. */
  readonly rejected: number;
  /** Among them, pairs that were too stale, or could not be read. */
  readonly stale: number;
  /** Of the prompts that are held back: those that became pairs, and those, among `rejected`, that did not. */
  readonly heldOut: {readonly pairs: number; readonly rejected: number};
}

export interface EndCounter {
  pair(promptId: string): void;
  heldOutPair(promptId: string): void;
  rejection(message: Pick<Rejection, 'promptId' | 'reason' | 'channel'>, sequence: number): void;
  counts(): Ends;
}

/** @param holdOut so many of the first prompts are held back. */
export const createEndCounter = (holdOut: number): EndCounter => {
  const pairs = new Set<string>();
  const heldOutPairs = new Set<string>();
  const rejected = new Set<string>();
  const stale = new Set<string>();
  let heldOutRejected = 0;
  const reject = (id: string): void => {
    if (rejected.has(id)) return;
    rejected.add(id);
    if (Number(id) < holdOut) heldOutRejected += 1;
  };
  const isPairNow = (id: string): void => {
    if (stale.has(id) || !rejected.delete(id)) return;
    if (Number(id) < holdOut) heldOutRejected -= 1;
  };
  return {
    pair(id) {
      pairs.add(id);
      isPairNow(id);
    },
    heldOutPair(id) {
      heldOutPairs.add(id);
      isPairNow(id);
    },
    rejection({promptId, reason, channel}, sequence) {
      // A copy of a prompt, which was to be compared.
      if (channel === 'anchor_prompts' || channel === 'anchor_pairs') return;
      const isPair = channel === 'pairs';
      // A message of a queue, or a pair, that could not be read names no prompt, but was one.
      if (promptId === '' && !isPair && !isQueueName(channel ?? '')) return;
      const id = promptId === '' ? `unreadable ${sequence}` : promptId;
      if (isPair || reason === RejectionReason.REJECTION_REASON_STALE) stale.add(id);
      else if (pairs.has(id) || heldOutPairs.has(id)) return;
      reject(id);
    },
    counts: () => ({
      rejected: rejected.size,
      stale: stale.size,
      heldOut: {pairs: heldOutPairs.size, rejected: heldOutRejected},
    }),
  };
};
