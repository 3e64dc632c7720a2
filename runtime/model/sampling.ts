/** Choosing the next token from logits. */

export interface SamplingOptions {
  /** Logits are divided by it; 0 takes the most probable token. */
  readonly temperature: number;
  /** In (0, 1]: only the most probable tokens whose probabilities reach this sum; 1 keeps all. */
  readonly topP: number;
  /** Only so many of the most probable tokens; 0 keeps all. */
  readonly topK: number;
}

/** Picks a token id by `uniform`, a number in [0, 1). The same logits, options and number give the same token. */
export type Sampler = (logits: Float32Array, options: SamplingOptions, uniform: () => number) => number;

/** A sampler with scratch memory for a vocabulary of that size. Temperature first, then topK, then topP, as transformers has it. */
export function createSampler(vocabSize: number): Sampler {
  const weights = new Float64Array(vocabSize);
  return (logits, options, uniform) => {
    const best = mostProbable(logits);
    if (options.temperature === 0) return best;
    const peak = logits[best] ?? 0;
    let total = 0;
    for (let token = 0; token < vocabSize; token++) {
      const weight = Math.exp(((logits[token] ?? 0) - peak) / options.temperature);
      weights[token] = weight;
      total += weight;
    }
    if (options.topK === 0 && options.topP === 1) return drawInOrder(weights, uniform() * total);
    return drawAmong(candidates(weights, total, options), uniform());
  };
}

/** The id of the largest logit, the first of equals. */
function mostProbable(logits: Float32Array): number {
  let best = 0;
  let peak = -Infinity;
  for (let token = 0; token < logits.length; token++) {
    const value = logits[token] ?? -Infinity;
    if (value > peak) {
      peak = value;
      best = token;
    }
  }
  return best;
}

function drawInOrder(weights: Float64Array, mark: number): number {
  let passed = 0;
  let last = 0;
  for (let token = 0; token < weights.length; token++) {
    const weight = weights[token] ?? 0;
    if (weight === 0) continue;
    passed += weight;
    last = token;
    if (passed > mark) return token;
  }
  // Rounding can leave the mark at the very end.
  return last;
}

interface Candidate {
  readonly token: number;
  readonly weight: number;
}

/** The tokens that topK and topP leave, most probable first. */
function candidates(weights: Float64Array, total: number, {topK, topP}: SamplingOptions): Candidate[] {
  // Sorting a large vocabulary costs more than a step of a small model. What is lighter than an equal share of the tail
  // cannot be in the nucleus, since all such tokens together weigh less than the tail.
  const floor = topK === 0 ? (total * (1 - topP)) / weights.length : kthLargest(weights, topK);
  const kept: Candidate[] = [];
  weights.forEach((weight, token) => {
    if (weight >= floor) kept.push({token, weight});
  });
  kept.sort((a, b) => b.weight - a.weight || a.token - b.token);
  if (topK > 0) kept.splice(topK);
  if (topP === 1) return kept;
  const mass = topK === 0 ? total : kept.reduce((sum, {weight}) => sum + weight, 0);
  let reached = 0;
  const outside = kept.findIndex(({weight}) => {
    const isOutside = reached >= topP * mass;
    reached += weight;
    return isOutside;
  });
  return outside === -1 ? kept : kept.slice(0, Math.max(1, outside));
}

const kthLargest = (weights: Float64Array, k: number): number =>
  k >= weights.length ? 0 : (weights.slice().sort()[weights.length - k] ?? 0);

function drawAmong(kept: readonly Candidate[], uniform: number): number {
  const mark = uniform * kept.reduce((sum, {weight}) => sum + weight, 0);
  let passed = 0;
  for (const {token, weight} of kept) {
    passed += weight;
    if (passed > mark) return token;
  }
  return kept.at(-1)?.token ?? 0;
}
