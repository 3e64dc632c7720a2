/**
 * The policy that is scored, by the checkpoints of the run: each by the hash of its weights. Where it is behind an endpoint its answers
 * are the server's, and what measures is computed here all the same.
 */
import type {Checkpoint} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {policyWeights} from '../../../runtime/fleet/checkpoints/lora.js';
import {withFirstPolicy} from '../../../runtime/fleet/checkpoints/policy.js';
import {threadsOf} from '../../../runtime/fleet/cores.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {loadPolicy, type Needs, type ScoredPolicy} from '../../../runtime/fleet/scoring/scored-policy.js';
import {loadWeights, type ModelCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {allLoaded} from '../../../runtime/tensor/given.js';
import type {AskedPolicy} from './asked-policy.js';

export interface TestedPolicy extends ScoredPolicy {
  /** Takes up a checkpoint's weights; those that it has already it keeps. Throws as `policyWeights`. */
  take(checkpoint: Checkpoint): Promise<void>;
  /** Says that nobody scores it any more for now. */
  letGo(): Promise<void>;
}

/**
 * @param model undefined where nothing is computed here.
 * @param asked who answers; this process, unless given.
 */
export const openTestedPolicy = async (
  context: ActorContext<Fleet>,
  model: ModelCheckpoint | undefined,
  needs: Needs,
  asked: AskedPolicy | undefined,
): Promise<TestedPolicy> => {
  const {fleet, log} = context;
  // The first weights are let go of once others are there: nothing below holds the model.
  const config = model?.config;
  const computed =
    model &&
    (await loadPolicy(fleet, model, needs, {
      threads: threadsOf(fleet, 'evaluator'),
      say: (facts, what) => log.info(facts, what),
    }));
  const generator = asked?.generator ?? computed?.generator;
  if (generator === undefined) throw new Error('nobody answers, here or elsewhere');
  /** Undefined before anything was taken, and where it is not sure what is there. */
  let taken: Checkpoint | undefined;
  const take = async (checkpoint: Checkpoint): Promise<void> => {
    if (taken?.weightsSha256 === checkpoint.weightsSha256) return;
    if (computed !== undefined && config !== undefined) {
      const weights = await policyWeights(context, fleet, checkpoint, config);
      taken = undefined;
      await computed.reload(await allLoaded(weights), checkpoint.policyVersion);
    }
    taken = undefined;
    await asked?.take(checkpoint);
    taken = checkpoint;
  };
  return {
    generator,
    scorer: computed?.scorer ?? {logps: () => Promise.reject(new Error('no suite was to be measured'))},
    take,
    async byFirst(_, measure) {
      if (computed === undefined || config === undefined) return measure();
      const before = taken;
      taken = undefined;
      const {weights} = await withFirstPolicy(context, fleet, (first, sha256) =>
        loadWeights(first, config, sha256),
      );
      await computed.reloadScorer(weights);
      const measured = await measure();
      if (before !== undefined) await take(before);
      return measured;
    },
    async letGo() {
      if (asked === undefined) return;
      // What is taken up again is loaded there again.
      taken = undefined;
      await asked.letGo();
    },
  };
};
