/**
 * Pulling with a bound: a reader on the server has a number of places in this process, and is asked for one message per
 * free place. The client library's own pulls ask for more than they were told to after a reconnect, or while their
 * caller is busy; here the sum of what is asked for and what is held never exceeds the places.
 */
import {filter, skip} from 'rxjs';
import {type DeliveryFacts, deliveryFactsOf} from './ack-subject.js';
import type {Link, Wire} from './link.js';

/** The server ends a request that nothing came for after this time; it is then asked again. */
const EXPIRES_MS = 30_000;
/** A request that the server has not ended this long after its time is taken for lost. */
const GRACE_MS = 5_000;
const REQUEST = JSON.stringify({batch: 1, expires: EXPIRES_MS * 1_000_000});
const NO_MESSAGES = 404;
const EXPIRED = 408;
const UNCLAIMED = 503;
const LONGEST_PAUSE_MS = 2_000;

export interface PlacesOptions {
  readonly stream: string;
  readonly reader: string;
  /** Messages asked for and held at once, at most. */
  readonly places: number;
  /** Places that are taken from the beginning; each is released like any other. */
  readonly held?: number;
  onMessage(message: Wire, facts: DeliveryFacts): void;
  /** The server answers that the reader is not there. No more is asked for until `resume` is called. */
  onMissing(): void;
}

export interface Places {
  /** Frees the place of one message that was handed over. */
  release(): void;
  /** Asks again, after `onMissing`. */
  resume(): void;
  /** Asks for nothing more; resolves when nothing more can come. What still comes is handed over. */
  close(): Promise<void>;
  /** The same at once; what is on its way is lost. */
  abandon(): void;
}

export const openPlaces = (link: Link, options: PlacesOptions): Places => {
  const {stream, reader, places, onMessage, onMissing} = options;
  const inbox = link.createInbox();
  /** When each request that the server still has ends, oldest first. */
  let asked: number[] = [];
  let held = options.held ?? 0;
  let refusals = 0;
  let closed = false;
  let missing = false;
  let pause: NodeJS.Timeout | undefined;

  const ask = (): void => {
    if (closed || missing || pause !== undefined || link.state() !== 'connected') return;
    while (held + asked.length < places) {
      asked.push(performance.now() + EXPIRES_MS + GRACE_MS);
      link.send(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${reader}`, REQUEST, inbox);
    }
  };

  const onStatus = (status: number): void => {
    asked.shift();
    if (status === EXPIRED || status === NO_MESSAGES) {
      ask();
      return;
    }
    if (status === UNCLAIMED && !missing) {
      missing = true;
      onMissing();
    }
    // A refusal, such as of too many waiting requests, would come back as fast as it is asked for.
    refusals += 1;
    pause ??= setTimeout(
      () => {
        pause = undefined;
        ask();
      },
      Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(refusals, 8)),
    ).unref();
  };

  const listener = link.listen(inbox, (message) => {
    // The server sends statuses to the inbox under its own name, and messages under the subject they were published on.
    if (message.subject === inbox) return message.status >= 400 ? onStatus(message.status) : undefined;
    const facts = deliveryFactsOf(message.reply);
    if (facts === undefined) return;
    asked.shift();
    refusals = 0;
    held += 1;
    onMessage(message, facts);
  });

  // The server forgets the requests of a connection that it lost.
  const reconnects = link.state$
    .pipe(
      skip(1),
      filter((state) => state === 'connected'),
    )
    .subscribe({
      next() {
        asked = [];
        ask();
      },
      error: () => undefined, // whoever holds the places hears of it from the link itself
    });
  const sweep = setInterval(() => {
    asked = asked.filter((endsMs) => endsMs > performance.now());
    ask();
  }, GRACE_MS).unref();
  ask();

  const end = (): void => {
    closed = true;
    clearInterval(sweep);
    clearTimeout(pause);
    reconnects.unsubscribe();
  };
  return {
    release() {
      held -= 1;
      ask();
    },
    resume() {
      missing = false;
      ask();
    },
    async close() {
      end();
      await listener.drain();
    },
    abandon() {
      end();
      listener.stop();
    },
  };
};
