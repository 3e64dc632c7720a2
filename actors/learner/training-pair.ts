/** A pair of the log as the learner trains on it. */
import type {PreferencePair} from '../../proto/messages.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import type {TrainingPair} from '../../runtime/learning/pair.js';
import {encodePair} from '../../runtime/model/text/encode.js';
import type {Tokenizer} from '../../runtime/model/text/tokenizer.js';

export const trainingPairOf = (
  {referenceChosenLogps, referenceRejectedLogps, ...texts}: PreferencePair,
  tokenizer: Tokenizer,
  policy: Fleet['policy'],
): TrainingPair => {
  const {promptIds, chosenIds, rejectedIds} = encodePair(tokenizer, texts, policy);
  return {promptIds, chosenIds, rejectedIds, referenceChosenLogps, referenceRejectedLogps};
};
