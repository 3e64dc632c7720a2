/** What the server says about a delivery, in the subject that its acknowledgement goes to. */

export interface DeliveryFacts {
  /** Position in the stream, from 1. */
  readonly sequence: number;
  /** Position among everything this reader was handed, redeliveries included, from 1. */
  readonly deliverySequence: number;
  /** 1 for the first delivery. */
  readonly attempt: number;
}

/**
 * Reads `$JS.ACK.[DOMAIN.ACCOUNT.]STREAM.READER.ATTEMPT.SEQUENCE.DELIVERY.TIME.PENDING[.TOKEN]`, in the form of either
 * server generation. Undefined where the subject is not one.
 *
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-15.md
 */
export const deliveryFactsOf = (subject: string): DeliveryFacts | undefined => {
  const tokens = subject.split('.');
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK' || tokens.length < 9) return undefined;
  const skipped = tokens.length === 9 ? 4 : 6;
  const [attempt, sequence, deliverySequence] = tokens.slice(skipped, skipped + 3).map(Number);
  if (attempt === undefined || sequence === undefined || deliverySequence === undefined) return undefined;
  if (![attempt, sequence, deliverySequence].every(Number.isSafeInteger)) return undefined;
  return {attempt, sequence, deliverySequence};
};
