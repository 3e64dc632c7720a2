/**
 * Admission: prompts go out while few enough are on their way.
 *
 * F1 Outstanding = published − rejected − trained, and stays at most `maxOutstanding`: the policy that answers a prompt
 *    is never further behind the policy that learns from it.
 * F2 Nothing is remembered here: the three counts are read from the streams and the learner's progress, so a feeder that
 *    was killed goes on where it was.
 * F3 `phase` says `done` only when no prompt can become a pair any more.
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
export const feedPrompts = async ({bus, prompts, maxOutstanding, signal}: FeedOptions): Promise<void> => {
  const published = (await bus.state('prompts')).lastSequence;
  if ((await bus.control.get('phase')) === undefined)
    await bus.control.put<Feeding>('phase', {feeding: 'on'});
  const resolved$ = new BehaviorSubject(0);
  const reading = resolvedPrompts$(bus).subscribe(resolved$);
  try {
    let sequence = 0;
    for await (const prompt of prompts) {
      sequence += 1;
      if (sequence <= published) continue; // F2
      const mayGo = (resolved: number) => sequence - resolved <= maxOutstanding; // F1
      await firstValueFrom(resolved$.pipe(first(mayGo), aborted(signal)));
      const promptId = String(sequence - 1);
      await bus.publish('prompts', {promptId, prompt}, promptId, signal);
    }
    const checks$ = merge(resolved$, timer(0, RECHECK_MS)).pipe(exhaustMap(() => isAllResolved(bus)));
    await firstValueFrom(checks$.pipe(first(Boolean), aborted(signal)));
    const pairs = (await bus.state('pairs')).lastSequence;
    await bus.control.put<Feeding>('phase', {feeding: 'done', pairs}); // F3
  } finally {
    reading.unsubscribe();
  }
};

/** Prompts that are over: trained on once, or rejected. */
const resolvedPrompts$ = (bus: Bus): Observable<number> => {
  const trained$ = bus.control.watch<Progress>('progress').pipe(
    map(({pairSequence}) => pairSequence),
    startWith(0),
  );
  const rejected$ = bus.entries('rejections', {sequence: 1}).pipe(
    map(({sequence}) => sequence),
    startWith(0),
  );
  return combineLatest([trained$, rejected$]).pipe(map(([trained, rejected]) => trained + rejected));
};

const isAllResolved = async (bus: Bus): Promise<boolean> => {
  for (const queue of flow) if ((await bus.state(queue)).messages > 0) return false;
  return true;
};
