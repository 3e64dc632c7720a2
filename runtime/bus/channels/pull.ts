/**
 * Pulling with a bound: a reader on the server has a number of places in this process, and is asked for as many messages
 * as there are free places. The client library's own pulls ask for more than they were told to after a reconnect, or while
 * their caller is busy; here the sum of what is asked for and what is held never exceeds the places.
 *
 * A request costs the server about as much as a message, so places that come free wait for others, to be asked for
 * together, while at least as many are asked for already: none of them can be missed meanwhile.
 */
import {setTimeout as sleep} from 'node:timers/promises';
import {skip} from 'rxjs';
import {failureOf, UNCLAIMED} from '../connection/failures.js';
import type {Link, Wire} from '../connection/link.js';
import {type DeliveryFacts, deliveryFactsOf} from './ack-subject.js';

/** The server ends a request that nothing came for after this time; it is then asked again. */
const EXPIRES_MS = 30_000;
/** A request that the server has not ended this long after its time is lost: server 2.9 is silent about a missing reader. */
const GRACE_MS = 5_000;
const requestFor = (batch: number, expiresMs: number): string =>
  JSON.stringify({batch, expires: expiresMs * 1_000_000});
const LONGEST_PAUSE_MS = 2_000;
/** How often a server is asked for the reader of a request that it has not ended in time. */
const QUESTION_PAUSE_MS = 1_000;
/**
 * A server that answered so many questions, each sent after the request's time, was at work meanwhile and has it no more. One
 * that answered none of them gives nothing to anybody.
 */
const SURE_QUESTIONS = 5;

/** What a status message says of the request that it ends. */
const NO_MESSAGES = 404;
const EXPIRED = 408;
const REFUSED = 409;

export interface PlacesOptions {
  readonly stream: string;
  /** Messages asked for and held at once, at most. */
  readonly places: number;
  /** Places that are taken from the beginning; each is released like any other. */
  readonly held?: number;
  /** After this time the server ends a request that is not filled; 30 s unless given. */
  readonly expiresMs?: number;
  /**
   * Resolves to the reader's name on the server, after making it where it is missing. Called at the beginning, and when
   * the server seems not to have it any more.
   */
  reader(): Promise<string>;
  onMessage(message: Wire, facts: DeliveryFacts): void;
  /** `reader` rejected: nothing more is asked for. */
  onError(error: unknown): void;
}

export interface Places {
  /** Frees the place of one message that was handed over. */
  release(): void;
  /**
   * Asks for nothing more; resolves when the server has ended every request, however late it says so, and nothing more can
   * come. What still comes is handed over. The listener stays until then: where it is gone and its requests are not, a 2.9 server
   * takes a message that was handed back off its list for a request that nobody listens to, and forgets it until the
   * wait for a sign of life is over.
   */
  close(): Promise<void>;
  /** The same at once; what is on its way is lost. */
  abandon(): void;
}

