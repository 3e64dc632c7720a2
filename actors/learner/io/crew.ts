/** Those who take steps together, epoch after epoch, as one learner shard sees them. */
import {setTimeout} from 'node:timers/promises';
import {firstValueFrom, from, map, NEVER, type Observable, race} from 'rxjs';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {openExchange} from '../../../runtime/exchange/exchange.js';
import {ExchangeError} from '../../../runtime/exchange/exchange-error.js';
import {partsOf} from '../../../runtime/fleet/file/part-count.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {alone, type Exchange} from '../../../runtime/learning/shards/shard-exchange.js';
import {type Epoch, joinShards, type Membership} from './membership.js';

/** The members of one epoch; exchange member 0 leads. */
export interface Crew {
  /** Higher with each crew of the run; undefined where there is no other. */
  readonly number: number | undefined;
  readonly exchange: Exchange;
  /** Emits when another epoch has begun. */
  readonly over$: Observable<unknown>;
  /** Emits when others wait for a checkpoint of the leading member, to join or to leave with it. */
  readonly asked$: Observable<unknown>;
  isOver(): boolean;
  /** Lets them: another epoch begins. Resolves to whether it has; this one goes on where nobody waits any more. */
  advance(): Promise<boolean>;
  /** This process leaves; one that does not lead asks to, and goes on until it may. */
  leave(): Promise<void>;
  /** The run is complete. */
  end(): Promise<void>;
}

/** What an epoch has come to, for one member. `over`: there is another one. `ended`: it has left, or the run is complete. */
export type Ending = 'over' | 'ended';

/** After values did not come, another member may be the first to know whose fault it is. */
const BLAME_AFTER_MS = 1000;

/**
 * Takes part in a run's steps until it is complete or this process is asked to stop.
 *
 * @param takePart does what there is to do in an epoch. A failed exchange of it ends the epoch, without the member that was
 * not heard of; any other error is the caller's.
 */
export const withCrews = async (
  context: ActorContext<Fleet>,
  id: string,
  takePart: (crew: Crew) => Promise<Ending>,
): Promise<void> => {
  if (partsOf(context.fleet) === 1) {
    await takePart(soloCrew);
    return;
  }
  const membership = await joinShards(context.bus, {id, index: context.index});
  try {
    for (;;) {
      const epoch = await nextEpoch(context, membership);
      if (epoch === undefined) return;
      if ((await inEpoch(context, membership, epoch, takePart)) === 'ended') return;
    }
  } finally {
    membership.close();
  }
};

const nothing = async (): Promise<void> => undefined;
const soloCrew: Crew = {
  number: undefined,
  exchange: alone,
  over$: NEVER,
  asked$: NEVER,
  isOver: () => false,
  advance: async () => false,
  leave: nothing,
  end: nothing,
};

/** A process that still waits when it is asked to stop leaves. */
const nextEpoch = async (
  {drain$}: ActorContext<Fleet>,
  membership: Membership,
): Promise<Epoch | undefined> => {
  const next = membership.next();
  const isDrained = drain$.pipe(map(() => true));
  const comes = from(next).pipe(map(() => false));
  if (await firstValueFrom(race(isDrained, comes))) await membership.leave();
  return next;
};

const inEpoch = async (
  {bus, fleet, log}: ActorContext<Fleet>,
  membership: Membership,
  epoch: Epoch,
  takePart: (crew: Crew) => Promise<Ending>,
): Promise<Ending> => {
  const {number, members, self} = epoch;
  log.info({epoch: number, members: members.map(({index}) => index), self}, 'epoch');
  const exchange = await openExchange({
    url: bus.url,
    run: bus.run,
    epoch: number,
    self,
    members: members.length,
    timeoutMs: fleet.training.stepTimeoutMs,
    wire: fleet.training.wire,
  });
  const closing = epoch.over$.subscribe(() => {
    // What it still had to send is of an epoch that nobody is in.
    exchange.close().catch(() => undefined);
  });
  try {
    return await takePart({
      ...epoch,
      exchange,
      advance: () => membership.advance(epoch),
      leave: () => membership.leave(),
      end: () => membership.end(epoch),
    });
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    log.warn({err: error, epoch: number}, 'the epoch ends');
    const isKnown = firstValueFrom(epoch.over$.pipe(map(() => true)));
    if (!(await Promise.race([isKnown, setTimeout(BLAME_AFTER_MS, false)])))
      await membership.drop(epoch, error.member);
    return 'over';
  } finally {
    closing.unsubscribe();
    await exchange.close();
  }
};
