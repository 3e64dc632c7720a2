/** A mute server, one that cannot write: it takes connections, and its JetStream says nothing to them. */
import {randomUUID} from 'node:crypto';
import {failureOf, MUTE_AFTER_MS} from './failures.js';
import type {CoreLink} from './link.js';
import {ANSWER_TIMEOUT_MS, openRequests} from './request-reply.js';

const INFO_REQUEST = '$JS.API.INFO';
/** Of a try: its request, and the look at whether the server is there. */
const MOST_OF_TRY_MS = 2 * ANSWER_TIMEOUT_MS;
/** Timers of a process that is awake, and gets a core, are no later than this. */
const LATE_MS = 1_000;

/**
 * By how much longer a request took to end without an answer than it may: this process itself stood still meanwhile, at a long
 * computation or without a core, and its timers ended before it read what had come. 0 where it was awake; milliseconds.
 *
 * @param limitMs when it was to end.
 */
export const stoodStillMs = (tookMs: number, limitMs: number = ANSWER_TIMEOUT_MS): number =>
  tookMs > limitMs + LATE_MS ? tookMs - limitMs : 0;

/**
 * Whether a server is mute for good: for `MUTE_AFTER_MS` of tries that follow each other. What passes between them may be time in
 * which this process had no core.
 */
export const createMuteMeter = (): ((isMute: boolean, tookMs: number) => boolean) => {
  let mutedMs = 0;
  return (isMute, tookMs) => {
    mutedMs = isMute ? mutedMs + Math.min(tookMs, MOST_OF_TRY_MS) : 0;
    return mutedMs > MUTE_AFTER_MS;
  };
};

/**
 * Tells whether the server is so, by a connection of its own each time, one for all that wonder at that moment. One that is
 * away or stands still is not.
 *
 * @param open makes the connection.
 */
export const mutenessOf = (open: () => Promise<CoreLink>): (() => Promise<boolean>) => {
  let probing: Promise<boolean> | undefined;
  return () => {
    probing ??= isMute(open).finally(() => {
      probing = undefined;
    });
    return probing;
  };
};

const isMute = async (open: () => Promise<CoreLink>): Promise<boolean> => {
  let link: CoreLink;
  try {
    link = await open();
  } catch {
    return false;
  }
  try {
    const requests = openRequests(link, `_INBOX.${randomUUID()}`, ANSWER_TIMEOUT_MS);
    await requests.request(INFO_REQUEST, (reply) => link.publish(INFO_REQUEST, '', reply));
    return false;
  } catch (error) {
    return failureOf(error) === 'timeout';
  } finally {
    await link.close();
  }
};
