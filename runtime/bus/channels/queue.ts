/** Deliveries: messages that one of several readers takes, works on, and acknowledges after the effect. */
import {Observable, take} from 'rxjs';
import type {Delivery} from '../bus.js';
import {exists} from '../connection/failures.js';
import type {Link, Msg, Stamped} from '../connection/link.js';
import {withRetries} from '../connection/retries.js';
import type {DeliveryInfo} from './ack-subject.js';
import {openPull} from './pull.js';

/** What goes to a message's ack subject. */
const ACK = '+ACK';
const NAK = '-NAK';
const TERM = '+TERM';
const IN_PROGRESS = '+WPI';
/** When a pull request expires: bounds how long a drain takes where nothing comes; a queue that is empty is asked so often. */
const PULL_EXPIRES_MS = 1_000;

export interface DeliverySource<T> {
  readonly stream: string;
  /** The durable consumer that the readers of every process share. */
  readonly durable: string;
  readonly ackWaitMs: number;
  /** Deliveries after which a message is set aside. */
  readonly maxDeliver: number;
  /** Throws where the message cannot be read. */
  decode(stamped: Stamped): T;
  /** Makes the durable consumer where it is missing; rejects where that cannot be. */
  ensureConsumer(): Promise<void>;
  /** Publishes that a message cannot be read, by the error of `decode`. */
  setAside(error: unknown, info: DeliveryInfo): Promise<void>;
  /** Publishes that a message which can be read is given up. */
  giveUp(message: T, info: DeliveryInfo, why: string): Promise<void>;
}

/** A message that is held, as it was delivered last. */
interface Held {
  message: Msg;
}

export const deliveriesOf = <T>(
  link: Link,
  source: DeliverySource<T>,
  options: {readonly maxInFlight: number; readonly drain$: Observable<unknown>},
): Observable<Delivery<T>> =>
  new Observable((subscriber) => {
    const {stream, durable, ackWaitMs} = source;
    const {maxInFlight} = options;
    if (!Number.isSafeInteger(maxInFlight) || maxInFlight < 1) {
      throw new RangeError(`maxInFlight must be a whole number of at least 1, not ${maxInFlight}`);
    }
    let draining = false;
    let over = false;
    let stopping: Promise<void> | undefined;
    /**
     * What came after the stop. Nak-ed together when nothing is pending any more: sooner, the server would give it to one of
     * our own pull requests again, and count a delivery each time.
     */
    const late: Msg[] = [];
    /** Messages at work. One timer for all: it says of each that it is in progress, three times within the ack wait. */
    const atWork = new Set<Held>();
    const inProgress = setInterval(() => {
      if (link.state() === 'connected')
        for (const {message} of atWork) link.publish(message.reply, IN_PROGRESS);
      // What was at work at a drain outlives the stream.
      if (over && atWork.size === 0) clearInterval(inProgress);
    }, ackWaitMs / 3).unref();
    /**
     * What the subscriber has and did not end, by sequence. A process that stood still for longer than the ack wait is delivered
     * it once more: it is not given out again, to be sampled twice or asked and paid for twice.
     */
    const inHand = new Map<number, Held>();

    /**
     * Sends an ack or a term and waits until the server has it (the client calls that `ackAck`): one that got lost would bring
     * the message back. `letGo` is called at the latest then, and where the first try is not answered: a server that was
     * killed may have forgotten that it delivered the message, and answers only when it has done so again, for which there
     * must be room.
     */
    const confirm = (held: Held, ack: string, info: DeliveryInfo, letGo: () => void): Promise<void> => {
      const orThrow = (error: unknown): never => {
        letGo();
        throw error;
      };
      return withRetries(link, () => link.request(held.message.reply, ack).then(letGo, orThrow), {
        doing: `acknowledging message ${info.streamSequence} of ${stream}`,
        exists: () => exists(link, stream),
      }).catch(orThrow);
    };

    /** Says no more that a message is in progress, and makes room for another one, once. */
    const letGoOf = (held: Held): (() => void) => {
      atWork.add(held);
      return () => {
        if (atWork.delete(held)) pull.release();
      };
    };

    const deliveryOf = (message: Msg, info: DeliveryInfo, decoded: T): Delivery<T> => {
      const held = {message};
      const letGo = letGoOf(held);
      const sequence = info.streamSequence;
      inHand.set(sequence, held);
      const noMore = (): void => {
        inHand.delete(sequence);
      };
      let ending: Promise<void> | undefined;
      const confirmed = (ack: string): Promise<void> => {
        ending ??= confirm(held, ack, info, letGo).finally(noMore);
        return ending;
      };
      return {
        message: decoded,
        sequence,
        deliveryCount: info.deliveryCount,
        ack: () => confirmed(ACK),
        nak(delayMs) {
          if (ending !== undefined) return;
          ending = Promise.resolve();
          noMore();
          if (link.state() === 'connected') link.publish(held.message.reply, nakAfter(delayMs));
          letGo();
        },
        term() {
          confirmed(TERM).catch((error) => subscriber.error(error));
        },
      };
    };

    /** Ends a message that nobody works on, once that is published. */
    const end = async (message: Msg, info: DeliveryInfo, published: Promise<void>): Promise<void> => {
      const held = {message};
      const letGo = letGoOf(held);
      try {
        await published;
        await confirm(held, TERM, info, letGo);
      } finally {
        letGo();
      }
    };

    const onMessage = (message: Msg, info: DeliveryInfo): void => {
      const held = inHand.get(info.streamSequence);
      if (held !== undefined) {
        held.message = message;
        pull.release();
        return;
      }
      if (stopping !== undefined || subscriber.closed) {
        late.push(message);
        return;
      }
      const fail = (error: unknown): void => subscriber.error(error);
      let decoded: T;
      try {
        decoded = source.decode(message);
      } catch (error) {
        end(message, info, source.setAside(error, info)).catch(fail);
        return;
      }
      if (info.deliveryCount > source.maxDeliver) {
        const why = `failed on each of ${source.maxDeliver} deliveries`;
        end(message, info, source.giveUp(decoded, info, why)).catch(fail);
        return;
      }
      subscriber.next(deliveryOf(message, info, decoded));
    };

    const pull = openPull(link, {
      stream,
      maxMessages: maxInFlight,
      expiresMs: PULL_EXPIRES_MS,
      async ensureConsumer() {
        await withRetries(link, () => source.ensureConsumer(), {doing: `reading ${stream}`});
        return durable;
      },
      onMessage,
      onError: (error) => subscriber.error(error),
    });
    const stopOnce = async (): Promise<void> => {
      try {
        await pull.close();
        if (link.state() === 'connected') for (const {reply} of late) link.publish(reply, NAK);
      } finally {
        forgetStop();
      }
    };
    const stop = (): Promise<void> => {
      stopping ??= stopOnce();
      return stopping;
    };
    const forgetStop = link.beforeClose(stop);

    const closing = link.state$.subscribe({
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
    const drain = options.drain$.pipe(take(1)).subscribe(() => {
      draining = true;
      stop().then(
        () => subscriber.complete(),
        (error) => subscriber.error(error),
      );
    });

    return () => {
      closing.unsubscribe();
      drain.unsubscribe();
      over = true;
      if (draining) return;
      // Messages whose subscriber has left go to another reader.
      clearInterval(inProgress);
      // Nobody is left to tell: the connection is closed, and the server with it forgets what was asked for.
      stop().catch(() => undefined);
    };
  });

const nakAfter = (delayMs: number): string =>
  delayMs > 0 ? `${NAK} ${JSON.stringify({delay: Math.round(delayMs * 1_000_000)})}` : NAK;
