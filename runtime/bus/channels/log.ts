/** Reading a log: in order of sequence, each entry once, whatever happens to the server or the connection meanwhile. */
import {filter, Observable, retry, type Subscription, skip, throwError, timer} from 'rxjs';
import type {Entry} from '../bus.js';
import {exists} from '../connection/failures.js';
import type {Link, Stamped} from '../connection/link.js';
import {withRetries} from '../connection/retries.js';
import {openPull, type Pull} from './pull.js';

/** Entries that wait in this process for their reader, at most. */
const PREFETCH = 32;
const RENEWAL_PAUSE_MS = 50;
/** Why an ephemeral consumer ends that another one takes over from. */
const STALE = Symbol('stale consumer');

export interface LogSource<T> {
  readonly stream: string;
  /** The sequence of the first entry to hand over. */
  first(): Promise<number>;
  /** Throws where the entry cannot be read. */
  decode(stamped: Stamped): T;
  /** The reading ends with this sequence, whether its entry can be read or not. Never unless given. */
  readonly through?: number | Promise<number> | undefined;
  /** Entries up to here are not asked for; 0 unless given. */
  readonly after?: number | undefined;
  /** Publishes that an entry cannot be read, by the error of `decode`, and is passed over. */
  passOver(sequence: number, error: unknown): Promise<void>;
}

interface Raw {
  readonly stamped: Stamped;
  readonly sequence: number;
}

interface OrderedConsumer {
  /** To be subscribed to once. */
  readonly entries$: Observable<Raw>;
  /** Makes room for another entry after one was taken. */
  release(): void;
  /** Resolves when the server has been told of what this reading no longer needs. */
  cleared(): Promise<void>;
}

/**
 * What NATS calls an ordered consumer: a log is followed by ephemeral consumers without acks, one after the other. Such a one
 * lives in the server's memory and does not count what got lost on the way, so it is made anew, behind the last entry that
 * arrived, after every reconnect, where it is missing, and where its sequence of deliveries has a gap.
 */
const orderedConsumer = <T>(link: Link, {stream, first}: LogSource<T>): OrderedConsumer => {
  const doing = `reading ${stream}`;
  let next: number | undefined;
  let held = 0;
  let pull: Pull | undefined;
  let clearing: Promise<void> = Promise.resolve();

  const consumer$ = new Observable<Raw>((subscriber) => {
    let creating: Promise<string> | undefined;
    let delivered = 0;
    const create = async (): Promise<string> => {
      const retries = {doing, exists: () => exists(link, stream)};
      next ??= await withRetries(link, first, retries);
      const from = next;
      return await withRetries(link, () => link.createEphemeralConsumer(stream, from), retries);
    };
    const own = openPull(link, {
      stream,
      maxMessages: PREFETCH,
      held,
      ensureConsumer() {
        if (creating !== undefined) throw STALE;
        creating = create();
        return creating;
      },
      onMessage(stamped, {streamSequence, deliverySequence}) {
        if (subscriber.closed) return;
        delivered += 1;
        if (deliverySequence !== delivered) {
          subscriber.error(STALE);
          return;
        }
        next = streamSequence + 1;
        held += 1;
        subscriber.next({stamped, sequence: streamSequence});
      },
      onError: (error) => subscriber.error(error),
    });
    pull = own;
    const changes = link.state$
      .pipe(
        skip(1),
        filter((state) => state === 'connected'),
      )
      .subscribe({
        next: () => subscriber.error(STALE),
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });

    return () => {
      changes.unsubscribe();
      own.abandon();
      clearing = forget(creating);
    };
  });
  // What cannot be deleted now, the server deletes by itself after its inactive threshold.
  const forget = async (creating: Promise<string> | undefined): Promise<void> => {
    try {
      const consumer = await creating;
      if (consumer !== undefined && link.state() === 'connected') await link.deleteConsumer(stream, consumer);
    } catch {
      // It was not made, or the server is away.
    }
  };

  return {
    entries$: consumer$.pipe(
      retry({delay: (error) => (error === STALE ? timer(RENEWAL_PAUSE_MS) : throwError(() => error))}),
    ),
    release() {
      held -= 1;
      pull?.release();
    },
    cleared: () => clearing,
  };
};

/** The entries from a sequence on, then as the log grows, pulled: at most 32 wait here while the caller is busy. */
export const readLog = <T>(link: Link, source: LogSource<T>): AsyncIterableIterator<Entry<T>> => {
  const {entries$, release, cleared} = orderedConsumer(link, source);
  const ready: Raw[] = [];
  let subscription: Subscription | undefined;
  let ended: {readonly error?: unknown} | undefined;
  let wake: (() => void) | undefined;
  /** Everything up to here was handed over or passed over. */
  let passed = source.after ?? 0;
  let through = Number.POSITIVE_INFINITY;
  const limit = (sequence: number): void => {
    through = sequence;
    wake?.();
  };
  if (typeof source.through === 'number') limit(source.through);
  else source.through?.then(limit, (error) => end({error}));
  const end = (how: {readonly error?: unknown}): void => {
    ended ??= how;
    wake?.();
  };

  const readable = (stamped: Stamped): {readonly message: T} | {readonly error: unknown} => {
    try {
      return {message: source.decode(stamped)};
    } catch (error) {
      return {error};
    }
  };
  const stop = async (): Promise<void> => {
    ready.length = 0;
    subscription?.unsubscribe();
    end({});
    await cleared();
  };

  const take = async (): Promise<IteratorResult<Entry<T>, undefined>> => {
    if (ended === undefined)
      subscription ??= entries$.subscribe({
        next(raw) {
          ready.push(raw);
          wake?.();
        },
        error: (error) => end({error}),
        complete: () => end({}),
      });
    for (;;) {
      if (passed >= through) await stop();
      const raw = ready.shift();
      if (raw !== undefined) {
        release();
        const {stamped, sequence} = raw;
        passed = sequence;
        const read = readable(stamped);
        if ('message' in read) return {done: false, value: {message: read.message, sequence}};
        await source.passOver(sequence, read.error);
      } else if (ended !== undefined) {
        if ('error' in ended) throw ended.error;
        return {done: true, value: undefined};
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  };

  /** Calls of `next` wait for each other, so that they get the entries in order. */
  let taken: Promise<unknown> = Promise.resolve();
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      const result = taken.then(take);
      taken = result.catch(() => undefined);
      return result;
    },
    async return() {
      await stop();
      return FINISHED;
    },
  };
};

const FINISHED: IteratorReturnResult<undefined> = {done: true, value: undefined};

/** The same as an Observable, which does not hold back. */
export const entriesOf = <T>(link: Link, source: LogSource<T>): Observable<Entry<T>> =>
  new Observable((subscriber) => {
    const iterator = readLog(link, source);
    const run = async (): Promise<void> => {
      for await (const entry of iterator) subscriber.next(entry);
      subscriber.complete();
    };
    run().catch((error) => subscriber.error(error));
    return () => {
      iterator.return?.()?.catch(() => undefined); // resolves: what return() does cannot fail
    };
  });
