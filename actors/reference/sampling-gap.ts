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

/** Nats a token: a model in 8 bits is off by hundredths, another fine-tuning of the same one by several tenths. */
const OTHER_MODEL = 0.2;
/** Before so many, one odd answer decides. */
const LEAST_TOKENS = 1000;

/** What to tell a person of a policy behind an endpoint that answers as another model than `policy.model` would; undefined where it does not. */
export const otherModelLine = (
  {tokens, difference}: SamplingGap,
  {endpoint, model}: {readonly endpoint: string; readonly model: string},
): string | undefined =>
  tokens < LEAST_TOKENS || difference / tokens < OTHER_MODEL
    ? undefined
    : `endpoints.${endpoint} and policy.model differ by ${(difference / tokens).toFixed(2)} nats a token over ${tokens} tokens of ` +
      `answers before training: see that ${model} (actors.sampler.model) is the model of that folder`;
