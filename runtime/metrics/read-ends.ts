/** The ends of a run's prompts, read from its logs on the bus. */
import {defer, map, merge, type Observable, startWith, switchMap, tap} from 'rxjs';
import type {Bus, Entry} from '../bus/bus.js';
import type {MessageOf} from '../bus/channels/subjects.js';
import {createEndCounter, type EndCounts, rejectionEndOf} from './ends.js';

type EndLog = 'pairs' | 'held_out' | 'rejections';

/**
 * The ends so far, again with each new one: the same object, which counts on. All that the logs have by now is counted before the
 * first, so that no pair that was stale counts as one that was not.
 *
 * @param holdOut so many of the first prompts are held back.
 */
export const endsOf = (bus: Bus, holdOut: number): Observable<EndCounts> =>
  defer(() => readNow(bus, holdOut)).pipe(
    switchMap(({ends, tell, read}) =>
      merge(
        bus.entries('pairs', {sequence: read.pairs + 1}).pipe(tap(tell.pairs)),
        bus.entries('held_out', {sequence: read.heldOut + 1}).pipe(tap(tell.heldOut)),
        bus.entries('rejections', {sequence: read.rejections + 1}).pipe(tap(tell.rejections)),
      ).pipe(
        startWith(undefined),
        map(() => ends),
      ),
    ),
  );

/** What a run's logs hold now. */
export const countEnds = async (bus: Bus, holdOut: number): Promise<EndCounts> =>
  (await readNow(bus, holdOut)).ends;

const readNow = async (bus: Bus, holdOut: number) => {
  const ends = createEndCounter(holdOut);
  const tell = {
    pairs: ({message}: Entry<MessageOf<'pairs'>>) => ends.pair(message.promptId),
    heldOut: ({message}: Entry<MessageOf<'held_out'>>) => ends.heldOutPair(message.promptId),
    rejections: ({message, sequence}: Entry<MessageOf<'rejections'>>) =>
      ends.rejection(rejectionEndOf(message), sequence),
  };
  // Pairs come before rejections: a pair's prompt must not count as rejected, not even for a moment.
  const pairs = await readTo(bus, 'pairs', tell.pairs);
  const heldOut = await readTo(bus, 'held_out', tell.heldOut);
  const rejections = await readTo(bus, 'rejections', tell.rejections);
  return {ends, tell, read: {pairs, heldOut, rejections}};
};

/** Tells a log's entries; resolves to the sequence that it was read to. */
const readTo = async <L extends EndLog>(
  bus: Bus,
  log: L,
  tell: (entry: Entry<MessageOf<L>>) => void,
): Promise<number> => {
  const {lastSequence: through} = await bus.state(log);
  if (through > 0) for await (const entry of bus.read(log, {sequence: 1, through})) tell(entry);
  return through;
};
