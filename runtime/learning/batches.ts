/**
 * The order in which pairs are trained on: first as they arrive, then, in later epochs, from memory in a seeded order.
 *
 * I1: every pair up to the end of the log is in exactly one batch an epoch, but for those that are unfit; the last batch of
 *     an epoch may be smaller.
 * I2: batches depend on the order of the log alone, never on timing, so that a resumed run makes the same ones. Whether a
 *     pair is stale is part of it: in the first epoch a batch is a step, and the step that a pair would be trained by is known
 *     when it is read.
 * I3: an entry of the log may be missing. Later epochs keep its place, so that one that was begun before it was lost goes on.
 * I4: a pair is stale by the first epoch's rule only. Later epochs are replays, off-policy by intent; they have the pairs
 *     that the first one trained on.
 */
import type {Entry} from '../bus/bus.js';
import {shuffled} from '../seed.js';

/** Where training is: the next pair is number `index` (from 0) of epoch `epoch` (from 1). */
export interface Position {
  readonly epoch: number;
  readonly index: number;
}

export interface Batch<T> {
  readonly pairs: readonly T[];
  /** The position once this batch is trained. */
  readonly next: Position;
  /** Every pair of the log up to here is then resolved: trained on, or stale. */
  readonly sequence: number;
}

export interface BatchPlan<T> {
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  readonly from: Position;
  /** Steps taken before `from`. */
  readonly step: number;
  /** Whether a pair cannot be trained on by the step that follows so many others, mostly since it is too old. Any can, unless given. */
  readonly isUnfit?: (pair: T, step: number) => boolean;
  /** Told of each such pair after `from` at once: a batch may not become full before another has taken its place. */
  readonly onUnfit?: (pair: T, step: number) => Promise<void>;
  /** Pairs of an epoch, at most, stale ones not counted: the log counts as ended there. */
  readonly maxPairs?: number | undefined;
  /** Resolves to the log's last sequence once nothing more will be added. */
  readonly end: Promise<number>;
  /** Resolves when no further batch is wanted; a batch that is not full is then left in the log. */
  readonly stop: Promise<unknown>;
}

/** Where a plan's entries begin: after what is trained where each pair is seen once, else at 1, for later epochs repeat them. */
export const firstSequenceOf = ({epochs, from}: Pick<BatchPlan<unknown>, 'epochs' | 'from'>): number =>
  epochs === 1 ? from.index + 1 : 1;

/**
 * Batches of a pair log whose sequences count from 1.
 *
 * @param entries the log from `firstSequenceOf(plan)` on; returned when it is no longer needed.
 */
export async function* batchesOf<T>(
  entries: AsyncIterator<Entry<T>>,
  plan: BatchPlan<T>,
): AsyncGenerator<Batch<T>> {
  const {batchSize, epochs, from, isUnfit = () => false, onUnfit, maxPairs = Number.POSITIVE_INFINITY} = plan;
  let stopped = false;
  plan.stop.then(
    () => {
      stopped = true;
    },
    () => undefined, // reading fails by it
  );
  /** With the places of entries that are missing. */
  const kept: (T | undefined)[] = [];
  let pairs: T[] = [];
  let sequence = firstSequenceOf(plan) - 1;
  // Where the log is read from its beginning, the batches before `from` are formed again: which pairs were stale then.
  let step = sequence > 0 ? plan.step : 0;
  const isFull = () => step * batchSize + pairs.length >= maxPairs;
  for await (const entry of untilEnd(entries, plan, isFull)) {
    const isNew = from.epoch === 1 && entry.sequence > from.index;
    if (isNew && sequence <= from.index) [pairs, step] = [[], plan.step];
    if (epochs > 1)
      for (let missing = sequence + 1; missing < entry.sequence; missing++) kept.push(undefined);
    sequence = entry.sequence;
    if (isUnfit(entry.message, step)) {
      if (isNew) await onUnfit?.(entry.message, step);
      continue;
    }
    if (epochs > 1) kept.push(entry.message);
    pairs.push(entry.message);
    if (pairs.length < batchSize) continue;
    if (isNew) yield {pairs, next: {epoch: 1, index: sequence}, sequence};
    pairs = [];
    step += 1;
  }
  if (stopped) return;
  if (pairs.length > 0 && from.epoch === 1 && sequence > from.index)
    yield {pairs, next: {epoch: 2, index: 0}, sequence};
  for (let epoch = Math.max(2, from.epoch); epoch <= epochs; epoch++) {
    const order = shuffled(kept, plan.seed, 'epoch', epoch);
    for (let index = epoch === from.epoch ? from.index : 0; index < order.length; index += batchSize) {
      if (stopped) return;
      const last = index + batchSize >= order.length;
      const there = order.slice(index, index + batchSize).filter((pair) => pair !== undefined);
      if (there.length === 0) continue;
      yield {
        pairs: there,
        next: last ? {epoch: epoch + 1, index: 0} : {epoch, index: index + batchSize},
        sequence,
      };
    }
  }
}

/** The log's entries up to its end, or until `stop` or `isFull`. */
async function* untilEnd<T>(
  entries: AsyncIterator<Entry<T>>,
  plan: BatchPlan<T>,
  isFull: () => boolean,
): AsyncGenerator<Entry<T>> {
  let last = Number.POSITIVE_INFINITY;
  let seen = firstSequenceOf(plan) - 1;
  let isStopped = false;
  let failure: {readonly error: unknown} | undefined;
  let wake = (): void => undefined;
  const fail = (error: unknown): void => {
    failure = {error};
    wake();
  };
  // Listened to once: a race with them for each entry would keep every entry until the log ends.
  plan.end.then((sequence) => {
    last = sequence;
    wake();
  }, fail);
  plan.stop.then(() => {
    isStopped = true;
    wake();
  }, fail);
  /** Undefined where there is something else to see to first. */
  const arrived = (next: Promise<IteratorResult<Entry<T>>>): Promise<IteratorResult<Entry<T>> | undefined> =>
    new Promise((resolve, reject) => {
      wake = () => resolve(undefined);
      next.then(resolve, reject);
    });
  let next: Promise<IteratorResult<Entry<T>>> | undefined;
  try {
    while (seen < last && !isStopped && !isFull()) {
      if (failure !== undefined) throw failure.error;
      next ??= entries.next();
      const result = await arrived(next);
      if (result === undefined) continue;
      if (result.done === true) return;
      next = undefined;
      seen = result.value.sequence;
      yield result.value;
    }
  } finally {
    await entries.return?.();
  }
}
