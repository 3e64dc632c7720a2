/**
 * What models behind endpoints answered, by the hash of what was asked: beside the runs of a server, which share it, as the folder
 * of answers is beside the runs of a machine.
 *
 * S1 It is there where somebody made it. The private server of a run has none: whoever reaches that shares the folder.
 * S2 It is bounded: the oldest answers go first, and whoever misses one asks again.
 * S3 It is a convenience. One try, and no wait for a server that is away; what comes from it is checked by whoever uses it. That
 *    nobody answers takes seconds to be seen: then nothing is looked for or kept for a minute.
 */
import {TerminalError} from '../../errors.js';
import {SHA256_PATTERN} from '../channels/doors.js';
import {ANSWERS_STREAM, ANSWERS_SUBJECT} from '../channels/subjects.js';
import {type Failure, failureOf} from '../connection/failures.js';
import type {Link} from '../connection/link.js';

/** Some hundred thousand short answers. */
const MOST_BYTES = 256 * 1024 * 1024;

const REST_MS = 60_000;
/** A stream that was deleted is timed out on, too: JetStream itself listens on the subjects of its requests. */
const UNANSWERED: readonly Failure[] = ['timeout', 'away', 'noResponders'];

export interface Answers {
  /** Makes it where it is missing. Rejects where the server has no room for it, or does not allow it. */
  make(): Promise<void>;
  isThere(): Promise<boolean>;
  /** What is kept of a hash, hexadecimal; undefined for nothing, and while nobody looks (S3). */
  get(sha256: string): Promise<Uint8Array | undefined>;
  /** Keeps nothing while nobody does (S3). */
  put(sha256: string, answer: Uint8Array): Promise<void>;
}

/** @param now milliseconds of a clock that never goes back. */
export const openAnswers = (
  link: Pick<Link, 'ensureStore' | 'streamState' | 'directGet' | 'put'>,
  now: () => number = () => performance.now(),
): Answers => {
  let restsUntilMs = Number.NEGATIVE_INFINITY;
  const orRest = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    if (now() < restsUntilMs) return undefined;
    try {
      return await work();
    } catch (error) {
      const failure = failureOf(error);
      if (failure === 'missing') return undefined;
      if (UNANSWERED.includes(failure)) restsUntilMs = now() + REST_MS;
      throw error;
    }
  };
  const subjectOf = (sha256: string): string => {
    // In a subject, a point or a star would make it another one.
    if (!SHA256_PATTERN.test(sha256)) throw new TerminalError(`${JSON.stringify(sha256)} is no SHA-256`);
    return `${ANSWERS_SUBJECT}.${sha256}`;
  };
  return {
    make: () => link.ensureStore(ANSWERS_STREAM, ANSWERS_SUBJECT, MOST_BYTES),
    async isThere() {
      try {
        await link.streamState(ANSWERS_STREAM);
        return true;
      } catch {
        return false;
      }
    },
    async get(sha256) {
      const subject = subjectOf(sha256);
      return orRest(() => link.directGet(ANSWERS_STREAM, subject));
    },
    async put(sha256, answer) {
      const subject = subjectOf(sha256);
      await orRest(() => link.put(subject, answer));
    },
  };
};
