/**
 * Chosen answers of a run's pairs against fresh ones of a checkpoint's policy: asked for on the bus, answered by the sampler and
 * decided on by the judge, whose endpoint, limits and ceilings are the run's.
 *
 * M1 What is asked for has an id of the checkpoint's: a process that was killed asks for nothing twice.
 * M2 A comparison that is nowhere any more is in no share, and keeps none of the others waiting.
 */
import {
  BehaviorSubject,
  exhaustMap,
  filter,
  first,
  firstValueFrom,
  map,
  merge,
  type Observable,
  type Subscription,
  timer,
} from 'rxjs';
import type {Checkpoint, Comparison, PreferencePair} from '../../../proto/messages.js';
import type {Comparisons} from '../../anchor/advice.js';
import type {Bus} from '../../bus/bus.js';
import {aborted} from '../abort.js';
import {areEmpty} from '../feed/lost.js';
import type {Fleet} from '../file/schema.js';
import {anchorQueues} from '../fleet-actors.js';
import type {Feeding} from '../progress.js';
import {anchorPromptOf, comparisonId, countComparisons} from './advised.js';

/** Between two looks for comparisons that are nowhere. */
const LOST_MS = 5_000;

export interface Comparing {
  /** How the chosen answers compare at a checkpoint; of none where the run has no pairs. Rejects where `signal` is aborted. */
  at(checkpoint: Pick<Checkpoint, 'policyVersion' | 'step' | 'pairSequence'>): Promise<Comparisons>;
  readonly following: Subscription;
}

export const openComparing = (
  bus: Bus,
  {actors: {judge}}: Pick<Fleet, 'actors'>,
  count: number,
  signal: AbortSignal,
): Comparing => {
  const found = new Map<string, Comparison['better']>();
  const read$ = new BehaviorSubject(0);
  const begin = {sequence: 1, onUnreadable: (sequence: number) => read$.next(sequence)};
  const following = bus.entries('comparisons', begin).subscribe({
    next: ({message: {promptId, better}, sequence}) => {
      if (!found.has(promptId)) found.set(promptId, better);
      read$.next(sequence);
    },
    error: (error) => read$.error(error),
  });

  /** The first pairs that the policy has not been trained on; the last there are, where there are not as many yet. */
  const pairsAt = async (pairSequence: number): Promise<PreferencePair[]> => {
    // Of a log that is shorter, a reading begins with its next message.
    const enough$: Observable<unknown> = bus
      .entries('pairs', {sequence: count})
      .pipe(filter(({sequence}) => sequence >= count));
    const over$ = bus.kv.watch<Feeding>('phase').pipe(filter(({feeding}) => feeding === 'done'));
    await firstValueFrom(merge(enough$, over$).pipe(first(), aborted(signal)));
    const {lastSequence} = await bus.state('pairs');
    if (lastSequence === 0) return [];
    const sequence = Math.max(1, Math.min(pairSequence + 1, lastSequence - count + 1));
    const through = Math.min(sequence + count - 1, lastSequence);
    const pairs: PreferencePair[] = [];
    for await (const {message} of bus.read('pairs', {sequence, through})) pairs.push(message);
    return pairs;
  };

  /** Whether what has not come will not come: nothing is on its way, and all that came was read. */
  const areLost = async (): Promise<boolean> => {
    if (!(await areEmpty(bus, anchorQueues))) return false;
    const {lastSequence} = await bus.state('comparisons');
    return read$.value >= lastSequence;
  };

  return {
    following,
    async at({policyVersion, step, pairSequence}) {
      const pairs = await pairsAt(pairSequence);
      const ids = pairs.map((_, index) => comparisonId(policyVersion, index));
      for (const [index, pair] of pairs.entries()) {
        const id = comparisonId(policyVersion, index);
        if (!found.has(id)) await bus.publish('anchor_prompts', anchorPromptOf(pair, id, step), id, signal); // M1
      }
      const all$ = read$.pipe(map(() => ids.every((id) => found.has(id))));
      const lost$ = timer(LOST_MS, LOST_MS).pipe(exhaustMap(areLost)); // M2
      await firstValueFrom(merge(all$, lost$).pipe(first(Boolean), aborted(signal)));
      return countComparisons(
        ids.map((id) => found.get(id)),
        `judge ${judge?.model ?? ''}`,
      );
    },
  };
};
