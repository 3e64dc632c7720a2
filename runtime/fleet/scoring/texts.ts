/** Checkpoints by the log-probabilities that they give to texts. */
import {itemIds} from '../../suites/item-ids.js';
import {measureItem, type PreparedTexts} from '../../suites/scoring/measuring.js';
import {scoreTexts} from '../../suites/scoring/score-texts.js';
import type {Likelihood} from '../../suites/suite.js';
import type {Texts} from '../../suites/suites.js';
import {type Scorer, scoreOf} from './score.js';
import type {ScoredPolicy, Scoring} from './scored-policy.js';

/** Answers are compared with what the policy before training gives to them; other texts stand alone. */
export const openTexts = (
  {warn, advance}: Pick<Scoring, 'warn' | 'advance'>,
  policy: Pick<ScoredPolicy, 'scorer' | 'byFirst'>,
  texts: Texts,
  prepared: PreparedTexts,
): Scorer => {
  const ids = itemIds(texts.items.map(({prompt, continuations}) => ({prompt, followUps: continuations})));
  const measure = async (): Promise<Likelihood[][]> => {
    const all: Likelihood[][] = [];
    for (const item of prepared.items) {
      all.push(await measureItem(policy.scorer, item));
      advance();
    }
    return all;
  };
  let reference: Likelihood[][] | undefined;
  return async (checkpoint) => {
    if (texts.form === 'answer') reference ??= await policy.byFirst(texts, measure);
    const scored = await scoreTexts(texts, await measure(), reference);
    if (scored.broken !== undefined)
      warn(
        `suite ${texts.suite}: the policy of step ${checkpoint.step} gives no number to item ${scored.broken}: it scores 0`,
      );
    return scoreOf(scored, ids);
  };
};
