/**
 * A fleet without a learner: `anchorage data make` ends in a file of pairs, and no policy is trained. It is any fleet; what it
 * says of training, the objective and evaluation is checked as ever, and not used.
 */
import type {ActorName} from '../../actors.js';
import {holdOutOf} from './held-out.js';
import {withSteps} from './length.js';
import {type Fleet, fleetSchema} from './schema.js';

/** A run of a fleet that has none is complete once every prompt is a pair or a rejection. */
export const hasLearner = ({actors}: {readonly actors: Pick<Fleet['actors'], 'learner'>}): boolean =>
  actors.learner.count > 0;

/** Those that work on checkpoints, of which there are none here. */
const idle = ['learner', 'evaluator'] as const satisfies readonly ActorName[];

/** Stands where nobody learns: what is steered on a run's control stream begins with some objective. */
const NO_OBJECTIVE = {name: 'apo_zero', learningRate: 1e-6};

/** What is read of a fleet.yaml, with `objective` and `training` where they are left out. */
export const withTrainingFilledIn = (input: unknown): unknown =>
  typeof input === 'object' && input !== null && !Array.isArray(input)
    ? {objective: NO_OBJECTIVE, training: {batchSize: 1}, ...input}
    : input;

/**
 * The fleet as it makes pairs alone. Two that differ in their training alone are the same: each prompt is answered by the one
 * policy there is, and `training.maxPairs` bounds the pairs, besides those that `heldout` would hold back.
 */
export const pairsOnly = (fleet: Fleet): Fleet => {
  const {evaluation: _, maxStaleness: _staleness, pipelineDepth: _depth, ...rest} = fleet;
  const {maxPairs} = fleet.training;
  const {training, objective, actors} = fleetSchema
    .pick({training: true, objective: true, actors: true})
    .parse({
      training: {batchSize: 1, maxPairs: maxPairs && maxPairs + holdOutOf(fleet)},
      objective: NO_OBJECTIVE,
      actors: {...fleet.actors, ...Object.fromEntries(idle.map((name) => [name, {count: 0}]))},
    });
  return withSteps({...rest, training, objective, actors});
};
