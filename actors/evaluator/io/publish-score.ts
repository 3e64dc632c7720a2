/** A score, published once, with as much of what belongs to it as the server has room for. */
import type {Checkpoint, EvaluationScore} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {MessageTooLarge} from '../../../runtime/bus/connection/failures.js';
import {scoreKey} from '../../../runtime/fleet/evaluation/due.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {type Score, trimmed} from '../../../runtime/fleet/scoring/score.js';
import type {OpenedEvaluation} from '../../../runtime/fleet/scoring/suites.js';

export interface Published {
  readonly score: EvaluationScore;
  /** False where another process was first with it, whose is in the log. */
  readonly isFirst: boolean;
}

export const publishScore = async (
  {bus, grace}: Pick<ActorContext<Fleet>, 'bus' | 'grace'>,
  {step, policyVersion, weightsSha256}: Checkpoint,
  {evaluation, name, seed}: Omit<OpenedEvaluation, 'score'>,
  found: Score,
  seconds: number,
): Promise<Published> => {
  const {suite} = evaluation;
  const {score, items, metrics, margin, low, high} = found;
  const scored = {
    ...{step, policyVersion, suite, name: evaluation.name === undefined ? '' : name, seed, weightsSha256},
    ...{score, items, seconds},
    ...(metrics === undefined ? {} : {metrics}),
    ...(margin === undefined ? {} : {margin}),
    ...(low === undefined ? {} : {low}),
    ...(high === undefined ? {} : {high}),
  };
  let tooLarge: unknown;
  for (const part of trimmed(found)) {
    try {
      const message: EvaluationScore = {...scored, ...part};
      const {duplicate} = await bus.publish('scores', message, scoreKey(message), grace);
      return {score: message, isFirst: !duplicate};
    } catch (error) {
      if (!(error instanceof MessageTooLarge)) throw error;
      tooLarge = error;
    }
  }
  throw tooLarge;
};
