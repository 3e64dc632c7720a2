/** Where a learner is in its training, and one step of it: the same on every shard, whoever leads. */
import type {PreferencePair} from '../../proto/messages.js';
import type {ActorContext} from '../../runtime/actor/context.js';
import type {Controls} from '../../runtime/fleet/control/controls.js';
import type {InForce} from '../../runtime/fleet/control/decisions.js';
import type {ObjectiveRevision} from '../../runtime/fleet/control/objective.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import type {Progress} from '../../runtime/fleet/progress.js';
import type {StepMetrics} from '../../runtime/learning/metrics.js';
import {learningRateAt} from '../../runtime/learning/schedule.js';
import type {ShardLearner} from '../../runtime/learning/shards/shard-learner.js';
import type {Batch, BatchPlan} from './batches.js';
import type {Crew} from './io/crew.js';
import type {Learnt, Saves, Saving} from './io/training-saves.js';
import type {TrainingState} from './io/training-state.js';
import type {StalenessMeter} from './staleness.js';
import {trainingPairOf} from './training-pair.js';

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

/** What is done outside the process; `actor.ts` does it. */
export interface Outside {
  /** Goes to the newest checkpoint there is; resolves to its sequence, 0 for the policy before training. */
  goToNewest(): Promise<number>;
  /** Goes to a checkpoint by its sequence. */
  goToEntry(sequence: number): Promise<void>;
  /** The batches of the pair log from where training is. */
  batches(
    how: Required<Pick<BatchPlan<PreferencePair>, 'stop' | 'onStale'>>,
  ): AsyncGenerator<Batch<PreferencePair>>;
  /** Resolves a pair that was too old for the step that follows so many others. */
  rejectStale(pair: PreferencePair, step: number): Promise<void>;
  /** Pairs on the log after a sequence; undefined where that cannot be known. */
  waitingAfter(sequence: number): Promise<number | undefined>;
  /** Says to the run where training is. */
  announce(phase: Progress['phase']): Promise<void>;
  /** Publishes the policy before training, where it lies: evaluators score it like every other. */
  publishFirst(saving: Saving): Promise<void>;
  /** Publishes the newest checkpoint once more. */
  publishLast(saving: Saving): Promise<void>;
  /** Writes what was learnt and publishes it. */
  save(saving: Saving, learnt: Pick<Learnt, 'weights' | 'slots'>): Promise<void>;
}

/** What one member of a crew works with. */
export interface Part {
  readonly context: ActorContext<Fleet>;
  readonly training: Training;
  readonly crew: Crew;
  readonly outside: Outside;
}

/** Goes back, or on, to what a checkpoint holds. */
export const goTo = (training: Training, {state, weights, slots}: Learnt): void => {
  // One that has taken no step is there already, unless the checkpoint is of a later one.
  if (state.step > 0 || training.state.step > 0) training.learner.restore(weights, slots, state.step);
  training.state = state;
};

/** One step, which every member takes with the same batch and spec. */
export const takeStep = async (
  {context: {fleet, log, timed}, training, crew: {exchange}}: Part,
  {pairs, next, sequence}: Batch<PreferencePair>,
  {revision, spec}: InForce,
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