export const openPlaces = (link: Link, options: PlacesOptions): Places => {
  const {stream, places, expiresMs = EXPIRES_MS, onMessage, onError} = options;
  const inbox = link.createInbox();
  /** Of each message that the server is still asked for, when its request must have ended, oldest first. */
  let asked: number[] = [];
  let held = options.held ?? 0;
  let refusals = 0;
  /** The reader's name while the server is believed to have it. */
  let reader: string | undefined;
  /** The one that was asked last. */
  let askedOf = '';
  let securing = false;
  let closed = false;
  let asking = false;
  let pause: NodeJS.Timeout | undefined;
  /** While closing: called when nothing is asked for any more. */
  let onNothingAsked: (() => void) | undefined;
  const forget = (count: number): void => {
    asked.splice(0, count);
    if (asked.length === 0) onNothingAsked?.();
  };

  const ask = (): void => {
    if (closed || reader === undefined || pause !== undefined || link.state() !== 'connected') return;
    const free = places - held - asked.length;
    if (free <= 0 || free < asked.length) return;
    const endsMs = performance.now() + expiresMs + GRACE_MS;
    for (let place = 0; place < free; place += 1) asked.push(endsMs);
    askedOf = reader;
    // A status comes back to where the answers go, and says there how much it ends where the server does not.
    link.send(
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.${reader}`,
      requestFor(free, expiresMs),
      `${inbox}.${free}`,
    );
  };
  /** Once for all places that come free in one turn of the event loop. */
  const askSoon = (): void => {
    if (asking) return;
    asking = true;
    process.nextTick(() => {
      asking = false;
      ask();
    });
  };

  const secure = async (): Promise<void> => {
    if (securing || closed) return;
    securing = true;
    reader = undefined;
    try {
      reader = await options.reader();
      securing = false;
      ask();
    } catch (error) {
      onError(error);
    }
  };

  const onStatus = (status: number, ended: number): void => {
    forget(ended);
    if (closed) return;
    if (status === EXPIRED || status === NO_MESSAGES) {
      ask();
      return;
    }
    if (status === REFUSED || status === UNCLAIMED) void secure();
    // A refusal would come back as fast as it is asked for.
    refusals += 1;
    const resume = (): void => {
      pause = undefined;
      ask();
    };
    pause ??= setTimeout(resume, Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(refusals, 8))).unref();
  };

  const statusPrefix = `${inbox}.`;
  const listener = link.listen(`${inbox}.*`, (message) => {
    // The server sends a status to the inbox by its own name, and a message under the subject it was published on.
    if (message.subject.startsWith(statusPrefix)) {
      const batch = Number(message.subject.slice(statusPrefix.length));
      if (message.status >= 400) onStatus(message.status, message.unfilled ?? batch);
      return;
    }
    const facts = deliveryFactsOf(message.reply);
    if (facts === undefined) return;
    refusals = 0;
    held += 1;
    onMessage(message, facts);
    forget(1);
    // The last of what was asked for may have come while others of the places were free.
    askSoon();
  });

  // The server forgets the requests of a connection that it lost.
  const reconnects = link.state$.pipe(skip(1)).subscribe({
    next(state) {
      forget(asked.length);
      if (state === 'connected') ask();
    },
    error: () => onNothingAsked?.(), // whoever holds the places hears of it from the link itself
  });
  const sweep = setInterval(() => {
    const now = performance.now();
    const waiting = asked.filter((endsMs) => endsMs > now);
    if (waiting.length < asked.length && link.state() === 'connected') void secure();
    asked = waiting;
  }, GRACE_MS).unref();
  void secure();

  const end = (): void => {
    closed = true;
    clearInterval(sweep);
    clearTimeout(pause);
  };
  /**
   * The server says the end of each request, however late, or loses the connection. It never does of a reader that it has not
   * got, or that another node of its cluster had: so it is asked, once their time is over.
   */
  const nothingAsked = async (): Promise<void> => {
    const ended = new AbortController();
    onNothingAsked = () => ended.abort();
    const isEnded = (): boolean => asked.length === 0 || link.state() !== 'connected';
    for (let questions = 0; !isEnded() && questions < SURE_QUESTIONS; questions += 1) {
      const leftMs = Math.max(...asked) - performance.now();
      await sleep(Math.max(QUESTION_PAUSE_MS, leftMs), undefined, ended).catch(() => undefined);
      if (isEnded() || (await isReaderGone())) return;
    }
  };
  const isReaderGone = async (): Promise<boolean> => {
    try {
      await link.position(stream, askedOf);
      return false;
    } catch (error) {
      return failureOf(error) === 'missing';
    }
  };
  return {
    release() {
      held -= 1;
      askSoon();
    },
    async close() {
      end();
      await nothingAsked();
      reconnects.unsubscribe();
      await listener.drain();
    },
    abandon() {
      end();
      reconnects.unsubscribe();
      listener.stop();
    },
  };
};
