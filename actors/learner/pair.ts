/** A pair of the log as the learner trains on it. */
import type {PreferencePair} from '../../proto/messages.js';
import type {Fleet} from '../../runtime/fleet/schema.js';
import type {TrainingPair} from '../../runtime/learning/pair.js';
import {encodeCompletion} from '../../runtime/model/encode.js';
import type {Tokenizer} from '../../runtime/model/tokenizer.js';

export const trainingPairOf = (
  {prompt, chosen, rejected, referenceChosenLogps, referenceRejectedLogps}: PreferencePair,
  tokenizer: Tokenizer,
  policy: Fleet['policy'],
): TrainingPair => {
  const {promptIds, completionIds: chosenIds} = encodeCompletion(tokenizer, prompt, chosen, policy);
  const {completionIds: rejectedIds} = encodeCompletion(tokenizer, prompt, rejected, policy);
  return {promptIds, chosenIds, rejectedIds, referenceChosenLogps, referenceRejectedLogps};
};
