/**
 * How prompts end, each of them once: whoever counts pairs and rejections counts them here. A message that comes to a queue
 * again after the server has forgotten its id is worked on again, and a newer policy may answer otherwise: then a prompt is in
 * the log of pairs and among the rejections, in either order. It counts as the pair that it is.
 */
import {type Rejection, RejectionReason} from '../../proto/messages.js';
import {isQueueName} from '../bus/channels/subjects.js';
import {rejectionWord} from './names.js';

/** Prompts by why they gave no pair to train on, by the word of `rejections.jsonl`. */
export type RejectionCounts = Readonly<Record<string, number>>;

export interface Ends {
  /** Prompts that came to an end: the whole of every share. */
  readonly prompts: number;
  /** Those that became pairs, held back and stale ones among them. */
  readonly made: number;
  /** Prompts that are no pairs to train on. */
  readonly rejected: number;
  /** Among them, pairs that were too stale, or could not be read. */
  readonly stale: number;
  /** Of the prompts that are held back: those that became pairs, and those, among `rejected`, that did not. */
  readonly heldOut: {readonly pairs: number; readonly rejected: number};
}

/** What is counted of a message of the rejections. */
export interface RejectionEnd {
  readonly promptId: string;
  /** As `rejections.jsonl` has it. */
  readonly word: string;
  /** Of a message that could not be read. */
  readonly channel?: string | null | undefined;
}

/** What is counted so far. */
export interface EndCounts {
  counts(): Ends;
  /** The `rejected` ones. */
  rejections(): RejectionCounts;
}

export interface EndCounter extends EndCounts {
  pair(promptId: string): void;
  heldOutPair(promptId: string): void;
  /**
   * @param sequence of its message; any number that no other has.
   * @returns whether that makes one more of the `rejected`.
   */
  rejection(end: RejectionEnd, sequence: number): boolean;
}

export const rejectionEndOf = ({
  promptId,
  reason,
  channel,
}: Pick<Rejection, 'promptId' | 'reason' | 'channel'>): RejectionEnd => ({
  promptId,
  word: rejectionWord(reason),
  channel,
});

const STALE = rejectionWord(RejectionReason.REJECTION_REASON_STALE);

/** @param holdOut so many of the first prompts are held back. */
export const createEndCounter = (holdOut: number): EndCounter => {
  const pairs = new Set<string>();
  const heldOutPairs = new Set<string>();
  const rejected = new Map<string, string>();
  const stale = new Set<string>();
  let heldOutRejected = 0;
  /** Stale ones that are in the log of pairs. */
  let staleMade = 0;
  const isMade = (id: string): boolean => pairs.has(id) || heldOutPairs.has(id);
  const reject = (id: string, word: string): boolean => {
    const isNew = !rejected.has(id);
    if (isNew && Number(id) < holdOut) heldOutRejected += 1;
    rejected.set(id, word);
    return isNew;
  };
  const make = (id: string, log: Set<string>): void => {
    if (isMade(id)) return;
    log.add(id);
    if (stale.has(id)) staleMade += 1;
    else if (rejected.delete(id) && Number(id) < holdOut) heldOutRejected -= 1;
  };
  return {
    pair: (id) => make(id, pairs),
    heldOutPair: (id) => make(id, heldOutPairs),
    rejection({promptId, word, channel}, sequence) {
      // A copy of a prompt, which was to be compared.
      if (channel === 'anchor_prompts' || channel === 'anchor_pairs') return false;
      const isPair = channel === 'pairs';
      // A message of a queue, or a pair, that could not be read names no prompt, but was one.
      if (promptId === '' && !isPair && !isQueueName(channel ?? '')) return false;
      const id = promptId === '' ? `unreadable ${sequence}` : promptId;
      if (isPair || word === STALE) {
        if (!stale.has(id) && isMade(id)) staleMade += 1;
        stale.add(id);
        return reject(id, word);
      }
      return !isMade(id) && !rejected.has(id) && reject(id, word);
    },
    counts: () => ({
      prompts: pairs.size + heldOutPairs.size + rejected.size - staleMade,
      made: pairs.size + heldOutPairs.size,
      rejected: rejected.size,
      stale: stale.size,
      heldOut: {pairs: heldOutPairs.size, rejected: heldOutRejected},
    }),
    rejections() {
      const counts: Record<string, number> = {};
      for (const word of rejected.values()) counts[word] = (counts[word] ?? 0) + 1;
      return counts;
    },
  };
};
