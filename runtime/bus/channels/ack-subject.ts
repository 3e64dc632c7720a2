/** What the server says about a delivery, in its ack subject: the reply subject that an ack, nak or term goes to. */

export interface DeliveryInfo {
  /** Position in the stream, from 1. */
  readonly streamSequence: number;
  /** Position among everything this consumer handed out, redeliveries included, from 1. */
  readonly deliverySequence: number;
  /** 1 for the first delivery. */
  readonly deliveryCount: number;
}

/**
 * Reads `$JS.ACK.[DOMAIN.ACCOUNT.]STREAM.CONSUMER.DELIVERED.STREAM_SEQ.CONSUMER_SEQ.TIMESTAMP.PENDING[.TOKEN]`, in the form of either
 * server generation. Undefined where the subject is not one.
 *
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-15.md
 */
export const deliveryInfoOf = (subject: string): DeliveryInfo | undefined => {
  const tokens = subject.split('.');
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK' || tokens.length < 9) return undefined;
  const skipped = tokens.length === 9 ? 4 : 6;
  const [deliveryCount, streamSequence, deliverySequence] = tokens.slice(skipped, skipped + 3).map(Number);
  if (deliveryCount === undefined || streamSequence === undefined || deliverySequence === undefined)
    return undefined;
  if (![deliveryCount, streamSequence, deliverySequence].every(Number.isSafeInteger)) return undefined;
  return {deliveryCount, streamSequence, deliverySequence};
};
