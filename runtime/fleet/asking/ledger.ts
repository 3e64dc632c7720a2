/**
 * A process's side of the run's account of what models are asked: leave to send a request, and what it took.
 *
 * The account is one value of the run's key-value bucket, changed by compare-and-set. That is right over any number of machines
 * and processes without anybody who hands out shares: an even share for each would leave unused what one process does not
 * need, and count those that are gone. What a process has to say at one moment is one change, so a change costs a round trip
 * to the server for many requests, where a request takes seconds. It is read before it is changed only where others change it, too.
 *
 * Moments are by the server's clock, as it stamps what this process puts: clocks of machines may differ.
 */
import {setTimeout as sleep} from 'node:timers/promises';
import type {KeyValues} from '../../bus/bus.js';
import type {Claim} from '../../endpoints/endpoint.js';
import {
  type Account,
  type Ceilings,
  claimIn,
  type EndpointLimits,
  emptyAccount,
  type Question,
  type Reached,
  type Settled,
  settleIn,
  takeOver,
  type Use,
} from '../../endpoints/usage.js';
import {RetryableError} from '../../errors.js';

export interface Ledger {
  /**
   * Waits until the request may be sent: while the rate is used up, and while a ceiling is reached, unless that is refused.
   * Rejects with the signal's reason.
   */
  claim(question: Question, signal: AbortSignal): Promise<Claim>;
  /** Resolves when everything that was said until now is in the account. */
  settled(): Promise<void>;
  /** What processes of this name took before. */
  readonly before: Use;
}

export interface LedgerOptions {
  readonly kv: Pick<KeyValues, 'get' | 'compareAndSet'>;
  /** Such as `reviser-0`. */
  readonly process: string;
  limitsOf(endpoint: string): EndpointLimits;
  /** As they are now: they may be raised. */
  ceilings(): Ceilings;
  /** Told of each request that took something, once that is in the account. */
  onUsed(used: Use): void;
  /** Told once for all processes of the run that a ceiling is reached. */
  onReached(reached: Reached): void;
  /** What a claim is rejected with once a ceiling is spent; it waits, unless given. */
  refusal?(reached: Reached): Error;
}

/** How often it is looked whether a ceiling is raised. */
const CEILING_PAUSE_MS = 1000;
const TIMING_TRIES = 10;
/** The account is read so often at the least, for the server's clock. */
const UNREAD_MS = 10_000;
/** Of those who came too late with their change, at most. */
const LATE_PAUSE_MS = 20;

interface Waiting {
  readonly question: Question;
  granted(estimate: Use, inMs: number): void;
  failed(error: unknown): void;
}

/** Counts what a process of this name left open as spent, and learns the server's clock; others may come in between. */
const begun = async (account: ReturnType<typeof openAccount>, process: string): Promise<{before: Use}> => {
  for (let tries = 1; ; tries += 1) {
    await account.change((draft) => takeOver(draft, process));
    const now = await account.read();
    const before = now.account.processes[process];
    if (before !== undefined && (account.isTimed() || tries === TIMING_TRIES)) return {before: {...before}};
  }
};

