/** A learner shard's place among the others: the key-value entry `shards`, followed and changed by compare-and-set. */
import {BehaviorSubject, filter, firstValueFrom, type Observable, take} from 'rxjs';
import type {Bus} from '../../../runtime/bus/bus.js';
import {TerminalError} from '../../../runtime/errors.js';
import {changeValue} from '../../../runtime/fleet/change-value.js';
import {
  advanced,
  arrived,
  type Change,
  ended,
  isAsked,
  left,
  lost,
  type Member,
  noShards,
  type Shards,
} from './members.js';

/** A time in which the members stay the same. */
export interface Epoch {
  readonly number: number;
  readonly members: readonly Member[];
  /** Which of them this process is. */
  readonly self: number;
  /** Emits once when another epoch has begun, and completes. */
  readonly over$: Observable<unknown>;
  /** Emits when others wait to join or to leave, for the leading member to write a checkpoint and `advance`. */
  readonly asked$: Observable<unknown>;
  isOver(): boolean;
}

export interface Membership {
  /** The next epoch that this process is a member of; undefined when it has left, or the run has ended. */
  next(): Promise<Epoch | undefined>;
  /**
   * Begins the next epoch with who waits and without who leaves. Resolves to whether this one is over: who has thought better of
   * it meanwhile changes nothing.
   */
  advance(epoch: Epoch): Promise<boolean>;
  /** Begins the next epoch without a member. */
  drop(epoch: Epoch, member: number): Promise<void>;
  /** Asks to leave; the leading member leaves at once. */
  leave(): Promise<void>;
  /** Nobody is a member from now on. */
  end(epoch: Epoch): Promise<void>;
  close(): void;
}

/** Comes to the others: the first one begins at once, another waits until they have written a checkpoint. */
export const joinShards = async (bus: Bus, self: Member): Promise<Membership> => {
  const shards$ = new BehaviorSubject(noShards);
  const following = bus.kv.watch<Shards>('shards').subscribe(shards$);
  let seen = 0;
  let isLeaving = false;

  /** Resolves to what the membership then is. */
  const change = async (how: Change): Promise<Shards> =>
    (await changeValue<Shards>(bus, 'shards', (value = noShards) => how(value))) ?? noShards;

  const isHere = ({members}: Shards): boolean => members.some(({id}) => id === self.id);
  const isKnown = (shards: Shards): boolean =>
    isHere(shards) || shards.waiting.some(({id}) => id === self.id);

  const epochOf = ({epoch, members}: Shards): Epoch => {
    const isOver = (now: Shards): boolean => now.epoch > epoch;
    const isAskedNow = (now: Shards): boolean => now.epoch === epoch && isAsked(now);
    return {
      number: epoch,
      members,
      self: members.findIndex(({id}) => id === self.id),
      over$: shards$.pipe(filter(isOver), take(1)),
      asked$: shards$.pipe(filter(isAskedNow)),
      isOver: () => isOver(shards$.value),
    };
  };

  await change(arrived(self));
  return {
    async next() {
      let looked: Shards | undefined;
      for (;;) {
        const isNews = (now: Shards) =>
          (now.epoch > seen && isHere(now)) || (now !== looked && !isKnown(now));
        const now = await firstValueFrom(shards$.pipe(filter(isNews)));
        if (isHere(now)) {
          seen = now.epoch;
          return epochOf(now);
        }
        // What is followed may be older than this process's own last change of it.
        looked = now;
        const value = (await bus.kv.get<Shards>('shards'))?.value ?? noShards;
        if (isKnown(value)) continue;
        if (isLeaving || value.isEnded === true) return undefined;
        if (value.members.some(({index}) => index === self.index))
          throw new TerminalError(
            `another learner ${self.index} has joined this run; start each with an --index of its own`,
          );
        await change(arrived(self));
      }
    },
    async advance({number}) {
      const {epoch} = await change(advanced(number));
      return epoch > number;
    },
    async drop({number, members}, member) {
      await change(lost(number, members[member]?.id ?? ''));
    },
    async leave() {
      isLeaving = true;
      await change(left(self.id));
    },
    async end({number}) {
      await change(ended(number));
    },
    close: () => following.unsubscribe(),
  };
};
