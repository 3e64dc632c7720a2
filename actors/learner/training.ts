/** Where a learner is in its training. */
import type {Controls} from '../../runtime/fleet/control/controls.js';
import type {ObjectiveRevision} from '../../runtime/fleet/control/run-objective.js';
import type {ShardLearner} from '../../runtime/learning/shards/shard-learner.js';
import type {Learnt, Saves} from './io/training-saves.js';
import type {TrainingState} from './io/training-state.js';
import type {StalenessMeter} from './staleness.js';

/** What steps are taken with: a learner of all parts of a batch, which needs nobody, or one of several. */
export interface StepTaker
  extends Pick<
    ShardLearner,
    'prepare' | 'forget' | 'setObjective' | 'step' | 'optimizerState' | 'restore' | 'dispose'
  > {
  weights(): ReturnType<ShardLearner['weights']> | Promise<ReturnType<ShardLearner['weights']>>;
}

export interface Training extends Saves {
  readonly learner: StepTaker;
  readonly backend: string;
  readonly backendReason: string;
  /** What is asked of the run. */
  readonly controls: Controls;
  readonly staleness: StalenessMeter;
  /** Moves with every step. */
  state: TrainingState;
  /** The objective of the last step. */
  objective: ObjectiveRevision;
}

/** Goes back, or on, to what a checkpoint holds. */
export const goTo = (training: Training, {state, weights, slots}: Learnt): void => {
  // One that has taken no step is there already, unless the checkpoint is of a later one.
  if (state.step > 0 || training.state.step > 0) training.learner.restore(weights, slots, state.step);
  training.state = state;
};
