/**
 * A pull subscription with a bound: pull requests to a consumer ask for as many messages as this process has room for. The
 * client library's own pulls (`consume`) ask for more than they were told to after a reconnect, or while their caller is busy;
 * here the sum of what is pending, pending for and not yet delivered, and what is held never exceeds `maxMessages`.
 *
 * A pull request costs the server about as much as a message, so room that comes free waits for more of it, to be pending for
 * with one batch, while at least as much is pending already: none of it can be missed meanwhile.
 */
import {setTimeout as sleep} from 'node:timers/promises';
import {skip} from 'rxjs';
import {type Backoff, backoffMs} from '../../backoff.js';
import {failureOf, NO_RESPONDERS} from '../connection/failures.js';
import type {Link, Msg} from '../connection/link.js';
import {type DeliveryInfo, deliveryInfoOf} from './ack-subject.js';

/** When a pull request expires on the server that nothing came for; another one is then sent. */
const EXPIRES_MS = 30_000;
/** A pull request that the server has not ended this long after its time is lost: server 2.9 is silent about a missing consumer. */
const GRACE_MS = 5_000;
const pullRequest = (batch: number, expiresMs: number): string =>
  JSON.stringify({batch, expires: expiresMs * 1_000_000});
/** After a refusal, which would come back as fast as it is asked for. */
const PAUSE: Backoff = {firstMs: 100, longestMs: 2_000, jitter: 0};
/** How often a server is pending for the consumer of a pull request that it has not ended in time. */
const INFO_PAUSE_MS = 1_000;
/**
 * A server that answered so many such requests, each sent after the pull's time, was at work meanwhile and has it no more. One
 * that answered none of them gives nothing to anybody.
 */
const SURE_INFOS = 5;

/** What a status message says of the pull request that it ends. */
const NO_MESSAGES = 404;
const REQUEST_TIMEOUT = 408;
const CONFLICT = 409;

export interface PullOptions {
  readonly stream: string;
  /** Messages pending and held at once, at most. */
  readonly maxMessages: number;
  /** Messages that are held from the beginning; each is released like any other. */
  readonly held?: number;
  /** After this time a pull request that is not filled expires; 30 s unless given. */
  readonly expiresMs?: number;
  /**
   * Resolves to the consumer's name, after making it where it is missing. Called at the beginning, and when the server
   * seems not to have it any more.
   */
  ensureConsumer(): Promise<string>;
  onMessage(message: Msg, info: DeliveryInfo): void;
  /** `ensureConsumer` rejected: nothing more is asked for. */
  onError(error: unknown): void;
}

export interface Pull {
  /** Makes room: one message that was handed over is held no more. */
  release(): void;
  /**
   * Asks for nothing more; resolves when the server has ended every pull request, however late it says so, and nothing more
   * can come. What still comes is handed over. The inbox is subscribed to until then: where it is not and its pull requests
   * stand, a 2.9 server takes a nak-ed message off its list for a request that nobody listens to, and forgets it until the
   * ack wait is over.
   */
  close(): Promise<void>;
  /** The same at once; what is on its way is lost. */
  abandon(): void;
}

