/**
 * What the members of one epoch of a sharded learner send each other, on a connection of its own: core NATS messages, which
 * are lost where a server restarts or nobody listens yet. So
 *
 * X1 A member keeps what it sent, and sends it again to a member that asks. Whoever waits for values asks for what is missing
 *    of them: again and again, less and less often, and at once when its connection is back.
 * X2 A tag begins with the number of its step, and a point: `12.gradient.0.1`. What was sent or has come is forgotten when
 *    this member is at the second step after: by then all others have finished that one, or have failed.
 * X3 Values that were received are the caller's until it begins the next step; then their memory takes others.
 * X4 Frames of another epoch are dropped. One that was altered on its way is an error that names member and tag.
 */
import {RetryableError, TerminalError} from '../errors.js';
import {narrowToBfloat16, widenBfloat16} from '../half-precision.js';
import {arrivals, keyOf} from './arrivals.js';
import {openLine} from './connection.js';
import {frameOf, type Header, isIntact, readFrame, type WireType} from './frames.js';
import type {Wire} from './link.js';
import {chunkedSender} from './sender.js';
import {RUN_PATTERN, shardsSubjectOf} from './subjects.js';

/** - `timeout`: the values did not come. - `left`: the member, or this one, closed its exchange. - `corrupt`: see X4. */
export type ExchangeFailure = 'timeout' | 'left' | 'corrupt';

export class ExchangeError extends RetryableError {
  override name = 'ExchangeError';
  readonly kind: ExchangeFailure;
  /** Whose values were waited for, or to whom they were to go. */
  readonly member: number;

  constructor(kind: ExchangeFailure, member: number, tag: string) {
    super(`${tag} of member ${member} ${said[kind]}`);
    this.kind = kind;
    this.member = member;
  }
}
const said: Readonly<Record<ExchangeFailure, string>> = {
  timeout: 'did not come in time',
  left: 'will not come: it left, or this member did',
  corrupt: 'was altered on its way',
};

export interface ExchangeOptions {
  /** As NATS_URL. */
  readonly url: string;
  readonly run: string;
  /** Members of another epoch are not heard. */
  readonly epoch: number;
  readonly self: number;
  readonly members: number;
  /** How long values may take from when they are asked for. Time without a server does not count. */
  readonly timeoutMs: number;
  /** What `send` makes of values; what is broadcast stays float32. */
  readonly wire?: WireType;
}

/** As `Exchange` of `runtime/learning`, which says what its calls mean; failures are `ExchangeError`s. */
export interface OpenExchange {
  readonly members: number;
  readonly self: number;
  send(to: number, tag: string, values: Float32Array): Promise<void>;
  broadcast(tag: string, values: Float32Array): Promise<void>;
  receive(from: number, tag: string): Promise<Float32Array>;
  /** What a receiver would have of values that are sent: a sum is the same on all only where own terms are taken so too. */
  asSent(values: Float32Array): Float32Array;
  /** Tells the others that nothing more will come, and ends what waits here. */
  close(): Promise<void>;
}

interface Waiter {
  readonly from: number;
  readonly tag: string;
  readonly resolve: (values: Float32Array) => void;
  readonly reject: (error: ExchangeError) => void;
  deadlineMs: number;
  askAtMs: number;
  patienceMs: number;
}

interface Kept {
  readonly to: number | 'all';
  readonly tag: string;
  readonly type: WireType;
  readonly values: Float32Array;
  /** On its way already: whoever asks meanwhile gets it without asking. */
  sending: boolean;
}

/** Before the first question; doubles with each. */
const FIRST_PATIENCE_MS = 250;
const LONGEST_TICK_MS = 50;

