/**
 * Which learner shards train together, as epochs: pure, so that what each change makes of a membership can be read and tested.
 *
 * M1 Only members of the present epoch take steps, and what they tell each other carries its number: what comes of an older
 *    one is discarded.
 * M2 Every epoch goes on from the newest checkpoint, so it does not matter what a member that is gone had done since.
 * M3 Who joins or leaves waits for the leading member, which writes a checkpoint first: nothing is done twice. Who is lost,
 *    or is back in a new process, begins an epoch at once.
 */

/** One process of the actor `learner`. */
export interface Member {
  /** Of the process: one that is started again has another. */
  readonly id: string;
  /** Of the actor, from 0. */
  readonly index: number;
}

/** The key-value entry `shards`. */
export interface Shards {
  /** One more with every change of the members. */
  readonly epoch: number;
  /** In the order of their index; the first leads: it decides, reports and writes the checkpoints. */
  readonly members: readonly Member[];
  /** Who joins at the next epoch. */
  readonly waiting: readonly Member[];
  /** Ids of the members who leave then. */
  readonly leaving: readonly string[];
  /** The run is complete. Without members it may also be that the last one has left. */
  readonly isEnded?: boolean;
}

/** What a change makes of a membership; undefined where it changes nothing. */
export type Change = (shards: Shards) => Shards | undefined;

/** Before the first member. */
export const noShards: Shards = {epoch: 0, members: [], waiting: [], leaving: []};

const byIndex = (members: readonly Member[]): Member[] => members.toSorted((a, b) => a.index - b.index);

/** The next epoch, with all who wait for it and without these ids. */
const nextEpoch = ({epoch, members, waiting}: Shards, without: readonly string[]): Shards => ({
  epoch: epoch + 1,
  members: byIndex([...members.filter(({id}) => !without.includes(id)), ...waiting]),
  waiting: [],
  leaving: [],
});

/** A process comes: the first one begins, one whose earlier process is a member takes its place, any other waits. */
export const arrived =
  (self: Member): Change =>
  (shards) => {
    const {members, waiting} = shards;
    if ([...members, ...waiting].some(({id}) => id === self.id)) return undefined;
    const others = waiting.filter(({index}) => index !== self.index);
    const present = {...shards, waiting: [...others, self]};
    const before = members.filter(({index}) => index === self.index).map(({id}) => id);
    return members.length === 0 || before.length > 0 ? nextEpoch(present, before) : present;
  };

/** Whether there is anything for the leading member to see to. */
export const isAsked = ({waiting, leaving}: Shards): boolean => waiting.length > 0 || leaving.length > 0;

/** The leading member has written a checkpoint: who waits joins, who leaves is gone. */
export const advanced =
  (epoch: number): Change =>
  (shards) =>
    shards.epoch === epoch && isAsked(shards) ? nextEpoch(shards, shards.leaving) : undefined;

/** A member was not heard of in time, in this epoch. */
export const lost =
  (epoch: number, id: string): Change =>
  (shards) =>
    shards.epoch === epoch ? nextEpoch(shards, [id]) : undefined;

/** A process asks to leave; the leading one has written its checkpoint and goes at once. */
export const left =
  (id: string): Change =>
  (shards) => {
    const {members, waiting, leaving} = shards;
    if (members[0]?.id === id) return nextEpoch(shards, [id, ...leaving]);
    if (waiting.some((member) => member.id === id))
      return {...shards, waiting: waiting.filter((member) => member.id !== id)};
    const isMember = members.some((member) => member.id === id) && !leaving.includes(id);
    return isMember ? {...shards, leaving: [...leaving, id]} : undefined;
  };

/** The run is complete. */
export const ended =
  (epoch: number): Change =>
  (shards) =>
    shards.epoch === epoch ? {...noShards, epoch: epoch + 1, isEnded: true} : undefined;
