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
 * X5 Memory is taken for no more values than can be due: for lengths about as this member sends and asks for, and tags of
 *    steps near its own. What is dropped because it came before that was known is asked for again, by X1.
 */
import {Subscription} from 'rxjs';
import {RUN_PATTERN, shardsSubjectOf} from '../bus/channels/subjects.js';
import {openCoreLink} from '../bus/connection/connection.js';
import type {Msg} from '../bus/connection/link.js';
import {RetryableError, TerminalError} from '../errors.js';
import {narrowToBfloat16, widenBfloat16} from '../tensor/half-precision.js';
import {arrivals, keyOf} from './arrivals.js';
import {ExchangeError} from './exchange-error.js';
import {frameOf, type Header, isIntact, readFrame, type WireType} from './frames.js';
import {chunkedSender} from './sender.js';
import {type Awaited, createWaiters} from './waiters.js';

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
  /** What `send` and `share` make of values; what is broadcast stays float32. */
  readonly wire?: WireType;
}

/** As `Exchange` of `runtime/learning`, which says what its calls mean; failures are `ExchangeError`s. */
export interface OpenExchange {
  readonly members: number;
  readonly self: number;
  send(to: number, tag: string, values: Float32Array): Promise<void>;
  broadcast(tag: string, values: Float32Array): Promise<void>;
  share(tag: string, values: Float32Array): Promise<void>;
  receive(from: number, tag: string, length?: number): Promise<Float32Array>;
  /** What a receiver would have of values that are sent or shared; undefined where it would have the same. */
  readonly asSent: ((values: Float32Array) => Float32Array) | undefined;
  /** Tells the others that nothing more will come, and ends what waits here. */
  close(): Promise<void>;
}

interface Kept {
  readonly to: number | 'all';
  readonly tag: string;
  readonly type: WireType;
  readonly values: Float32Array;
  /** On its way already: whoever asks meanwhile gets it without asking. */
  sending: boolean;
}

const LONGEST_TICK_MS = 50;
/** Others are at most one step ahead. */
const STEPS_AHEAD = 2;
/** Values that are taken whatever is known: a quarter of a MiB. */
const SHORT_LENGTH = 65_536;
/** Where it is not said how many are due: 1 GiB of them. */
const MOST_LENGTH = 2 ** 28;
/** Slices of one model differ less. */
const LENGTHS_APART = 4;
/** Parts by slices of a few steps. */
const MOST_TAGS = 65_536;
const MOST_ALTERED = 1_024;

/** Resolves when the others can reach this member. */
export async function openExchange(options: ExchangeOptions): Promise<OpenExchange> {
  const {url, run, epoch, self, members, timeoutMs, wire = 'float32'} = options;
  if (!RUN_PATTERN.test(run)) throw new TerminalError(`'${run}' cannot be the id of a run`);
  const asSent = wire === 'float32' ? undefined : rounded;
  if (members === 1) return alone(asSent);

  const link = await openCoreLink({url, name: `${run}/shard-${self}-of-epoch-${epoch}`});
  const sender = chunkedSender(link);
  const arrived = arrivals();
  const kept = new Map<string, Kept>();
  const waiters = createWaiters(timeoutMs);
  const altered = new Map<string, string>();
  const gone = new Set<number>();
  let step = -1;
  let closed = false;
  const headerOf = (kind: Header['kind'], tag: string) => ({kind, epoch, from: self, tag});

  const isOld = (tag: string): boolean => !(stepOf(tag) >= step - 1);
  /** The longest values that this member sent or asked for. */
  let longest = 0;
  const mayBeDue = ({tag, length}: Pick<Header, 'tag' | 'length'>): boolean =>
    stepOf(tag) <= step + STEPS_AHEAD && length <= Math.max(SHORT_LENGTH, LENGTHS_APART * longest);
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

  function hear({data}: Msg): void {
    const frame = readFrame(data);
    if (frame === undefined || frame.epoch !== epoch || frame.from >= members || frame.from === self) return;
    const {kind, from, tag} = frame;
    if (kind === 'values' && !mayBeDue(frame)) return;
    if (!isIntact(data, frame)) {
      if (altered.size < MOST_ALTERED) altered.set(keyOf(from, tag), tag);
      waiters.fail(from, tag, 'corrupt');
    } else if (kind === 'left') {
      gone.add(from);
      waiters.failAll('left', from);
    } else if (kind === 'ask') {
      const values = kept.get(keyOf(from, tag)) ?? kept.get(keyOf('all', tag));
      // What fails now is asked for once more.
      if (values?.sending === false) transmit(values, from, frame.chunk).catch(() => undefined);
    } else if (!isOld(tag) && (arrived.has(from, tag) || arrived.count() < MOST_TAGS) && arrived.add(frame)) {
      const values = waiters.has(from, tag) ? arrived.take(from, tag) : undefined;
      if (values !== undefined) waiters.resolve(from, tag, values);
    }
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
  async function ask(due: readonly Awaited[]): Promise<void> {
    await link.flush();
    for (const {from, tag} of due) {
      if (!waiters.has(from, tag)) continue;
      const chunk = arrived.missing(from, tag);
      const header = {...headerOf('ask', tag), type: wire, length: 0, chunk, chunks: chunk + 1, first: 0};
      link.publish(shardsSubjectOf(run, epoch, from), frameOf(header));
    }
  }

  function tick(): void {
    if (link.state() !== 'connected') return;
    const due = waiters.due();
    // A connection that is lost meanwhile asks when it is back.
    if (due.length > 0) ask(due).catch(() => undefined);
  }

  const working = new Subscription();
  function end(): void {
    closed = true;
    working.unsubscribe();
    waiters.failAll('left');
    kept.clear();
  }

  const ticking = setInterval(tick, Math.min(LONGEST_TICK_MS, timeoutMs / 8));
  working.add(() => clearInterval(ticking));
  working.add(
    link.state$.subscribe({
      next(state) {
        if (state === 'connected') waiters.renew();
      },
      error: () => end(),
    }),
  );
  for (const to of [self, 'all'] as const) link.subscribe(shardsSubjectOf(run, epoch, to), hear);
  try {
    await link.flush();
  } catch (error) {
    end();
    await link.close();
    throw new RetryableError(`no answer from the NATS server at ${link.address}`, {cause: error});
  }

  async function dispatch(to: number | 'all', tag: string, type: WireType, values: Float32Array) {
    if (closed) throw new ExchangeError('left', self, tag);
    arriveAt(tag);
    longest = Math.max(longest, values.length);
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
    share: (tag, values) => dispatch('all', tag, wire, values),
    async receive(from, tag, length = MOST_LENGTH) {
      arriveAt(tag);
      longest = Math.max(longest, length);
      const values = arrived.take(from, tag);
      if (altered.has(keyOf(from, tag))) throw new ExchangeError('corrupt', from, tag);
      if (values !== undefined) return values;
      if (closed || gone.has(from)) throw new ExchangeError('left', from, tag);
      return waiters.wait(from, tag);
    },
    async close() {
      if (closed) return;
      end();
      if (link.state() === 'connected') {
        const header = {...headerOf('left', ''), type: wire, length: 0, chunk: 0, chunks: 1, first: 0};
        link.publish(shardsSubjectOf(run, epoch, 'all'), frameOf(header));
      }
      await link.close();
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
  async share() {},
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
