/** How far what a sampler computed of its own tokens is from what the reference computes of them. Pure. */
import type {CandidatePair} from '../../proto/messages.js';
import {datasetOf, sampledSides} from '../../runtime/datasets.js';
import type {PairLogps} from '../../runtime/learning/metrics.js';

export interface SamplingGap {
  readonly tokens: number;
  /** |log π_sampler(y|x) − log π_ref(y|x)| over all of them, of two answers of their sum; nats. */
  readonly difference: number;
}

/**
 * Of answers of the policy before training, which the reference is; undefined of others, and of those whose tokens were cut or
 * encoded again.
 */
export function samplingGap(
  {source, sampling, chosenIds, rejectedIds}: CandidatePair,
  scored: {readonly chosenIds: ArrayLike<number>; readonly rejectedIds: ArrayLike<number>},
  reference: PairLogps,
): SamplingGap | undefined {
  if (sampling?.logps == null || sampling.endPolicyVersion !== 0) return undefined;
  const sampled = {chosen: chosenIds, rejected: rejectedIds};
  const counted = {chosen: scored.chosenIds, rejected: scored.rejectedIds};
  const dataset = datasetOf(source);
  const sides = dataset === undefined ? [] : sampledSides(dataset);
  // Of several answers, the sum is of those too that are not in the pair.
  if (dataset?.answers !== sides.length) return undefined;
  const tokens = sides.reduce((sum, side) => sum + counted[side].length, 0);
  const isWhole = sides.every((side) => sampled[side].length === counted[side].length);
  if (!isWhole || tokens === 0) return undefined;
  const logps = sides.reduce((sum, side) => sum + reference[side], 0);
  return {tokens, difference: Math.abs(sampling.logps - logps)};
}
