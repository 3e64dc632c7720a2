/** A log as it is at one moment, or at one after the other. */
import type {Bus} from '../../bus/bus.js';
import type {LogName, MessageOf} from '../../bus/channels/subjects.js';

/** What a log holds now and can be read. */
export const logNow = async <N extends LogName>(bus: Bus, log: N): Promise<MessageOf<N>[]> => {
  const {lastSequence} = await bus.state(log);
  const messages: MessageOf<N>[] = [];
  if (lastSequence === 0) return messages;
  for await (const {message} of bus.read(log, {sequence: 1, through: lastSequence})) messages.push(message);
  return messages;
};

/**
 * The same for one that is looked at again and again: each call reads on from where the one before it was.
 *
 * @param kept what of a message is kept; all of it unless given.
 */
export function growingLog<N extends LogName>(bus: Bus, log: N): () => Promise<readonly MessageOf<N>[]>;
export function growingLog<N extends LogName, T>(
  bus: Bus,
  log: N,
  kept: (message: MessageOf<N>) => T,
): () => Promise<readonly T[]>;
export function growingLog<N extends LogName>(
  bus: Bus,
  log: N,
  kept: (message: MessageOf<N>) => unknown = (message) => message,
): () => Promise<readonly unknown[]> {
  const messages: unknown[] = [];
  let read = 0;
  return async () => {
    const {lastSequence: through} = await bus.state(log);
    // A server that was cut off from its disk may have forgotten the end: what follows is not what was read.
    if (through < read) [messages.length, read] = [0, 0];
    if (through === read) return messages;
    for await (const {message, sequence} of bus.read(log, {sequence: read + 1, through})) {
      messages.push(kept(message));
      read = sequence;
    }
    read = through;
    return messages;
  };
}
