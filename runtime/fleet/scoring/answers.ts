/** Checkpoints by what they answer, graded by a suite, and where it asks one by a judge. */
import {TerminalError} from '../../errors.js';
import type {ModelCheckpoint} from '../../model/files/model-checkpoint.js';
import {type Text, transcriptOf} from '../../model/text/conversations.js';
import {encodePrompt} from '../../model/text/encode.js';
import {itemIds} from '../../suites/item-ids.js';
import {type Judge, judgeRemedy} from '../../suites/judge.js';
import {answerItem, promptTokensOf} from '../../suites/scoring/conversation.js';
import {scoreAnswers} from '../../suites/scoring/score-answers.js';
import type {Item} from '../../suites/suite.js';
import type {Questions} from '../../suites/suites.js';
import type {Fleet} from '../file/schema.js';
import {type Scorer, scoreOf, shownAnswers} from './score.js';
import type {ScoredPolicy, Scoring} from './scored-policy.js';

type Model = Pick<ModelCheckpoint, 'tokenizer' | 'config'>;

/** A prompt of one turn keeps its last tokens, as those that are trained on; of a conversation all is asked. */
const encodeWith = ({tokenizer, config}: Model, {policy}: Fleet, {followUps = []}: Item) => {
  const {format, chatTemplate} = policy;
  const maxPromptTokens = followUps.length === 0 ? policy.maxPromptTokens : config.maxPositions;
  return (prompt: Text): number[] => encodePrompt(tokenizer, prompt, {format, chatTemplate, maxPromptTokens});
};

/**
 * Tokens that the last turn of the longest conversation comes after; 0 where each item is one turn.
 *
 * @throws TerminalError that names an item which the model has no places for.
 */
export const conversationTokens = (
  model: Model,
  fleet: Fleet,
  {suite, items, maxCompletionTokens}: Questions,
): number => {
  const {maxPositions} = model.config;
  let longest = 0;
  for (const [place, item] of items.entries()) {
    if ((item.followUps ?? []).length === 0) continue;
    const tokens = promptTokensOf(item, encodeWith(model, fleet, item), maxCompletionTokens);
    if (tokens >= maxPositions)
      throw new TerminalError(
        `evaluation: suite ${suite}: item ${place + 1} has ${tokens} tokens before its last answer, of ${maxPositions} positions of the policy; lower maxCompletionTokens, or leave the item out`,
      );
    longest = Math.max(longest, tokens);
  }
  return longest;
};

/** The user's turns of an item, which are the same with every checkpoint; and the answers to them. */
const shownTurns = ({prompt, followUps = []}: Item): {readonly prompt: string} => ({
  prompt: transcriptOf([prompt, ...followUps].map((content) => ({role: 'user', content}))),
});
const shownReplies = (answers: readonly string[]): string =>
  answers.length > 1
    ? transcriptOf(answers.map((content) => ({role: 'assistant', content})))
    : (answers[0] ?? '');

export const openAnswers = (
  {fleet, warn, advance, signal}: Scoring,
  model: Model,
  {generator}: Pick<ScoredPolicy, 'generator'>,
  questions: Questions,
  {judge, seed}: {readonly judge: Judge | undefined; readonly seed: number},
): Scorer => {
  const {items, maxCompletionTokens} = questions;
  const ids = itemIds(items);
  const sampled = {temperature: undefined, maxCompletionTokens, seed, signal};
  return async ({step}) => {
    const answers = await Promise.all(
      items.map(async (item, place) => {
        const found = await answerItem(generator, encodeWith(model, fleet, item), sampled, item, place);
        // Each one that ends says that a long evaluation goes on.
        advance();
        return found.kind === 'answered' ? found.answers : [];
      }),
    );
    const scored = await scoreAnswers(questions, answers, {
      judge,
      policy: `step-${step}`,
      signal,
      onGraded: advance,
    });
    const unscored = judge === undefined ? '' : unscoredText(scored.unscored, judge);
    if (unscored !== '')
      warn(`suite ${questions.suite}: of the checkpoint of step ${step}, items have no score: ${unscored}`);
    return scoreOf(
      scored,
      ids,
      shownAnswers(items.map(shownTurns), answers.map(shownReplies), scored.grades),
    );
  };
};

/** Items that a judge gave no score, by their reasons, with what to change for the first. */
const unscoredText = (unscored: Readonly<Record<string, number>>, {key = ''}: Judge): string => {
  const judged = Object.entries(unscored).filter(([reason]) => judgeRemedy(key, reason) !== undefined);
  const [first] = judged;
  if (first === undefined) return '';
  return `${judged.map(([reason, count]) => `${count} × ${reason}`).join('; ')}; ${judgeRemedy(key, first[0])}`;
};