/** Resolves when the others can reach this member. */
export async function openExchange(options: ExchangeOptions): Promise<OpenExchange> {
  const {url, run, epoch, self, members, timeoutMs, wire = 'float32'} = options;
  if (!RUN_PATTERN.test(run)) throw new TerminalError(`'${run}' cannot be the id of a run`);
  const asSent = (values: Float32Array): Float32Array => (wire === 'float32' ? values : rounded(values));
  if (members === 1) return alone(asSent);

  const line = await openLine({url, name: `${run}/shard-${self}-of-epoch-${epoch}`});
  const sender = chunkedSender(line);
  const arrived = arrivals();
  const kept = new Map<string, Kept>();
  const waiting = new Map<string, Waiter>();
  const altered = new Map<string, string>();
  const gone = new Set<number>();
  let step = -1;
  let closed = false;
  const headerOf = (kind: Header['kind'], tag: string) => ({kind, epoch, from: self, tag});

  const isOld = (tag: string): boolean => !(stepOf(tag) >= step - 1);
  function arriveAt(tag: string): void {
    const next = stepOf(tag);
    if (Number.isNaN(next)) throw new Error(`the tag ${tag} does not begin with its step's number`);
    if (next <= step) return;
    step = next;
    arrived.forget(isOld);
    arrived.reclaim();
    for (const [key, {tag}] of kept) if (isOld(tag)) kept.delete(key);
    for (const [key, tag] of altered) if (isOld(tag)) altered.delete(key);
  }

  function hear({data}: Wire): void {
    const frame = readFrame(data);
    if (frame === undefined || frame.epoch !== epoch || frame.from >= members || frame.from === self) return;
    const {kind, from, tag} = frame;
    const key = keyOf(from, tag);
    if (!isIntact(data, frame)) {
      altered.set(key, tag);
      fail(key, 'corrupt');
    } else if (kind === 'left') {
      gone.add(from);
      for (const [key, waiter] of waiting) if (waiter.from === from) fail(key, 'left');
    } else if (kind === 'ask') {
      const values = kept.get(keyOf(from, tag)) ?? kept.get(keyOf('all', tag));
      // What fails now is asked for once more.
      if (values?.sending === false) transmit(values, from, frame.chunk).catch(() => undefined);
    } else if (!isOld(tag) && arrived.add(frame)) {
      const waiter = waiting.get(key);
      const values = waiter && arrived.take(from, tag);
      if (values !== undefined) {
        waiting.delete(key);
        waiter?.resolve(values);
      }
    }
  }

  function fail(key: string, kind: ExchangeFailure): void {
    const waiter = waiting.get(key);
    waiting.delete(key);
    waiter?.reject(new ExchangeError(kind, waiter.from, waiter.tag));
  }

  async function transmit(letter: Kept, to: number | 'all', fromChunk = 0): Promise<void> {
    const {tag, type, values} = letter;
    letter.sending = true;
    const header = {...headerOf('values', tag), type};
    const {handedOver, taken} = sender.send(shardsSubjectOf(run, epoch, to), header, values, fromChunk);
    taken.then(
      () => {
        letter.sending = false;
      },
      () => undefined,
    );
    try {
      await handedOver;
    } catch (error) {
      throw closed ? new ExchangeError('left', self, tag) : error;
    }
  }

  /** Questions for what is missing, after all that is on its way to this member has come. */
  async function ask(due: readonly Waiter[]): Promise<void> {
    await line.flush();
    for (const {from, tag} of due) {
      if (!waiting.has(keyOf(from, tag))) continue;
      const chunk = arrived.missing(from, tag);
      const header = {...headerOf('ask', tag), type: wire, length: 0, chunk, chunks: chunk + 1, first: 0};
      line.send(shardsSubjectOf(run, epoch, from), frameOf(header));
    }
  }

  function tick(): void {
    if (line.state() !== 'connected') return;
    const now = performance.now();
    for (const [key, {deadlineMs}] of waiting) if (deadlineMs <= now) fail(key, 'timeout');
    const due = [...waiting.values()].filter(({askAtMs}) => askAtMs <= now);
    for (const waiter of due) {
      waiter.patienceMs = Math.min(2 * waiter.patienceMs, timeoutMs / 4);
      waiter.askAtMs = now + waiter.patienceMs;
    }
    // A connection that is lost meanwhile asks when it is back.
    if (due.length > 0) ask(due).catch(() => undefined);
  }

  function end(): void {
    closed = true;
    clearInterval(ticking);
    states.unsubscribe();
    for (const key of [...waiting.keys()]) fail(key, 'left');
    kept.clear();
  }

  const patienceMs = Math.min(FIRST_PATIENCE_MS, timeoutMs / 4);
  const ticking = setInterval(tick, Math.min(LONGEST_TICK_MS, timeoutMs / 8));
  const states = line.state$.subscribe({
    next(state) {
      if (state !== 'connected') return;
      const now = performance.now();
      for (const waiter of waiting.values()) {
        waiter.deadlineMs = Math.max(waiter.deadlineMs, now + timeoutMs);
        Object.assign(waiter, {askAtMs: now, patienceMs});
      }
    },
    error: () => end(),
  });
  for (const to of [self, 'all'] as const) line.listen(shardsSubjectOf(run, epoch, to), hear);
  try {
    await line.flush();
  } catch (error) {
    end();
    await line.close();
    throw new RetryableError(`no answer from the NATS server at ${line.address}`, {cause: error});
  }

  async function dispatch(to: number | 'all', tag: string, type: WireType, values: Float32Array) {
    if (closed) throw new ExchangeError('left', self, tag);
    arriveAt(tag);
    const letter = {to, tag, type, values, sending: false};
    kept.set(keyOf(to, tag), letter);
    await transmit(letter, to);
  }

  return {
    members,
    self,
    asSent,
    send: (to, tag, values) => dispatch(to, tag, wire, values),
    broadcast: (tag, values) => dispatch('all', tag, 'float32', values),
    receive(from, tag) {
      return new Promise((resolve, reject) => {
        arriveAt(tag);
        const key = keyOf(from, tag);
        const values = arrived.take(from, tag);
        const now = performance.now();
        if (altered.has(key)) reject(new ExchangeError('corrupt', from, tag));
        else if (values !== undefined) resolve(values);
        else if (closed || gone.has(from)) reject(new ExchangeError('left', from, tag));
        else {
          const [deadlineMs, askAtMs] = [now + timeoutMs, now + patienceMs];
          waiting.set(key, {from, tag, resolve, reject, deadlineMs, askAtMs, patienceMs});
        }
      });
    },
    async close() {
      if (closed) return;
      end();
      if (line.state() === 'connected') {
        const header = {...headerOf('left', ''), type: wire, length: 0, chunk: 0, chunks: 1, first: 0};
        line.send(shardsSubjectOf(run, epoch, 'all'), frameOf(header));
      }
      await line.close();
    },
  };
}

const alone = (asSent: OpenExchange['asSent']): OpenExchange => ({
  members: 1,
  self: 0,
  asSent,
  async send(to, tag) {
    throw new ExchangeError('left', to, tag);
  },
  async broadcast() {},
  async receive(from, tag) {
    throw new ExchangeError('left', from, tag);
  },
  async close() {},
});

function rounded(values: Float32Array): Float32Array {
  const halves = new Uint16Array(values.length);
  narrowToBfloat16(values, halves);
  const wide = new Float32Array(values.length);
  widenBfloat16(halves, wide);
  return wide;
}

/** The step that a tag begins with; no number where it begins with none. */
const stepOf = (tag: string): number => Number(/^(\d+)\./.exec(tag)?.[1]);
