/** The message that every contender moves: a completion of a given size, as a sampler would publish it. */
import {Completion, FinishReason} from '../../../proto/messages.js';

/** Ids of one length, so that all messages have one size. */
export const idOf = (index: number): string => String(index).padStart(9, '0');

/** Throws a RangeError where a completion cannot be so small. */
export const messageOf = (index: number, bytes: number): Completion => {
  const of = (text: number): Completion => ({
    promptId: idOf(index),
    prompt: 'p'.repeat(Math.floor(text / 3)),
    completion: 'c'.repeat(text - Math.floor(text / 3)),
    completionIds: [1],
    finishReason: FinishReason.FINISH_REASON_STOP,
    policyVersion: 1,
  });
  // Longer text takes longer length prefixes, so the overhead depends on the text.
  for (let text = bytes; text > 0; text -= 1) {
    const message = of(text);
    if (Completion.encode(message).finish().length === bytes) return message;
  }
  throw new RangeError(`no completion has ${bytes} bytes`);
};
