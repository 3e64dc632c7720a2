/** Trying again: what a publication or a request does while a queue is full or the server is away. */
import {
  catchError,
  EMPTY,
  filter,
  firstValueFrom,
  from,
  map,
  merge,
  NEVER,
  Observable,
  of,
  race,
  take,
  timer,
} from 'rxjs';
import {type Backoff, backoffMs} from '../../backoff.js';
import {RetryableError, TerminalError} from '../../errors.js';
import {alarmsOf} from './alarms.js';
import {
  deleted,
  explain,
  type Failure,
  failureOf,
  jetStreamMute,
  jetStreamOff,
  stayedAway,
} from './failures.js';
import type {Link, LinkState} from './link.js';
import {createMuteMeter, stoodStillMs} from './mute.js';

/** So that waiting writers do not come back in one wave. */
const WAIT: Backoff = {firstMs: 20, longestMs: 500, jitter: 0.5};
/** Tries with no responders before it is asked whether the stream is still there. */
const NO_RESPONDERS_TRIES = 4;
/** A server that comes back has its streams within a moment, before it takes connections. */
const OFF_AFTER_MS = 6_000;
const FLUSH_LIMIT_MS = 5_000;

/** What passes by itself. */
const passing: ReadonlySet<string> = new Set<Failure>(['full', 'away', 'timeout', 'noResponders']);

export interface Retries {
  /** What is tried, for a person: `publishing to completions`. */
  readonly doing: string;
  readonly signal?: AbortSignal | undefined;
  /** Asks the server whether what the try needs still exists. Where it does not, no wait can help. */
  readonly exists?: () => Promise<boolean>;
}

/** Errors with the signal's reason when it is aborted; never emits. */
const aborted = (signal: AbortSignal | undefined): Observable<never> =>
  signal === undefined
    ? NEVER
    : new Observable<never>((subscriber) => {
        const fail = (): void => subscriber.error(signal.reason);
        if (signal.aborted) fail();
        signal.addEventListener('abort', fail);
        return () => signal.removeEventListener('abort', fail);
      });

/** Emits once the link is in one of these states. */
const reached = (link: Link, ...states: LinkState[]): Observable<'changed'> =>
  merge(link.state$, NEVER).pipe(
    filter((state) => states.includes(state)),
    take(1),
    map(() => 'changed'),
  );

const disconnects = alarmsOf((link: Link, alarm) => {
  link.state$.subscribe({
    next: (state) => {
      if (state !== 'connected') alarm.ring();
    },
    error: () => undefined, // `closed` came before
  });
});
const aborts = alarmsOf((signal: AbortSignal, alarm) => {
  signal.addEventListener('abort', () => alarm.ring(), {once: true});
});

/**
 * One try. Resolves to `changed` where the connection is lost before it ends: what the connection took along with it would
 * only end by its timeout. Every message passes here, so there is no Observable in it.
 */
const tryOnce = <T>(
  link: Link,
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<{readonly value: T} | 'changed'> =>
  new Promise((resolve, reject) => {
    const working = work();
    const forgetLoss = disconnects(link).wait(() => {
      forgetAbort?.();
      resolve('changed');
    });
    const forgetAbort =
      signal === undefined
        ? undefined
        : aborts(signal).wait(() => {
            forgetLoss();
            reject(signal.reason);
          });
    const forget = (): void => {
      forgetLoss();
      forgetAbort?.();
    };
    working.then(
      (value) => {
        forget();
        resolve({value});
      },
      (error) => {
        forget();
        reject(error);
      },
    );
  });

/** Whether the server takes what this process sends: one that stands still, or a connection that is cut, takes nothing. */
const answers = (link: Link): Promise<boolean> =>
  firstValueFrom(
    race(from(link.flush()).pipe(map(() => true)), timer(FLUSH_LIMIT_MS).pipe(map(() => false))).pipe(
      catchError(() => of(false)),
    ),
  );

/** Whether the server is there while its JetStream says nothing. It may have stopped reading this process's connection. */
const isMuteNow = async (link: Link): Promise<boolean> => {
  const found = await Promise.all([answers(link), link.isMute()]);
  return found.includes(true);
};

/** Whether there is no JetStream at all, rather than one of a cluster's servers that is away with its streams. */
const isOff = async (link: Link): Promise<boolean> => {
  try {
    await link.request('$JS.API.INFO', '');
    return false;
  } catch (error) {
    return failureOf(error) === 'noResponders';
  }
};

/**
 * Repeats `work` for as long as what stops it passes by itself: a queue that is full, however long, or a server that is
 * away, for `link.serverAwayMs` without a break. `work` must be safe to repeat after it took effect unseen.
 *
 * @throws the signal's reason; a TerminalError or RetryableError for anything else
 */
export const withRetries = async <T>(link: Link, work: () => Promise<T>, retries: Retries): Promise<T> => {
  const {doing, signal, exists} = retries;
  let awaySinceMs = performance.now();
  let noResponders = 0;
  let noRespondersSinceMs: number | undefined;
  const isMuteForGood = createMuteMeter();
  let lateAnswers = link.lateAnswers();
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    if (link.state() === 'closed')
      throw new RetryableError(`the connection to ${link.address} was closed while ${doing}`);
    let failure: string = 'away';
    const beganMs = performance.now();
    if (link.state() === 'connected') {
      try {
        const outcome = await tryOnce(link, work, signal);
        if (outcome !== 'changed') return outcome.value;
      } catch (error) {
        signal?.throwIfAborted();
        failure = failureOf(error);
        if (!passing.has(failure)) throw explain(error, link.address, doing);
      }
    }
    noResponders = failure === 'noResponders' ? noResponders + 1 : 0;
    noRespondersSinceMs = failure === 'noResponders' ? (noRespondersSinceMs ?? performance.now()) : undefined;
    if (noRespondersSinceMs !== undefined && performance.now() - noRespondersSinceMs > OFF_AFTER_MS) {
      if (await isOff(link)) throw jetStreamOff(link.address, doing);
      noRespondersSinceMs = undefined;
    }
    const ownMs = failure === 'timeout' ? stoodStillMs(performance.now() - beganMs) : 0;
    awaySinceMs += ownMs;
    // While the server stands still, its JetStream does, too: only what it leaves out while it answers counts, and nothing that
    // it answers late, as one that gets no core does. A cluster may be about to find a leader, or to get a node back.
    const isSilent = failure === 'timeout' && ownMs === 0 && !link.isCluster() && (await isMuteNow(link));
    const isMute = isSilent && link.lateAnswers() === lateAnswers;
    lateAnswers = link.lateAnswers();
    if (isMuteForGood(isMute, performance.now() - beganMs))
      throw new TerminalError(jetStreamMute(link.address, doing));
    if (noResponders >= NO_RESPONDERS_TRIES && exists !== undefined) {
      if (!(await exists())) throw deleted(link.address, doing);
      noResponders = 0;
    }
    // A full queue was refused by a server that is there.
    if (failure === 'full') awaySinceMs = performance.now();
    if (performance.now() - awaySinceMs > link.serverAwayMs) throw stayedAway(link, doing);
    const pause = link.state() === 'connected' ? timer(backoffMs(attempt, WAIT)) : timer(WAIT.longestMs);
    await firstValueFrom(
      merge(pause, link.state() === 'away' ? reached(link, 'connected', 'closed') : EMPTY, aborted(signal)),
    );
  }
};
