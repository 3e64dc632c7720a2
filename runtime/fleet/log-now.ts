/** A log as it is at one moment. */
import type {Bus} from '../bus/bus.js';
import type {LogName, MessageOf} from '../bus/subjects.js';

/** What a log holds now and can be read. */
export const logNow = async <N extends LogName>(bus: Bus, log: N): Promise<MessageOf<N>[]> => {
  const {lastSequence} = await bus.state(log);
  const messages: MessageOf<N>[] = [];
  if (lastSequence === 0) return messages;
  for await (const {message} of bus.read(log, {sequence: 1, through: lastSequence})) messages.push(message);
  return messages;
};
