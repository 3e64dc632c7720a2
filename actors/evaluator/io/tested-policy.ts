/** The policy that is scored, by the checkpoints of the run: each by the hash of its weights. */
import type {Checkpoint} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {policyWeights} from '../../../runtime/fleet/checkpoints/lora.js';
import {withFirstPolicy} from '../../../runtime/fleet/checkpoints/policy.js';
import {threadsOf} from '../../../runtime/fleet/cores.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {loadPolicy, type Needs, type ScoredPolicy} from '../../../runtime/fleet/scoring/scored-policy.js';
import {loadWeights, type ModelCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';

export interface TestedPolicy extends ScoredPolicy {
  /** Takes up a checkpoint's weights; those that it has already it keeps. Throws as `policyWeights`. */
  take(checkpoint: Checkpoint): Promise<void>;
}

export const openTestedPolicy = async (
  context: ActorContext<Fleet>,
  model: ModelCheckpoint,
  needs: Needs,
): Promise<TestedPolicy> => {
  const {fleet, log} = context;
  // The first weights are let go of once others are there: nothing below holds the model.
  const {config} = model;
  const {generator, scorer, reload, reloadScorer} = await loadPolicy(fleet, model, needs, {
    threads: threadsOf(fleet, 'evaluator'),
    say: (facts, what) => log.info(facts, what),
  });
  /** Undefined before anything was taken, and where it is not sure what is there. */
  let taken: Checkpoint | undefined;
  const take = async (checkpoint: Checkpoint): Promise<void> => {
    if (taken?.weightsSha256 === checkpoint.weightsSha256) return;
    const weights = await policyWeights(context, fleet, checkpoint, config);
    taken = undefined;
    await reload(weights, checkpoint.policyVersion);
    taken = checkpoint;
  };
  return {
    generator,
    scorer,
    take,
    async byFirst(measure) {
      const before = taken;
      taken = undefined;
      const {weights} = await withFirstPolicy(context, fleet, (first, sha256) =>
        loadWeights(first, config, sha256),
      );
      await reloadScorer(weights);
      const measured = await measure();
      if (before !== undefined) await take(before);
      return measured;
    },
  };
};
