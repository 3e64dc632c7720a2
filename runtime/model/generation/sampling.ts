/** Choosing the next token from the model's prediction. */
import {TerminalError} from '../../errors.js';

export interface SamplingOptions {
  /** Logits are divided by it; 0 takes the most probable token. */
  readonly temperature: number;
  /** In (0, 1]: only the most probable tokens whose probabilities reach this sum; 1 keeps all. */
  readonly topP: number;
  /** Only so many of the most probable tokens, and those as probable as the last of them; 0 keeps all. */
  readonly topK: number;
}

/** What a model says of the next token. */
export interface Prediction {
  /** The id of the largest logit, the first of equals. */
  readonly best: number;
  /** Whether all logits are numbers. */
  readonly isSound: boolean;
  /** [V]: softmax(logits / temperature); empty at temperature 0. */
  readonly probabilities: Float32Array;
}

/**
 * Picks a token id by `uniform`, a number in [0, 1). The same prediction, options and number give the same token.
 * Temperature first, then topK, then topP over what topK left, as transformers has it.
 *
 * @throws TerminalError for a prediction that is not of numbers: some token or other would pass for an answer.
 */
export function sample(prediction: Prediction, options: SamplingOptions, uniform: () => number): number {
  const {best, isSound, probabilities} = prediction;
  if (!isSound) {
    throw new TerminalError(
      'the model predicts no number for the next token; its weights are damaged, or overflow in this precision',
    );
  }
  if (options.temperature === 0) return best;
  if (options.topK === 0 && options.topP === 1) return drawInOrder(probabilities, uniform());
  return drawAmong(candidates(probabilities, options), uniform());
}

function drawInOrder(probabilities: Float32Array, uniform: number): number {
  let total = 0;
  for (const probability of probabilities) total += probability;
  const mark = uniform * total;
  let passed = 0;
  let last = 0;
  for (let token = 0; token < probabilities.length; token++) {
    const probability = probabilities[token] ?? 0;
    if (probability === 0) continue;
    passed += probability;
    last = token;
    if (passed > mark) return token;
  }
  // Rounding can leave the mark at the very end.
  return last;
}

interface Candidate {
  readonly token: number;
  readonly probability: number;
}

const massOf = (kept: readonly Candidate[]): number =>
  kept.reduce((sum, {probability}) => sum + probability, 0);

/** The tokens that topK and topP leave, most probable first. */
function candidates(probabilities: Float32Array, {topK, topP}: SamplingOptions): Candidate[] {
  // Sorting a large vocabulary costs more than a step of a small model. What is lighter than an equal share of the tail
  // cannot be in the nucleus, since all such tokens together weigh less than the tail.
  const floor = topK === 0 ? (1 - topP) / (2 * probabilities.length) : kthLargest(probabilities, topK);
  let total = 0;
  const kept: Candidate[] = [];
  for (let token = 0; token < probabilities.length; token++) {
    const probability = probabilities[token] ?? 0;
    total += probability;
    if (probability >= floor) kept.push({token, probability});
  }
  kept.sort((a, b) => b.probability - a.probability || a.token - b.token);
  if (topP === 1) return kept;
  const mass = topK === 0 ? total : massOf(kept);
  let reached = 0;
  const outside = kept.findIndex(({probability}) => {
    const isOutside = reached >= topP * mass;
    reached += probability;
    return isOutside;
  });
  return outside === -1 ? kept : kept.slice(0, Math.max(1, outside));
}

/** Up to here the largest are kept in order while the vocabulary is read once; beyond, it is sorted. */
const LARGEST_KEPT_IN_ORDER = 128;

function kthLargest(values: Float32Array, k: number): number {
  if (k >= values.length) return 0;
  if (k > LARGEST_KEPT_IN_ORDER) return values.slice().sort()[values.length - k] ?? 0;
  // The k largest so far, the smallest first.
  const largest = new Float32Array(k).fill(-1);
  let smallest = -1;
  for (const value of values) {
    if (value <= smallest) continue;
    let place = 1;
    for (; place < k && (largest[place] ?? 0) < value; place++) largest[place - 1] = largest[place] ?? 0;
    largest[place - 1] = value;
    smallest = largest[0] ?? 0;
  }
  return smallest;
}

function drawAmong(kept: readonly Candidate[], uniform: number): number {
  const mark = uniform * massOf(kept);
  let passed = 0;
  for (const {token, probability} of kept) {
    passed += probability;
    if (passed > mark) return token;
  }
  return kept.at(-1)?.token ?? 0;
}
