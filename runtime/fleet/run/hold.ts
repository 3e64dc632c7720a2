/**
 * Who holds a run: one process of `anchorage up`, wherever it is.
 *
 * H1 A holder is set only where nobody was set meanwhile (compare-and-set): of two that see a run free, one gets it.
 * H2 Whether a holder of this machine is there is seen by its id and start, so that a run whose holder was killed is free at
 *    once, also where another process has the id now.
 * H3 A holder that this process cannot see says every five seconds that it is there. One that has not said so for long
 *    enough is gone.
 * H4 A holder that stood still for so long that another took over hears of it, and ends.
 */
import {randomUUID} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import {type Observable, Subject} from 'rxjs';
import type {Holder} from '../../bus/channels/holder.js';
import {TerminalError} from '../../errors.js';
import {lifeOf, ownIdentity} from '../../machine/process-alive.js';

const RENEW_MS = 5_000;
/** Several renewals: one may be late, or the server away for a moment. */
const GONE_AFTER_MS = 20_000;

/** Where a holder is written, with what compares and sets it: each value that is written has a revision of its own. */
export interface HoldStore {
  read(): Promise<{readonly value: Holder; readonly revision: number} | undefined>;
  /** Writes only where the newest revision still is this one, 0 for none. Resolves to false otherwise. */
  write(value: Holder, revision: number): Promise<boolean>;
}

export interface Hold {
  /** Emits, with the reason, when somebody else has the run. */
  readonly lost$: Observable<string>;
  release(): Promise<void>;
}

export interface HoldOptions {
  /** Told once that a holder elsewhere is listened for. */
  readonly say?: (line: string) => void;
  readonly renewMs?: number;
  readonly goneAfterMs?: number;
  /** Where the other can be chosen. */
  readonly choice?: string;
}

const described = ({pid, host, since}: Holder): string => `process ${pid} on ${host} since ${since}`;

/**
 * Takes a run for this process.
 *
 * @throws TerminalError where another holds it
 */
export const holdRun = async (
  store: HoldStore,
  run: string,
  {
    say = () => undefined,
    renewMs = RENEW_MS,
    goneAfterMs = GONE_AFTER_MS,
    choice = '--run',
  }: HoldOptions = {},
): Promise<Hold> => {
  const own: Holder = {...ownIdentity(), id: randomUUID(), since: new Date().toISOString(), released: false};
  const refuse = (holder: Holder): never => {
    throw new TerminalError(
      `run ${run} is held by ${described(holder)}: end that one first, or choose another ${choice}`,
    );
  };

  /** Resolves to whether a holder elsewhere says again that it is there. */
  const isHeard = async (holder: Holder, revision: number): Promise<boolean> => {
    say(
      `run ${run} was held by ${described(holder)}; waiting ${goneAfterMs / 1000} s to hear whether it is still there`,
    );
    for (const untilMs = performance.now() + goneAfterMs; performance.now() < untilMs; ) {
      await sleep(Math.min(renewMs, goneAfterMs) / 5);
      const now = await store.read();
      if (now !== undefined && now.revision !== revision) return now.value.id === holder.id;
    }
    return false;
  };

  for (;;) {
    const found = await store.read();
    if (found?.value.id === own.id) break; // an answer to `write` that got lost
    if (found !== undefined && !found.value.released) {
      const life = lifeOf(found.value);
      if (life === 'alive') refuse(found.value);
      if (life === 'elsewhere' && (await isHeard(found.value, found.revision))) refuse(found.value);
    }
    if (await store.write(own, found?.revision ?? 0)) break;
  }

  const lost$ = new Subject<string>();
  let isOver = false;
  const renew = async (): Promise<void> => {
    const found = await store.read();
    if (isOver) return;
    if (found !== undefined && found.value.id !== own.id) {
      isOver = true;
      lost$.next(
        `run ${run} was taken over by ${described(found.value)}, which had not heard of this process for long`,
      );
      return;
    }
    await store.write(own, found?.revision ?? 0);
  };
  let renewing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    // A disk that is full and a server that is away are met by whoever needs them.
    renewing = renewing.then(renew).catch(() => undefined);
  }, renewMs).unref();

  return {
    lost$,
    async release() {
      clearInterval(timer);
      const wasOver = isOver;
      isOver = true;
      await renewing;
      const found = wasOver ? undefined : await store.read();
      if (found?.value.id === own.id) await store.write({...own, released: true}, found.revision);
    },
  };
};
