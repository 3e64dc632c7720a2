/** A log from its newest entry on towards its first. */
import type {Entry} from '../bus.js';
import {unlessMissing} from '../connection/failures.js';
import type {Link, Stamped} from '../connection/link.js';
import {withRetries} from '../connection/retries.js';
import type {LogSource} from './log.js';

export interface Newest<T> extends Pick<LogSource<T>, 'stream' | 'decode' | 'passOver'> {
  readonly subject: string;
}

interface Found<T> {
  readonly sequence: number;
  /** Undefined where it cannot be read, which is then said. */
  readonly entry: Entry<T> | undefined;
}

export async function* backwards<T>(link: Link, source: Newest<T>): AsyncGenerator<Found<T>> {
  const {stream, subject} = source;
  const ask = <A>(work: () => Promise<A>): Promise<A | undefined> =>
    withRetries(link, () => unlessMissing(work()), {doing: `reading the newest of ${stream}`});
  const newest = await ask(() => link.getLastMessage(stream, subject));
  if (newest === undefined) return;
  yield await found(source, newest.sequence, newest);
  for (let sequence = newest.sequence - 1; sequence > 0; sequence -= 1) {
    const stamped = await ask(() => link.getMessage(stream, sequence));
    if (stamped === undefined) return;
    yield await found(source, sequence, stamped);
  }
}

/** The newest entry that can be read. */
export const newestOf = async <T>(link: Link, source: Newest<T>): Promise<Entry<T> | undefined> => {
  for await (const {entry} of backwards(link, source)) if (entry !== undefined) return entry;
  return undefined;
};

/** Where a log goes on after `after` with nothing but entries that nobody can read, the newest of them. */
export const unreadableAfter = async <T>(
  link: Link,
  source: Newest<T>,
  after: number,
): Promise<number | undefined> => {
  let newest: number | undefined;
  for await (const {sequence, entry} of backwards(link, source)) {
    if (sequence <= after) break;
    if (entry !== undefined) return undefined;
    newest ??= sequence;
  }
  return newest;
};

const found = async <T>(source: Newest<T>, sequence: number, stamped: Stamped): Promise<Found<T>> => {
  let message: T;
  try {
    message = source.decode(stamped);
  } catch (error) {
    await source.passOver(sequence, error);
    return {sequence, entry: undefined};
  }
  return {sequence, entry: {message, sequence}};
};