export const openPull = (link: Link, options: PullOptions): Pull => {
  const {stream, maxMessages, expiresMs = EXPIRES_MS, onMessage, onError} = options;
  const inbox = link.createInbox();
  /** Of each pending message, asked for and not yet delivered, when its pull request must have ended, oldest first. */
  let pending: number[] = [];
  let held = options.held ?? 0;
  let refusals = 0;
  /** The consumer's name while the server is believed to have it. */
  let consumer: string | undefined;
  /** The one that was asked last. */
  let pulledFrom = '';
  let ensuring = false;
  let closed = false;
  let pulling = false;
  let pause: NodeJS.Timeout | undefined;
  /** While closing: called when nothing is pending any more. */
  let onNothingPending: (() => void) | undefined;
  const forget = (count: number): void => {
    pending.splice(0, count);
    if (pending.length === 0) onNothingPending?.();
  };

  const pull = (): void => {
    if (closed || consumer === undefined || pause !== undefined || link.state() !== 'connected') return;
    const free = maxMessages - held - pending.length;
    if (free <= 0 || free < pending.length) return;
    const endsMs = performance.now() + expiresMs + GRACE_MS;
    for (let message = 0; message < free; message += 1) pending.push(endsMs);
    pulledFrom = consumer;
    // A status comes back to where the answers go, and says there how much it ends where the server does not.
    link.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
      pullRequest(free, expiresMs),
      `${inbox}.${free}`,
    );
  };
  /** Once for all room that comes free in one turn of the event loop. */
  const pullSoon = (): void => {
    if (pulling) return;
    pulling = true;
    process.nextTick(() => {
      pulling = false;
      pull();
    });
  };

  const ensure = async (): Promise<void> => {
    if (ensuring || closed) return;
    ensuring = true;
    consumer = undefined;
    try {
      consumer = await options.ensureConsumer();
      ensuring = false;
      pull();
    } catch (error) {
      onError(error);
    }
  };

  const onStatus = (status: number, ended: number): void => {
    forget(ended);
    if (closed) return;
    if (status === REQUEST_TIMEOUT || status === NO_MESSAGES) {
      pull();
      return;
    }
    if (status === CONFLICT || status === NO_RESPONDERS) void ensure();
    refusals += 1;
    const resume = (): void => {
      pause = undefined;
      pull();
    };
    pause ??= setTimeout(resume, backoffMs(refusals, PAUSE)).unref();
  };

  const statusPrefix = `${inbox}.`;
  const subscription = link.subscribe(`${inbox}.*`, (message) => {
    // The server sends a status to the inbox by its own name, and a message under the subject it was published on.
    if (message.subject.startsWith(statusPrefix)) {
      const batch = Number(message.subject.slice(statusPrefix.length));
      if (message.status >= 400) onStatus(message.status, message.pendingMessages ?? batch);
      return;
    }
    const info = deliveryInfoOf(message.reply);
    if (info === undefined) return;
    refusals = 0;
    held += 1;
    onMessage(message, info);
    forget(1);
    // The last of what was pending may have come while there was other room.
    pullSoon();
  });

  // The server forgets the pull requests of a connection that it lost.
  const reconnects = link.state$.pipe(skip(1)).subscribe({
    next(state) {
      forget(pending.length);
      if (state === 'connected') pull();
    },
    error: () => onNothingPending?.(), // whoever pulls hears of it from the link itself
  });
  const sweep = setInterval(() => {
    const now = performance.now();
    const waiting = pending.filter((endsMs) => endsMs > now);
    if (waiting.length < pending.length && link.state() === 'connected') void ensure();
    pending = waiting;
  }, GRACE_MS).unref();
  void ensure();

  const end = (): void => {
    closed = true;
    clearInterval(sweep);
    clearTimeout(pause);
  };
  /**
   * The server says the end of each pull request, however late, or loses the connection. It never does of a consumer that it
   * has not got, or that another node of its cluster had: so it is asked for that one, once their time is over.
   */
  const nothingPending = async (): Promise<void> => {
    const ended = new AbortController();
    onNothingPending = () => ended.abort();
    const isEnded = (): boolean => pending.length === 0 || link.state() !== 'connected';
    for (let infos = 0; !isEnded() && infos < SURE_INFOS; infos += 1) {
      const leftMs = Math.max(...pending) - performance.now();
      await sleep(Math.max(INFO_PAUSE_MS, leftMs), undefined, ended).catch(() => undefined);
      if (isEnded() || (await isConsumerGone())) return;
    }
  };
  const isConsumerGone = async (): Promise<boolean> => {
    try {
      await link.consumerState(stream, pulledFrom);
      return false;
    } catch (error) {
      return failureOf(error) === 'missing';
    }
  };
  return {
    release() {
      held -= 1;
      pullSoon();
    },
    async close() {
      end();
      await nothingPending();
      reconnects.unsubscribe();
      await subscription.drain();
    },
    abandon() {
      end();
      reconnects.unsubscribe();
      subscription.unsubscribe();
    },
  };
};
