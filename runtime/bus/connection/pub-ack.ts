/** The publish ack: what a stream answers to a message that it was to keep. */
import {type ApiError, apiErrorOf} from './failures.js';
import type {PubAck} from './link.js';

interface PubAckResponse {
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
export const pubAckOf = (answer: Uint8Array): PubAck => {
  const {seq, duplicate = false, error}: PubAckResponse = JSON.parse(decoder.decode(answer));
  if (error !== undefined) throw apiErrorOf(error);
  return {sequence: seq, duplicate};
};
