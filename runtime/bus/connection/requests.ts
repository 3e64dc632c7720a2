/**
 * Questions that are answered once, all on one inbox. The client library's own requests make an error, with its stack, for
 * every one that is answered too, which costs more than all else that is done for a message.
 */
import {notPermitted, silent, UNCLAIMED, unclaimed} from './failures.js';
import type {Line} from './link.js';

export interface Questions {
  /**
   * Resolves to the answer.
   *
   * @param post publishes the question to `subject`, its answer to go to `reply`; what it throws is the rejection
   * @throws what `failureOf` calls `silent` after the limit, or `unclaimed` where nobody takes the question
   */
  ask(subject: string, post: (reply: string) => void): Promise<Uint8Array>;
  /** The server does not let this process publish to a subject, or listen to it. */
  refuse(subject: string): void;
}

interface Asked {
  readonly subject: string;
  readonly endsMs: number;
  resolve(answer: Uint8Array): void;
  reject(error: unknown): void;
}

/** @param inbox a subject of this process only; answers come to those under it */
export const openQuestions = (line: Pick<Line, 'listen'>, inbox: string, limitMs: number): Questions => {
  /** By the last token of where its answer goes; the oldest first, which is the first to end. */
  const asked = new Map<string, Asked>();
  let last = 0;
  let isTimed = false;

  const taken = (token: string): Asked | undefined => {
    const found = asked.get(token);
    asked.delete(token);
    return found;
  };

  const expireIn = (ms: number): void => {
    isTimed = true;
    setTimeout(expire, ms).unref();
  };
  const expire = (): void => {
    isTimed = false;
    for (const [token, {endsMs}] of asked) {
      const leftMs = endsMs - performance.now();
      if (leftMs > 0) {
        expireIn(leftMs);
        return;
      }
      taken(token)?.reject(silent());
    }
  };

  const answers = `${inbox}.*`;
  line.listen(answers, ({subject, status, data}) => {
    const question = taken(subject.slice(inbox.length + 1));
    if (status === UNCLAIMED) question?.reject(unclaimed());
    else question?.resolve(data);
  });

  return {
    ask: (subject, post) =>
      new Promise((resolve, reject) => {
        last += 1;
        const token = last.toString(36);
        post(`${inbox}.${token}`);
        asked.set(token, {subject, endsMs: performance.now() + limitMs, resolve, reject});
        if (!isTimed) expireIn(limitMs);
      }),
    refuse(refused) {
      for (const [token, {subject}] of asked)
        if (refused === subject || refused === answers) taken(token)?.reject(notPermitted(refused));
    },
  };
};
