/**
 * How far sampling may run ahead of training, in policy versions. Pure.
 *
 * A version is what the learner publishes every `training.checkpointEverySteps` optimizer steps; so B, the pairs between two
 * versions, is `batchSize · checkpointEverySteps`. Versions are counted by steps here: after step s, v(s) =
 * ⌊s / checkpointEverySteps⌋ of them were due. A checkpoint that a stop adds between two is as old as the one before it, so
 * that a run that was stopped counts like one that never was.
 *
 * A pair's staleness is v(step that trains it) − v(step of the policy that began its answers).
 */
import type {Fleet} from '../file/schema.js';

/** What of a fleet decides on freshness. */
export type Freshness = Pick<Fleet, 'maxStaleness' | 'pipelineDepth'> & {
  readonly training: Pick<Fleet['training'], 'batchSize' | 'checkpointEverySteps' | 'steps'>;
};

/** Versions due after so many optimizer steps. */
export const versionAt = (step: number, {training}: Freshness): number =>
  Math.floor(step / training.checkpointEverySteps);

/** Versions between the policy of `policyStep` steps and the one that stands at `step`; at least 0. */
export const stalenessAt = (policyStep: number, step: number, fleet: Freshness): number =>
  Math.max(0, versionAt(step, fleet) - versionAt(policyStep, fleet));

/** d: versions that sampling may be ahead of training; undefined where only `maxOutstandingPrompts` bounds that. */
export const pipelineDepthOf = ({maxStaleness, pipelineDepth}: Freshness): number | undefined =>
  pipelineDepth ?? (maxStaleness === undefined ? undefined : Math.min(1, maxStaleness));

export interface Admission {
  /** Prompts that may have been sent so far, those that were rejected not counted. */
  readonly mostPrompts: number;
  /** Optimizer steps, at least, of the policy that may answer a prompt that is sent now; 0: any may. */
  readonly minPolicyStep: number;
}

/**
 * What may be sent when a policy of `step` steps is the newest published.
 *
 * With v = v(step): accepted + running < (d + v + 1) · B, where accepted + running = sent − rejected. A prompt that gives no
 * pair, or one too stale, refunds its place. Nothing is remembered for it: both counts are those of the streams, so a fleet
 * that goes on admits what one that never stopped would. No more are sent than all steps train on.
 *
 * A prompt sent at v is to be trained on at v + d; what answers it is no older than v + d − S. With S = 0 this is v itself:
 * sampling waits for every policy, and training for the pairs of that policy.
 */
export const admissionAt = (step: number, fleet: Freshness): Admission => {
  const {maxStaleness, training} = fleet;
  const {batchSize, checkpointEverySteps, steps} = training;
  const depth = pipelineDepthOf(fleet);
  if (depth === undefined) return {mostPrompts: Number.POSITIVE_INFINITY, minPolicyStep: 0};
  const version = versionAt(step, fleet);
  const ahead = (depth + version + 1) * batchSize * checkpointEverySteps;
  const oldest = maxStaleness === undefined ? 0 : Math.max(0, version + depth - maxStaleness);
  return {
    mostPrompts: Math.min(ahead, steps * batchSize),
    minPolicyStep: oldest * checkpointEverySteps,
  };
};
