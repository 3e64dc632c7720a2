/** How many of a run's prompts went out: from the bus alone, so that a feeder that was killed goes on where it was. */
import type {Rejection} from '../../../proto/messages.js';
import type {Bus} from '../../bus/bus.js';

/** What was known when prompts had gone out again: from there on every message is another prompt. */
interface Mark {
  /** Of the newest message in the queue of prompts. */
  readonly sequence: number;
  /** Prompts that had gone out, each counted once. */
  readonly published: number;
  /** Messages in their queue that somebody else had put there. */
  readonly foreign: number;
  /** Whether the server lost the queue, so that what was on its way is nowhere. */
  readonly isLost?: boolean;
}

const beginning: Mark = {sequence: 0, published: 0, foreign: 0};

/** How many of the prompts were published, each once. What somebody else put into their queue is none. */
export const publishedPrompts = async (bus: Bus): Promise<number> => {
  const mark = (await bus.kv.get<Mark>('prompts'))?.value ?? beginning;
  const {lastSequence} = await bus.state('prompts');
  const foreign = lastSequence === 0 ? mark.foreign : await foreignPrompts(bus);
  return mark.published + (lastSequence - mark.sequence) - (foreign - mark.foreign);
};

/**
 * Says how many prompts have gone out, after some went out again. A feeder that is killed before it does takes others for
 * prompts that went out; they are found to be nowhere.
 */
export const markPublished = async (bus: Bus, published: number): Promise<void> => {
  const {lastSequence: sequence} = await bus.state('prompts');
  await bus.kv.put<Mark>('prompts', {sequence, published, foreign: await foreignPrompts(bus)});
};

/**
 * Says the same of a server that has lost the queue of prompts: so many of the first went out, whatever became of them.
 *
 * @param foreign messages, among the run's rejections, that somebody else had put into that queue.
 */
export const markLost = async (
  bus: Bus,
  {published, foreign}: Pick<Mark, 'published' | 'foreign'>,
): Promise<void> => {
  await bus.kv.put<Mark>('prompts', {sequence: 0, published, foreign, isLost: true});
};

export const isQueueLost = async (bus: Bus): Promise<boolean> =>
  (await bus.kv.get<Mark>('prompts'))?.value.isLost === true;

/** Whether a rejection is of a message in the queue of prompts that was none of the run's. */
export const isForeignPrompt = ({channel, promptId}: Pick<Rejection, 'channel' | 'promptId'>): boolean =>
  channel === 'prompts' && promptId === '';

const foreignPrompts = async (bus: Bus): Promise<number> => {
  const {lastSequence: through} = await bus.state('rejections');
  let foreign = 0;
  if (through === 0) return foreign;
  for await (const {message} of bus.read('rejections', {sequence: 1, through}))
    if (isForeignPrompt(message)) foreign += 1;
  return foreign;
};
