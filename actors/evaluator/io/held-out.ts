/** The pairs of the run that are held back, which checkpoints are scored by. */
import {filter, firstValueFrom, map, merge, scan, takeUntil} from 'rxjs';
import type {PreferencePair} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {holdOutOf, isHeldOut} from '../../../runtime/fleet/file/held-out.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import type {Feeding} from '../../../runtime/fleet/progress.js';
import {logNow} from '../../../runtime/fleet/run/log-now.js';
import {tokensComplaint} from '../../../runtime/learning/pair.js';

/** Waits for the pairs, so that every checkpoint is scored on the same ones; without those that no model can be asked. */
export const usableHeldOut = async (
  context: ActorContext<Fleet>,
  vocabSize: number,
): Promise<PreferencePair[]> => {
  const {fleet, warn} = context;
  const limits = {...fleet.policy, vocabSize};
  return (await heldOutPairs(context)).filter((pair) => {
    const odd = tokensComplaint(pair, limits);
    if (odd !== undefined) warn(`the held-out pair of prompt ${pair.promptId} is left out: ${odd}`);
    return odd === undefined;
  });
};

/** In the order of their prompts, when each prompt that is held back is a pair, or rejected, or nowhere any more. */
const heldOutPairs = async ({bus, fleet, drain$, signal}: ActorContext<Fleet>): Promise<PreferencePair[]> => {
  const resolved$ = merge(bus.entries('held_out', {sequence: 1}), bus.entries('rejections', {sequence: 1}));
  const all$ = resolved$.pipe(
    map(({message}) => message.promptId),
    filter((promptId) => isHeldOut(promptId, fleet)),
    scan((ids, promptId) => ids.add(promptId), new Set<string>()),
    filter(({size}) => size >= holdOutOf(fleet)),
  );
  const fed$ = bus.kv.watch<Feeding>('phase').pipe(filter(({feeding}) => feeding === 'done'));
  await firstValueFrom(merge(all$, fed$).pipe(takeUntil(drain$)), {defaultValue: undefined});
  signal.throwIfAborted();
  const pairs = new Map((await logNow(bus, 'held_out')).map((pair) => [pair.promptId, pair]));
  return [...pairs.values()].sort((one, other) => Number(one.promptId) - Number(other.promptId));
};
