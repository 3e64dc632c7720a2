/** Deliveries: messages that one of several readers takes, works on, and acknowledges after the effect. */
import {Observable, take} from 'rxjs';
import type {Delivery} from '../bus.js';
import {exists} from '../connection/failures.js';
import type {Link, Stamped, Wire} from '../connection/link.js';
import {patiently} from '../connection/patience.js';
import type {DeliveryFacts} from './ack-subject.js';
import {openPlaces} from './pull.js';

const ACK = '+ACK';
const NAK = '-NAK';
const TERM = '+TERM';
const WORKING = '+WPI';
/** Bounds how long a drain of a reader takes that nothing comes for; one that waits asks the server so often. */
const REQUEST_MS = 1_000;

export interface DeliverySource<T> {
  readonly stream: string;
  /** The name that the readers of every process share. */
  readonly reader: string;
  readonly ackWaitMs: number;
  /** Deliveries after which a message is set aside. */
  readonly maxDeliver: number;
  /** Throws where the message cannot be read. */
  decode(stamped: Stamped): T;
  /** Makes the shared reader where it is missing; rejects where that cannot be. */
  ensureReader(): Promise<void>;
  /** Publishes that a message cannot be read, by the error of `decode`. */
  setAside(error: unknown, facts: DeliveryFacts): Promise<void>;
  /** Publishes that a message which can be read is given up. */
  giveUp(message: T, facts: DeliveryFacts, why: string): Promise<void>;
}

export const deliveriesOf = <T>(
  link: Link,
  source: DeliverySource<T>,
  options: {readonly maxInFlight: number; readonly drain$: Observable<unknown>},
): Observable<Delivery<T>> =>
  new Observable((subscriber) => {
    const {stream, reader, ackWaitMs} = source;
    const {maxInFlight} = options;
    if (!Number.isSafeInteger(maxInFlight) || maxInFlight < 1) {
      throw new RangeError(`maxInFlight must be a whole number of at least 1, not ${maxInFlight}`);
    }
    let draining = false;
    let over = false;
    let stopping: Promise<void> | undefined;
    /**
     * What came after the stop. Handed back together when nothing is asked for any more: sooner, the server would give it
     * to one of our own requests again, and count a delivery each time.
     */
    const late: Wire[] = [];
    /** Messages at work. One timer for all: it gives a sign of life for each, three times before the server misses one. */
    const atWork = new Set<Wire>();
    const heartbeat = setInterval(() => {
      if (link.state() === 'connected') for (const {reply} of atWork) link.send(reply, WORKING);
      // What was at work at a drain outlives the stream.
      if (over && atWork.size === 0) clearInterval(heartbeat);
    }, ackWaitMs / 3).unref();

    /**
     * Sends an end and waits until the server has it: one that got lost would bring the message back. `letGo` is called
     * at the latest then, and where the first try is not answered: a server that was killed may have forgotten that it
     * handed the message over, and answers only when it has done so again, for which there must be a place.
     */
    const confirm = (message: Wire, end: string, facts: DeliveryFacts, letGo: () => void): Promise<void> => {
      const orThrow = (error: unknown): never => {
        letGo();
        throw error;
      };
      return patiently(link, () => link.request(message.reply, end).then(letGo, orThrow), {
        doing: `acknowledging message ${facts.sequence} of ${stream}`,
        exists: () => exists(link, stream),
      }).catch(orThrow);
    };

    /** Ends the signs of life of a message and frees its place, once. */
    const letGoOf = (message: Wire): (() => void) => {
      atWork.add(message);
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        atWork.delete(message);
        places.release();
      };
    };

    const deliveryOf = (message: Wire, facts: DeliveryFacts, decoded: T): Delivery<T> => {
      const letGo = letGoOf(message);
      let ending: Promise<void> | undefined;
      const confirmed = (end: string): Promise<void> => {
        ending ??= confirm(message, end, facts, letGo);
        return ending;
      };
      return {
        message: decoded,
        sequence: facts.sequence,
        attempt: facts.attempt,
        ack: () => confirmed(ACK),
        retry(delayMs) {
          if (ending !== undefined) return;
          ending = Promise.resolve();
          if (link.state() === 'connected') link.send(message.reply, nakAfter(delayMs));
          letGo();
        },
        discard() {
          confirmed(TERM).catch((error) => subscriber.error(error));
        },
      };
    };

    /** Ends a message that nobody works on, once that is published. */
    const end = async (message: Wire, facts: DeliveryFacts, published: Promise<void>): Promise<void> => {
      const letGo = letGoOf(message);
      try {
        await published;
        await confirm(message, TERM, facts, letGo);
      } finally {
        letGo();
      }
    };

    const onMessage = (message: Wire, facts: DeliveryFacts): void => {
      if (stopping !== undefined || subscriber.closed) {
        late.push(message);
        return;
      }
      const fail = (error: unknown): void => subscriber.error(error);
      let decoded: T;
      try {
        decoded = source.decode(message);
      } catch (error) {
        end(message, facts, source.setAside(error, facts)).catch(fail);
        return;
      }
      if (facts.attempt > source.maxDeliver) {
        const why = `failed on each of ${source.maxDeliver} deliveries`;
        end(message, facts, source.giveUp(decoded, facts, why)).catch(fail);
        return;
      }
      subscriber.next(deliveryOf(message, facts, decoded));
    };

    const places = openPlaces(link, {
      stream,
      places: maxInFlight,
      expiresMs: REQUEST_MS,
      async reader() {
        await patiently(link, () => source.ensureReader(), {doing: `reading ${stream}`});
        return reader;
      },
      onMessage,
      onError: (error) => subscriber.error(error),
    });
    const stopOnce = async (): Promise<void> => {
      try {
        await places.close();
        if (link.state() === 'connected') for (const {reply} of late) link.send(reply, NAK);
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
      clearInterval(heartbeat);
      // Nobody is left to tell: the connection is closed, and the server with it forgets what was asked for.
      stop().catch(() => undefined);
    };
  });

const nakAfter = (delayMs: number): string =>
  delayMs > 0 ? `${NAK} ${JSON.stringify({delay: Math.round(delayMs * 1_000_000)})}` : NAK;
