/** The models that are measured: Llamas with tied embeddings and random weights. */
import type {ModelConfig} from '../../model/files/config.js';

interface Dimensions {
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly inner: number;
  readonly vocabulary: number;
}

const dimensions = {
  '0.4M': {hidden: 128, layers: 2, heads: 4, keyValueHeads: 2, inner: 352, vocabulary: 256},
  '0.9M': {hidden: 192, layers: 2, heads: 6, keyValueHeads: 2, inner: 512, vocabulary: 512},
  '3M': {hidden: 256, layers: 4, heads: 8, keyValueHeads: 4, inner: 688, vocabulary: 512},
  '10M': {hidden: 384, layers: 6, heads: 6, keyValueHeads: 2, inner: 1024, vocabulary: 512},
  // Two thirds of it are the embedding of a real vocabulary.
  '12M': {hidden: 192, layers: 8, heads: 6, keyValueHeads: 2, inner: 512, vocabulary: 49_152},
  '30M': {hidden: 512, layers: 8, heads: 8, keyValueHeads: 4, inner: 1408, vocabulary: 8192},
  '135M': {hidden: 576, layers: 30, heads: 9, keyValueHeads: 3, inner: 1536, vocabulary: 49_152},
} as const satisfies Readonly<Record<string, Dimensions>>;

export type Size = keyof typeof dimensions;
export const sizes = Object.keys(dimensions) as Size[];

export const configOf = (size: Size): ModelConfig => {
  const {hidden, layers, heads, keyValueHeads, inner, vocabulary} = dimensions[size];
  return {
    family: 'llama',
    vocabSize: vocabulary,
    hiddenSize: hidden,
    intermediateSize: inner,
    layerCount: layers,
    headCount: heads,
    keyValueHeadCount: keyValueHeads,
    headDim: hidden / heads,
    normEpsilon: 1e-6,
    rotary: {theta: 10_000, scaling: undefined},
    maxPositions: 2048,
    tiedEmbeddings: true,
    queryKeyValueBias: false,
    outputBias: false,
    feedForwardBias: false,
    queryKeyNorm: false,
  };
};
