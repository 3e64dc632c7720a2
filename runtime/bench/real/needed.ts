/** What pairs need at least, however they are computed: what their completions have in common counts once. */
import {forkOf} from '../../learning/packing/row-layout.js';
import type {ModelConfig} from '../../model/files/config.js';
import type {TokenPair} from '../workload/workload.js';

export const neededTokens = (pairs: readonly TokenPair[]): number =>
  pairs.reduce((sum, pair) => sum + forkOf(pair).length, 0);

/** Prompt, chosen and rejected of the longest pair, side by side. */
export const longestRow = (pairs: readonly TokenPair[]): number =>
  Math.max(...pairs.map((pair) => forkOf(pair).length));

/** Prompt and completion of the longest sequence. */
export const longestSequence = (pairs: readonly TokenPair[]): number =>
  Math.max(
    ...pairs.map(
      ({promptIds, chosenIds, rejectedIds}) =>
        promptIds.length + Math.max(chosenIds.length, rejectedIds.length),
    ),
  );

/** Multiplications and additions of a forward pass: each layer's weights for each token, attention to what a token sees alone, and the vocabulary where a completion's token is predicted. */
export function neededForwardFlop(config: ModelConfig, pairs: readonly TokenPair[]): number {
  const {hiddenSize, intermediateSize, layerCount, vocabSize, headDim} = config;
  const queryWidth = config.headCount * headDim;
  const keyValueWidth = config.keyValueHeadCount * headDim;
  const layerWeights = hiddenSize * (2 * queryWidth + 2 * keyValueWidth + 3 * intermediateSize);
  return pairs.map(forkOf).reduce((sum, fork) => {
    const {shared, chosenRest, rejectedRest, length, predicting} = fork;
    const seen =
      triangle(shared) + (chosenRest + rejectedRest) * shared + triangle(chosenRest) + triangle(rejectedRest);
    const layers = layerCount * (2 * length * layerWeights + 4 * seen * queryWidth);
    return sum + layers + 2 * predicting * hiddenSize * vocabSize;
  }, 0);
}

/** A step's: the backward pass again for the activations, and for the weights unless they are frozen under an adapter. */
export const neededStepFlop = (config: ModelConfig, pairs: readonly TokenPair[], isFrozen: boolean): number =>
  (isFrozen ? 2 : 3) * neededForwardFlop(config, pairs);

/** Of `count` tokens one after another, each sees itself and those before. */
const triangle = (count: number): number => (count * (count + 1)) / 2;
