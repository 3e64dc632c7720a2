/** Who waits for values of other members, for how long, and when they are asked for again. */
import {keyOf} from './arrivals.js';
import {ExchangeError, type ExchangeFailure} from './exchange-error.js';

export interface Awaited {
  readonly from: number;
  readonly tag: string;
}

interface Waiter extends Awaited {
  readonly resolve: (values: Float32Array) => void;
  readonly reject: (error: ExchangeError) => void;
  deadlineMs: number;
  askAtMs: number;
  askAgainMs: number;
}

export interface Waiters {
  wait(from: number, tag: string): Promise<Float32Array>;
  has(from: number, tag: string): boolean;
  resolve(from: number, tag: string, values: Float32Array): void;
  fail(from: number, tag: string, kind: ExchangeFailure): void;
  /** Fails all who wait for a member, or for anybody. */
  failAll(kind: ExchangeFailure, from?: number): void;
  /** Fails those whose time is over. Of the others, those whose values are to be asked for now; less often each time. */
  due(): readonly Awaited[];
  /** Gives all their time anew; what they wait for is due at once. */
  renew(): void;
}

/** Before values are asked for the first time; doubles with each. */
const FIRST_ASK_MS = 250;

/** @param timeoutMs how long each may wait. */
export const createWaiters = (timeoutMs: number, clock = (): number => performance.now()): Waiters => {
  const waiting = new Map<string, Waiter>();
  const longestAskAgainMs = timeoutMs / 4;
  const askAgainMs = Math.min(FIRST_ASK_MS, longestAskAgainMs);

  const taken = (from: number, tag: string): Waiter | undefined => {
    const key = keyOf(from, tag);
    const waiter = waiting.get(key);
    waiting.delete(key);
    return waiter;
  };
  const fail = (from: number, tag: string, kind: ExchangeFailure): void =>
    taken(from, tag)?.reject(new ExchangeError(kind, from, tag));

  return {
    wait: (from, tag) =>
      new Promise((resolve, reject) => {
        const now = clock();
        const [deadlineMs, askAtMs] = [now + timeoutMs, now + askAgainMs];
        waiting.set(keyOf(from, tag), {from, tag, resolve, reject, deadlineMs, askAtMs, askAgainMs});
      }),
    has: (from, tag) => waiting.has(keyOf(from, tag)),
    resolve: (from, tag, values) => taken(from, tag)?.resolve(values),
    fail,
    failAll(kind, of) {
      for (const {from, tag} of [...waiting.values()])
        if (of === undefined || of === from) fail(from, tag, kind);
    },
    due() {
      const now = clock();
      for (const {from, tag, deadlineMs} of [...waiting.values()])
        if (deadlineMs <= now) fail(from, tag, 'timeout');
      const due = [...waiting.values()].filter(({askAtMs}) => askAtMs <= now);
      for (const waiter of due) {
        waiter.askAgainMs = Math.min(2 * waiter.askAgainMs, longestAskAgainMs);
        waiter.askAtMs = now + waiter.askAgainMs;
      }
      return due;
    },
    renew() {
      const now = clock();
      for (const waiter of waiting.values()) {
        waiter.deadlineMs = Math.max(waiter.deadlineMs, now + timeoutMs);
        Object.assign(waiter, {askAtMs: now, askAgainMs});
      }
    },
  };
};
