/** The model that is measured: random weights, made anew the same each time, and a tokenizer that nobody asks anything. */

import {initialWeights} from '../../demo/initial-weights.js';
import {initialAdapter} from '../../model/files/adapter.js';
import type {ModelConfig} from '../../model/files/config.js';
import type {ModelCheckpoint} from '../../model/files/model-checkpoint.js';

/** With a low-rank adapter where a rank is given. */
export const randomModel = (config: ModelConfig, loraRank?: number): ModelCheckpoint => ({
  directory: '',
  config,
  tokenizer: {
    encode: () => [],
    decode: () => '',
    endToken: '',
    // None, so that sampled sequences have the lengths that the workload says.
    endTokenIds: [],
    padTokenId: 0,
  },
  weights: initialWeights(config, 0),
  weightsSha256: '',
  ...(loraRank === undefined ? {} : {adapter: initialAdapter(config, adapterOptions(loraRank), 0)}),
});

/** On every linear layer, as PEFT begins one. */
const adapterOptions = (rank: number) =>
  ({rank, alpha: 2 * rank, dropout: 0, targetModules: 'all-linear'}) as const;
