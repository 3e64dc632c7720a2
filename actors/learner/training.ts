/** Where a learner is in its training, and one step of it: the same on every shard, whoever leads. */
import type {PreferencePair} from '../../proto/messages.js';
import type {ActorContext} from '../../runtime/actor/context.js';
import type {Controls} from '../../runtime/fleet/controls.js';
import type {InForce} from '../../runtime/fleet/decisions.js';
import type {ObjectiveRevision} from '../../runtime/fleet/objective.js';
import type {Fleet} from '../../runtime/fleet/schema.js';
import type {Learnt, Saves} from '../../runtime/fleet/training-saves.js';
import type {TrainingState} from '../../runtime/fleet/training-state.js';
import type {Exchange} from '../../runtime/learning/exchange.js';
import type {StepMetrics} from '../../runtime/learning/metrics.js';
import {learningRateAt} from '../../runtime/learning/schedule.js';
import type {ShardLearner} from '../../runtime/learning/shard-learner.js';
import type {Batch} from './batches.js';
import {trainingPairOf} from './pair.js';
import type {StalenessMeter} from './staleness.js';

/** What steps are taken with: a learner of all parts of a batch, which needs nobody, or one of several. */
export interface StepTaker
  extends Pick<ShardLearner, 'prepare' | 'setObjective' | 'step' | 'optimizerState' | 'restore' | 'dispose'> {
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

export const takeStep = async (
  {fleet, log, timed}: Pick<ActorContext<Fleet>, 'fleet' | 'log' | 'timed'>,
  training: Training,
  {pairs, next, sequence}: Batch<PreferencePair>,
  {revision, spec}: InForce,
  exchange: Exchange,
): Promise<StepMetrics> => {
  const {learner, model, state} = training;
  const {name, beta, learningRate: peak, settings} = spec.objective;
  if (revision !== training.objective.revision) {
    // Compiled beforehand where there was time.
    await learner.setObjective(name);
    log.info({from: training.objective, to: spec.objective, revision, step: state.step + 1}, 'changed');
    training.objective = {revision, ...spec.objective};
  }
  const {steps: totalSteps, warmupSteps} = fleet.training;
  const learningRate = learningRateAt({peak, warmupSteps, totalSteps}, state.step);
  const tokenized = pairs.map((pair) => trainingPairOf(pair, model.tokenizer, fleet.policy));
  const metrics = await timed('training', () =>
    learner.step(tokenized, {beta, learningRate, settings}, exchange),
  );
  training.state = {
    ...state,
    step: state.step + 1,
    position: next,
    pairSequence: Math.max(state.pairSequence, sequence),
    pairsTrained: state.pairsTrained + pairs.length,
  };
  return metrics;
};
