/**
 * Prompts of which a server has lost what became of them: one that was cut off from its disk or from power may forget what
 * it had acknowledged. Where every queue is empty, a prompt that is neither a pair nor a rejection is nowhere.
 */
import type {Bus} from '../../bus/bus.js';
import type {QueueName} from '../../bus/channels/subjects.js';

/** @param queues in the order of the flow: a message is in the next before it leaves one, so that none is missed. */
export const areEmpty = async (bus: Bus, queues: readonly QueueName[]): Promise<boolean> => {
  for (const queue of queues) if ((await bus.state(queue)).messages > 0) return false;
  return true;
};

/**
 * Numbers of the prompts that are nowhere, of the first `fed`; all are somewhere while a queue holds anything.
 *
 * @param rejected prompts that are known to be no pairs: where there are enough of them, the logs are not read.
 */
export const lostPrompts = async (
  bus: Bus,
  queues: readonly QueueName[],
  {fed, rejected}: {readonly fed: number; readonly rejected: number},
): Promise<readonly number[]> => {
  if (!(await areEmpty(bus, queues))) return [];
  const [pairs, heldOut] = await Promise.all([bus.state('pairs'), bus.state('held_out')]);
  if (pairs.lastSequence + heldOut.lastSequence + rejected >= fed) return [];
  const resolved = new Set<string>();
  for (const log of ['pairs', 'held_out', 'rejections'] as const) {
    const {lastSequence: through} = await bus.state(log);
    if (through === 0) continue;
    for await (const {message} of bus.read(log, {sequence: 1, through})) resolved.add(message.promptId);
  }
  return Array.from({length: fed}, (_, index) => index).filter((index) => !resolved.has(String(index)));
};