/** Opens the account; what a process of this name left open is counted as spent. */
export const openLedger = async (options: LedgerOptions): Promise<Ledger> => {
  const {process, limitsOf, ceilings, onUsed, onReached, refusal} = options;
  const account = openAccount(options.kv, process);
  const {before} = await begun(account, process);
  const waiting = new Set<Waiting>();
  let ended: Settled[] = [];
  let written: {done(): void; failed(error: unknown): void}[] = [];
  let isAtWork = false;
  let isAsked = false;
  let alarm: NodeJS.Timeout | undefined;

  /** One change for all that is to be said now; resolves to when there may be more to do, milliseconds, if anybody waits. */
  const turn = async (): Promise<number> => {
    const settled = ended;
    const told = written;
    ended = [];
    written = [];
    let granted: {readonly who: Waiting; readonly estimate: Use; readonly inMs: number}[] = [];
    let refused: {readonly who: Waiting; readonly error: Error}[] = [];
    let reached: Reached | undefined;
    let nextMs = Number.POSITIVE_INFINITY;
    const isChanged = account.change((draft, nowMs) => {
      [granted, refused, reached, nextMs] = [[], [], undefined, Number.POSITIVE_INFINITY];
      for (const each of settled) settleIn(draft, process, each, limitsOf(each.question.endpoint));
      /** Where the first of those who wait is not yet to be sent, none of them is. */
      const later = new Set<string>();
      for (const who of waiting) {
        const {endpoint} = who.question;
        if (later.has(endpoint)) continue;
        const claimed = claimIn(draft, process, who.question, {
          limits: limitsOf(endpoint),
          ceilings: ceilings(),
          nowMs,
        });
        if (claimed.kind === 'granted') {
          granted.push({who, estimate: claimed.estimate, inMs: claimed.atMs - nowMs});
          continue;
        }
        if (claimed.kind === 'over') {
          reached ??= claimed.reached;
          if (refusal !== undefined && claimed.spent !== undefined) {
            refused.push({who, error: refusal(claimed.spent)});
            continue;
          }
        }
        later.add(endpoint);
        nextMs = Math.min(nextMs, claimed.kind === 'later' ? claimed.inMs : CEILING_PAUSE_MS);
      }
      return settled.length > 0 || granted.length > 0 || reached !== undefined;
    });
    try {
      await isChanged;
    } catch (error) {
      // Said again with what comes next.
      ended = [...settled, ...ended];
      for (const each of told) each.failed(error);
      throw error;
    }
    for (const {used} of settled) if (used !== undefined) onUsed(used);
    for (const each of told) each.done();
    for (const {who, estimate, inMs} of granted) {
      // Whoever gave up meanwhile sends nothing.
      if (waiting.delete(who)) who.granted(estimate, inMs);
      else settle({question: who.question, estimate, used: undefined});
    }
    for (const {who, error} of refused) if (waiting.delete(who)) who.failed(error);
    if (reached !== undefined) onReached(reached);
    return nextMs;
  };

  const work = async (): Promise<void> => {
    if (isAtWork) return;
    isAtWork = true;
    clearTimeout(alarm);
    try {
      let nextMs: number;
      do {
        isAsked = false;
        nextMs = await turn();
      } while (isAsked);
      if (nextMs < Number.POSITIVE_INFINITY) alarm = setTimeout(begin, nextMs);
    } catch (error) {
      for (const each of [...waiting, ...written]) each.failed(error);
      waiting.clear();
      written = [];
    } finally {
      isAtWork = false;
    }
  };
  /** At the end of this turn of the event loop: what comes together is said together. */
  const begin = (): void => {
    isAsked = true;
    setImmediate(() => void work());
  };

  const settle = (what: Settled): void => {
    ended.push(what);
    begin();
  };

  const leave = (question: Question, signal: AbortSignal): Promise<{estimate: Use; inMs: number}> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const away = (): void => {
        if (waiting.delete(who)) reject(signal.reason);
      };
      const over =
        <T extends unknown[]>(end: (...values: T) => void) =>
        (...values: T): void => {
          signal.removeEventListener('abort', away);
          end(...values);
        };
      const who: Waiting = {
        question,
        granted: over((estimate, inMs) => resolve({estimate, inMs})),
        failed: over(reject),
      };
      signal.addEventListener('abort', away, {once: true});
      waiting.add(who);
      begin();
    });

  return {
    before,
    settled: () =>
      new Promise((done, failed) => {
        if (ended.length === 0 && !isAtWork) return done();
        written.push({done, failed});
        begin();
      }),
    async claim(question, signal) {
      const {estimate, inMs} = await leave(question, signal);
      try {
        signal.throwIfAborted();
        if (inMs > 0) await sleep(inMs, undefined, {signal});
      } catch {
        settle({question, estimate, used: undefined});
        throw signal.reason;
      }
      return {estimate, settle: (used) => settle({question, estimate, used})};
    },
  };
};

/** The account, as one process changes it. */
const openAccount = (kv: LedgerOptions['kv'], process: string) => {
  /** The newest change of this process, and when it was put by this machine's clock. */
  let own = {turn: 0, atMs: 0};
  /** The server's clock less this machine's; undefined until it is known. */
  let aheadMs: number | undefined;
  /** As this process put it last, where nobody had come between that and its change before; until when it may be taken for what is there. */
  let put: {readonly account: Account; readonly revision: number; readonly untilMs: number} | undefined;
  const turnIn = (account: Account | undefined): number => account?.processes[process]?.turn ?? 0;

  const read = async () => {
    const found = await kv.get<Account>('usage');
    // The server's stamp is that of the change of this process where nobody came after it.
    const isOwn = found?.value.by === process && turnIn(found.value) === own.turn;
    if (isOwn) aheadMs = found.timeMs - own.atMs;
    const untilMs = isOwn ? performance.now() + UNREAD_MS : 0;
    return {account: found?.value ?? emptyAccount(), revision: found?.revision ?? 0, untilMs};
  };
  /** What was put, once: only that another change of it is made shows that it still was what is there. */
  const takePut = (): typeof put => {
    const last = put;
    put = undefined;
    return last !== undefined && performance.now() < last.untilMs ? last : undefined;
  };
  return {
    read,
    isTimed: (): boolean => aheadMs !== undefined,
    /** Changes it from what it then is, again where another process came first; `how` returns whether there is anything to change. */
    async change(how: (draft: Account, nowMs: number) => boolean): Promise<void> {
      /** The turn of a change whose answer got lost: the change itself may be there, or come yet. */
      let tried: number | undefined;
      for (;;) {
        const last = takePut();
        const {account, revision, untilMs} = last ?? (await read());
        if (tried !== undefined && turnIn(account) >= tried) return;
        if (!how(account, Date.now() + (aheadMs ?? 0))) {
          // That there is nothing to do may be others' doing by now.
          if (last !== undefined) continue;
          return;
        }
        const turn = turnIn(account) + 1;
        const place = account.processes[process];
        if (place !== undefined) place.turn = turn;
        account.by = process;
        const putMs = Date.now();
        try {
          const changed = await kv.compareAndSet('usage', account, revision);
          if (changed !== undefined) {
            own = {turn, atMs: (putMs + Date.now()) / 2};
            put = {account, revision: changed, untilMs};
            return;
          }
        } catch (error) {
          if (!(error instanceof RetryableError)) throw error;
          tried = turn;
        }
        await sleep(Math.random() * LATE_PAUSE_MS);
      }
    },
  };
};
