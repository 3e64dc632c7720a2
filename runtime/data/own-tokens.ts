/** Whether a model has the tokens that a run wrote of its pairs. Pure. */
import type {ModelConfig} from '../model/files/config.js';
import {promptTurns, wordsOf} from '../model/text/conversations.js';
import type {Tokenizer} from '../model/text/tokenizer.js';
import {answerWords, type FilePair, type TokenIds} from './file-pairs.js';

interface Reader {
  readonly tokenizer: Pick<Tokenizer, 'decode'>;
  readonly config: Pick<ModelConfig, 'vocabSize' | 'maxPositions'>;
}

/** Characters at the end of a prompt that are looked for: what was too long has lost its beginning. */
const TAIL = 32;

/**
 * Whether a pair has tokens, and they say its texts in the words of this tokenizer. That is asked of what they decode to, so that
 * neither the format nor a template, which may write the day, has to be that of the run.
 */
export const isTokensOf = <P extends FilePair>(
  pair: P,
  {tokenizer, config}: Reader,
): pair is P & {readonly ids: TokenIds} => {
  if (pair.ids === undefined) return false;
  const {promptIds, chosenIds, rejectedIds} = pair.ids;
  const asked = promptTurns(pair.prompt).map(wordsOf).at(-1)?.trim().slice(-TAIL);
  if (!asked) return false;
  const sides = [
    [chosenIds, pair.chosen],
    [rejectedIds, pair.rejected],
  ] as const;
  return sides.every(([ids, text]) => {
    const whole = [...promptIds, ...ids];
    if (whole.length > config.maxPositions || whole.some((id) => id >= config.vocabSize)) return false;
    const said = tokenizer.decode(whole);
    const answer = answerWords(text).trim();
    // Bytes at the end of an answer that was cut may be no character.
    const begun = tokenizer
      .decode(ids, promptIds)
      .replace(/\uFFFD+$/, '')
      .trim();
    // Tokens that merge with those of the prompt say a part of that, too.
    const isSaid = said.trim().endsWith(answer) || (begun !== '' && answer.startsWith(begun));
    return said.includes(asked) && isSaid;
  });
};
