/** A mute server, one that cannot write: it takes connections, and its JetStream says nothing to them. */
import {randomUUID} from 'node:crypto';
import {failureOf} from './failures.js';
import type {CoreLink} from './link.js';
import {ANSWER_TIMEOUT_MS, openRequests} from './request-reply.js';

const INFO_REQUEST = '$JS.API.INFO';

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
