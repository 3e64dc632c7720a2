/** One step of a learner: the same on every shard, whoever leads. */
import type {PreferencePair} from '../../proto/messages.js';
import type {ActorContext} from '../../runtime/actor/context.js';
import type {InForce} from '../../runtime/fleet/control/decisions.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import type {Batch} from '../../runtime/learning/batches.js';
import type {StepMetrics} from '../../runtime/learning/metrics.js';
import {learningRateAt} from '../../runtime/learning/schedule.js';
import type {Crew} from './io/crew.js';
import type {Outside} from './io/outside.js';
import type {Training} from './training.js';

/** What one member of a crew works with. */
export interface Part {
  readonly context: ActorContext<Fleet>;
  readonly training: Training;
  readonly crew: Crew;
  readonly outside: Outside;
}

/** One step, which every member takes with the same batch and spec. */
export const takeStep = async (
  {context: {fleet, log, timed}, training, crew: {exchange}}: Part,
  {pairs, next, sequence}: Batch<PreferencePair>,
  {revision, spec}: InForce,
): Promise<StepMetrics> => {
  const {learner, state} = training;
  const {name, beta, learningRate: peak, settings} = spec.objective;
  if (revision !== training.objective.revision) {
    // Compiled beforehand where there was time.
    await learner.setObjective(name);
    log.info({from: training.objective, to: spec.objective, revision, step: state.step + 1}, 'changed');
    training.objective = {revision, ...spec.objective};
  }
  const {steps: totalSteps, warmupSteps} = fleet.training;
  const learningRate = learningRateAt({peak, warmupSteps, totalSteps}, state.step);
  const metrics = await timed('training', () =>
    learner.step(pairs, {beta, learningRate, settings}, exchange),
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
