/** What a stream answers to a message that it was to keep. */
import {type ApiError, refused} from './failures.js';
import type {Stored} from './link.js';

interface StoreAnswer {
  readonly seq: number;
  readonly duplicate?: boolean;
  readonly error?: ApiError;
}

const decoder = new TextDecoder();

/**
 * Where the message is kept.
 *
 * @throws Error that `failureOf` reads, where it is not
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-1.md
 */
export const storedOf = (answer: Uint8Array): Stored => {
  const {seq, duplicate = false, error}: StoreAnswer = JSON.parse(decoder.decode(answer));
  if (error !== undefined) throw refused(error);
  return {sequence: seq, duplicate};
};
