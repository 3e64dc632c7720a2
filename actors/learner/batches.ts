/**
 * The order in which pairs are trained on: first as they arrive, then, in later epochs, from memory in a seeded order.
 *
 * I1: every pair up to the end of the log is in exactly one batch an epoch; the last batch of an epoch may be smaller.
 * I2: batches depend on the order of the log alone, never on timing, so that a resumed run makes the same ones.
 */
import type {Entry} from '../../runtime/bus/bus.js';
import {shuffled} from '../../runtime/seed.js';

/** Where training is: the next pair is number `index` (from 0) of epoch `epoch` (from 1). */
export interface Position {
  readonly epoch: number;
  readonly index: number;
}

export interface Batch<T> {
  readonly pairs: readonly T[];
  /** The position once this batch is trained. */
  readonly next: Position;
}

export interface BatchPlan {
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  readonly from: Position;
  /** Pairs of an epoch, at most: the log counts as ended there. */
  readonly maxPairs?: number | undefined;
  /** Resolves to the log's last sequence once nothing more will be added. */
  readonly end: Promise<number>;
  /** Resolves when no further batch is wanted; a batch that is not full is then left in the log. */
  readonly stop: Promise<unknown>;
}

/** Where a plan's entries begin: after what is trained where each pair is seen once, else at 1, for later epochs repeat them. */
export const firstSequenceOf = ({epochs, from}: Pick<BatchPlan, 'epochs' | 'from'>): number =>
  epochs === 1 ? from.index + 1 : 1;

/**
 * Batches of a pair log whose sequences count from 1 without gaps.
 *
 * @param entries the log from `firstSequenceOf(plan)` on; returned when it is no longer needed.
 */
export async function* batchesOf<T>(
  entries: AsyncIterator<Entry<T>>,
  plan: BatchPlan,
): AsyncGenerator<Batch<T>> {
  const {batchSize, epochs, from} = plan;
  let stopped = false;
  void plan.stop.then(() => {
    stopped = true;
  });
  const kept: T[] = [];
  let pairs: T[] = [];
  for await (const {message, sequence} of untilEnd(entries, plan)) {
    if (epochs > 1) kept.push(message);
    if (from.epoch > 1 || sequence <= from.index) continue;
    pairs.push(message);
    if (pairs.length < batchSize) continue;
    yield {pairs, next: {epoch: 1, index: sequence}};
    pairs = [];
  }
  if (stopped) return;
  if (pairs.length > 0) yield {pairs, next: {epoch: 2, index: 0}};
  for (let epoch = Math.max(2, from.epoch); epoch <= epochs; epoch++) {
    const order = shuffled(kept, plan.seed, 'epoch', epoch);
    for (let index = epoch === from.epoch ? from.index : 0; index < order.length; index += batchSize) {
      if (stopped) return;
      const last = index + batchSize >= order.length;
      yield {
        pairs: order.slice(index, index + batchSize),
        next: last ? {epoch: epoch + 1, index: 0} : {epoch, index: index + batchSize},
      };
    }
  }
}

/** The log's entries up to its end, or until `stop`. */
async function* untilEnd<T>(entries: AsyncIterator<Entry<T>>, plan: BatchPlan): AsyncGenerator<Entry<T>> {
  let last = plan.maxPairs ?? Number.POSITIVE_INFINITY;
  let isEnded = false;
  let seen = firstSequenceOf(plan) - 1;
  const ended = plan.end.then((sequence) => {
    last = Math.min(last, sequence);
    isEnded = true;
    return 'ended' as const;
  });
  const stopped = plan.stop.then(() => 'stopped' as const);
  let next = entries.next();
  try {
    while (seen < last) {
      const event = await Promise.race([next, stopped, ...(isEnded ? [] : [ended])]);
      if (event === 'ended') continue;
      if (event === 'stopped' || event.done === true) return;
      seen = event.value.sequence;
      yield event.value;
      next = entries.next();
    }
  } finally {
    await entries.return?.();
  }
}
