/** How the members of a sharded learner talk to each other: what a step asks of a transport, and collectives made of it. */

/** What the members of one epoch tell each other in a step. Every call names what it is about by `tag` (unique in the epoch, the same on every member). */
export interface Exchange {
  /** How many members this epoch has. */
  readonly members: number;
  /** Which of them this is, from 0. */
  readonly self: number;
  /**
   * Sends `values`, which must not change afterwards, to one member. Resolves when they are handed to the connection. A
   * transport may round what is sent this way, gradients and updates, to a narrower type.
   */
  send(to: number, tag: string, values: Float32Array): Promise<void>;
  /** Sends the same to every other member, bit for bit; the values must not change afterwards. */
  broadcast(tag: string, values: Float32Array): Promise<void>;
  /** Sends the same to every other member, rounded as by `send`. */
  share(tag: string, values: Float32Array): Promise<void>;
  /**
   * What others get of values that `send` or `share` is given; undefined where they are not rounded. A member takes its own
   * terms of a sum so too: else the sum would depend on who works them out.
   */
  readonly asSent?: ((values: Float32Array) => Float32Array) | undefined;
  /**
   * What a member sent under a tag, also where it came before this call; written over when the next step begins. Rejects at a
   * deadline or when the epoch is over.
   *
   * @param length values that are due, where it is known: a transport need take no memory for many more.
   */
  receive(from: number, tag: string, length?: number): Promise<Float32Array>;
}

const refuse = (): Promise<never> => Promise.reject(new Error('there is no other member'));

/** Of the only member. */
export const alone: Exchange = {
  members: 1,
  self: 0,
  send: refuse,
  broadcast: async () => undefined,
  share: async () => undefined,
  receive: refuse,
};

/** The member that a numbered part or slice is: they go round. */
export const memberOf = (index: number, {members}: Pick<Exchange, 'members'>): number => index % members;

export const isOwn = (index: number, exchange: Pick<Exchange, 'members' | 'self'>): boolean =>
  memberOf(index, exchange) === exchange.self;

/** A promise that is awaited later: that it is rejected before is no unhandled rejection. */
export function held<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Values of the length that is due; others come from a member that trains something else. */
export async function receiveValues(
  exchange: Exchange,
  from: number,
  tag: string,
  length: number,
): Promise<Float32Array> {
  const values = await exchange.receive(from, tag, length);
  if (values.length === length) return values;
  throw new Error(`member ${from} sent ${values.length} values for ${tag}, and ${length} are due`);
}

/** Numbered values of which each member has its own. */
export interface Gathering {
  /** Their numbers, in the order of the result. */
  readonly indices: readonly number[];
  readonly tagOf: (index: number) => string;
  readonly lengthOf: (index: number) => number;
  /** Asked for one after the other. */
  readonly own: (index: number) => Float32Array | Promise<Float32Array>;
  /** They may be rounded on their way. */
  readonly share?: boolean;
}

/** All values on every member, each from the member whose it is. */
export async function gather(exchange: Exchange, values: Gathering): Promise<Float32Array[]> {
  const {indices, tagOf, lengthOf, own, share = false} = values;
  const all = new Map<number, Promise<Float32Array>>();
  for (const index of indices) {
    if (isOwn(index, exchange)) continue;
    const from = memberOf(index, exchange);
    all.set(index, held(receiveValues(exchange, from, tagOf(index), lengthOf(index))));
  }
  const sent: Promise<void>[] = [];
  for (const index of indices) {
    if (!isOwn(index, exchange)) continue;
    const mine = await own(index);
    all.set(index, Promise.resolve(mine));
    if (exchange.members === 1) continue;
    const tag = tagOf(index);
    sent.push(held(share ? exchange.share(tag, mine) : exchange.broadcast(tag, mine)));
  }
  const gathered = await Promise.all(indices.map((index) => all.get(index) ?? new Float32Array()));
  await Promise.all(sent);
  return gathered;
}

/** A float64 as three float32 whose sum it is, within float32's range. */
export function exactly(value: number): Float32Array {
  const high = Math.fround(value);
  // Infinity less itself is no number.
  if (!Number.isFinite(high)) return Float32Array.of(high, 0, 0);
  const middle = Math.fround(value - high);
  return Float32Array.of(high, middle, value - high - middle);
}

export const exactValue = (parts: Float32Array): number => parts.reduce((sum, part) => sum + part, 0);
