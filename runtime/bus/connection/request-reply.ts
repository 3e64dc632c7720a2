/**
 * Requests, their answers all on one inbox, as the client library's own mux subscription has them. The library's requests make
 * an error, with its stack, for every one that is answered too (`nats` 2.29.3), which costs more than all else that is done
 * for a message.
 */
import {NO_RESPONDERS, noResponders, notPermitted, timedOut} from './failures.js';
import type {CoreLink} from './link.js';

/** How long an answer may take before the request is made again. */
export const ANSWER_TIMEOUT_MS = 5_000;

export interface Requests {
  /**
   * Resolves to the answer.
   *
   * @param publish publishes the request to `subject`, its answer to go to `reply`; what it throws is the rejection
   * @throws what `failureOf` calls `timeout` after the limit, or `noResponders`
   */
  request(subject: string, publish: (reply: string) => void): Promise<Uint8Array>;
  /** Answers so far that came after their requests had ended without. */
  lateAnswers(): number;
  /** The server does not let this process publish to a subject, or subscribe to it. */
  onPermissionsViolation(subject: string): void;
}

interface PendingRequest {
  readonly subject: string;
  readonly endsMs: number;
  resolve(answer: Uint8Array): void;
  reject(error: unknown): void;
}

/** @param inbox a subject of this process only; answers come to those under it */
export const openRequests = (
  coreLink: Pick<CoreLink, 'subscribe'>,
  inbox: string,
  limitMs: number,
): Requests => {
  /** By the last token of their reply subjects; the oldest first, which is the first to end. */
  const pending = new Map<string, PendingRequest>();
  let last = 0;
  let isTimed = false;
  let late = 0;

  const taken = (token: string): PendingRequest | undefined => {
    const found = pending.get(token);
    pending.delete(token);
    return found;
  };

  const expireIn = (ms: number): void => {
    isTimed = true;
    setTimeout(expire, ms).unref();
  };
  const expire = (): void => {
    isTimed = false;
    for (const [token, {endsMs}] of pending) {
      const leftMs = endsMs - performance.now();
      if (leftMs > 0) {
        expireIn(leftMs);
        return;
      }
      taken(token)?.reject(timedOut());
    }
  };

  const answers = `${inbox}.*`;
  coreLink.subscribe(answers, ({subject, status, data}) => {
    const request = taken(subject.slice(inbox.length + 1));
    if (request === undefined) late += 1;
    if (status === NO_RESPONDERS) request?.reject(noResponders());
    else request?.resolve(data);
  });

  return {
    request: (subject, publish) =>
      new Promise((resolve, reject) => {
        last += 1;
        const token = last.toString(36);
        publish(`${inbox}.${token}`);
        pending.set(token, {subject, endsMs: performance.now() + limitMs, resolve, reject});
        if (!isTimed) expireIn(limitMs);
      }),
    lateAnswers: () => late,
    onPermissionsViolation(subject) {
      for (const [token, request] of pending)
        if (subject === request.subject || subject === answers) taken(token)?.reject(notPermitted(subject));
    },
  };
};
