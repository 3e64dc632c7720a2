/** A message to send over a log: the score of a step. */
import type {EvaluationScore} from '../../../proto/messages.js';

export const score = (step: number): EvaluationScore => ({
  step,
  policyVersion: 0,
  suite: 'held-out',
  score: 0.5,
  items: 1,
  seconds: 1,
  weightsSha256: '',
});
