/** The turns of an item, each asked after the answer to the one before. */
import type {Generator} from '../../model/generation/generation.js';
import type {Text} from '../../model/text/conversations.js';
import {seedOf} from '../../seed.js';
import type {Item} from '../suite.js';

export type Answered =
  | {
      readonly kind: 'answered';
      /** To each turn. */
      readonly answers: readonly string[];
      /** How each ended, such as `stop` or `length`. */
      readonly finishReasons: readonly string[];
    }
  | {readonly kind: 'refused'; readonly reason: string};

export interface Turn {
  readonly text: string;
  readonly finishReason: string;
}
/** The answer to the newest turn, where earlier ones were answered so; a text is that it was refused, and why. */
export type AnswerTurn = (turns: readonly string[], answers: readonly string[]) => Promise<Turn | string>;

/** Each turn after the answer to the one before it. */
export const conversation = async (
  {prompt, followUps = []}: Item,
  answerTurn: AnswerTurn,
): Promise<Answered> => {
  const turns = [prompt, ...followUps];
  const answers: string[] = [];
  const finishReasons: string[] = [];
  for (let turn = 1; turn <= turns.length; turn++) {
    const found = await answerTurn(turns.slice(0, turn), answers);
    if (typeof found === 'string') return {kind: 'refused', reason: found};
    answers.push(found.text);
    finishReasons.push(found.finishReason);
  }
  return {kind: 'answered', answers, finishReasons};
};

/** A conversation of one turn is a text, so that it may be plain. */
const asPrompt = (turns: readonly string[], answers: readonly string[]): Text => {
  const [only = '', ...more] = turns;
  if (more.length === 0) return only;
  return turns.flatMap((content, at) => [
    {role: 'user', content},
    ...(at < answers.length ? [{role: 'assistant', content: answers[at] ?? ''}] : []),
  ]);
};

/** Tokens that the last turn of an item may come after: its own, those of the turns before, and of the longest answers to these. */
export const promptTokensOf = (
  {prompt, followUps = []}: Item,
  encode: (prompt: Text) => readonly number[],
  maxCompletionTokens: number,
): number =>
  encode(prompt).length + followUps.reduce((sum, turn) => sum + encode(turn).length + maxCompletionTokens, 0);

/** How answers are sampled. */
export interface Sampled {
  /** Undefined leaves it to the items, which are greedy unless they say otherwise. */
  readonly temperature: number | undefined;
  readonly maxCompletionTokens: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/**
 * A model of this process answers an item.
 *
 * @param place of the item in its suite: each has random numbers of its own.
 */
export const answerItem = (
  generator: Pick<Generator, 'generate'>,
  encode: (prompt: Text) => number[],
  {temperature, maxCompletionTokens, seed, signal}: Sampled,
  item: Item,
  place: number,
): Promise<Answered> =>
  conversation(item, async (turns, answers) => {
    const [generation] = await generator.generate(
      [
        {
          promptIds: encode(asPrompt(turns, answers)),
          maxNewTokens: maxCompletionTokens,
          temperature: temperature ?? item.temperature ?? 0,
          topP: 1,
          topK: 0,
          seed: seedOf(seed, 'eval', place, turns.length),
        },
      ],
      signal,
    );
    if (generation === undefined) throw new Error('a request has no answer');
    return generation;
  });
