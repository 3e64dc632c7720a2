/** A learner's row as the rules of reward hacking read it. Pure. */
import type {MetricRow} from '../../../proto/messages.js';
import type {SeenStep} from '../../alerts/rules.js';

/** @returns undefined of a row that is about no step, or lacks what the rules read. */
export const seenStep = ({
  step,
  objective,
  values,
}: Pick<MetricRow, 'step' | 'objective' | 'values'>): SeenStep | undefined => {
  const {'rewards/chosen': chosenReward, 'rewards/margins': margin, kl, beta = 1} = values;
  if (typeof step !== 'number' || objective === '') return undefined;
  if (chosenReward === undefined || margin === undefined || kl === undefined) return undefined;
  return {step, objective, beta, chosenReward, margin, kl};
};
