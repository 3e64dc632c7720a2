/**
 * Admission: prompts go out while few enough are on their way.
 *
 * F1 Outstanding = published − rejected − trained, and stays at most `maxOutstanding`: the policy that answers a prompt
 *    is never further behind the policy that learns from it.
 * F2 Nothing is remembered here: the three counts are read from the streams and the learner's progress, so a feeder that
 *    was killed goes on where it was.
 * F3 Of `maxPairs`, exactly as many are made where the prompts last: a prompt goes out only while published − rejected
 *    would not exceed it.
 * F4 `phase` says `done` only when no prompt can become a pair any more.
 */
import {
  BehaviorSubject,
  combineLatest,
  exhaustMap,
  first,
  firstValueFrom,
  map,
  merge,
  type Observable,
  startWith,
  timer,
} from 'rxjs';
import type {Bus} from '../bus/bus.js';
import type {QueueName} from '../bus/subjects.js';
import {aborted} from './abort.js';
import type {Feeding, Progress} from './progress.js';

export interface FeedOptions {
  readonly bus: Bus;
  /** All of the run's prompts, in an order that a restart repeats. */
  readonly prompts: Iterable<string> | AsyncIterable<string>;
  readonly maxOutstanding: number;
  /** No more prompts than may still become so many pairs; any number where it is left out. */
  readonly maxPairs?: number | undefined;
  /** Rejects the feed with its reason. */
  readonly signal: AbortSignal;
}

/** In the order of the flow: a message is in the next queue before it leaves one, so reading in this order misses none. */
const flow = [
  'prompts',
  'completions',
  'completion_pairs',
  'candidates',
  'accepted',
] as const satisfies QueueName[];
const RECHECK_MS = 500;

/** Publishes every prompt, waits until each is a pair or a rejection, and tells the learner where the log ends. */
export const feedPrompts = async (options: FeedOptions): Promise<void> => {
  const {bus, prompts, maxOutstanding, maxPairs = Number.POSITIVE_INFINITY, signal} = options;
  const published = (await bus.state('prompts')).lastSequence;
  if ((await bus.control.get('phase')) === undefined)
    await bus.control.put<Feeding>('phase', {feeding: 'on'});
  const resolved$ = new BehaviorSubject<Resolved>({trained: 0, rejected: 0});
  const reading = resolvedPrompts$(bus).subscribe(resolved$);
  try {
    let sequence = 0;
    for await (const prompt of prompts) {
      sequence += 1;
      if (sequence <= published) continue; // F2
      const mayGo = ({trained, rejected}: Resolved) =>
        sequence - trained - rejected <= maxOutstanding && sequence - rejected <= maxPairs; // F1, F3
      const isEnough = ({trained}: Resolved) => trained >= maxPairs;
      const now = await firstValueFrom(
        resolved$.pipe(
          first((resolved) => mayGo(resolved) || isEnough(resolved)),
          aborted(signal),
        ),
      );
      if (isEnough(now)) break;
      const promptId = String(sequence - 1);
      await bus.publish('prompts', {promptId, prompt}, promptId, signal);
    }
    const checks$ = merge(resolved$, timer(0, RECHECK_MS)).pipe(exhaustMap(() => isAllResolved(bus)));
    await firstValueFrom(checks$.pipe(first(Boolean), aborted(signal)));
    const pairs = (await bus.state('pairs')).lastSequence;
    await bus.control.put<Feeding>('phase', {feeding: 'done', pairs}); // F4
  } finally {
    reading.unsubscribe();
  }
};

/** Prompts that are over: trained on once, or rejected. */
interface Resolved {
  readonly trained: number;
  readonly rejected: number;
}

const resolvedPrompts$ = (bus: Bus): Observable<Resolved> => {
  const trained$ = bus.control.watch<Progress>('progress').pipe(
    map(({pairSequence}) => pairSequence),
    startWith(0),
  );
  const rejected$ = bus.entries('rejections', {sequence: 1}).pipe(
    map(({sequence}) => sequence),
    startWith(0),
  );
  return combineLatest({trained: trained$, rejected: rejected$});
};

const isAllResolved = async (bus: Bus): Promise<boolean> => {
  for (const queue of flow) if ((await bus.state(queue)).messages > 0) return false;
  return true;
};
