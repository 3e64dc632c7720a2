/** The weights that pretraining begins with. Pure. */
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import type {ModelConfig} from '../model/files/config.js';
import {parameterShapes} from '../model/files/parameters.js';
import {randomFor} from '../seed.js';
import type {HostTensor} from '../tensor/executor.js';
import {sizeOf} from '../tensor/graph/graph.js';

/** Transformers' `initializer_range`. */
const DEVIATION = 0.02;

/** By Hugging Face names: matrices normal with deviation 0.02, norms 1. For configurations without biases. */
export const initialWeights = (config: ModelConfig, seed: number): Map<string, HostTensor> => {
  const random = randomFor('initial weights', seed);
  // Box-Muller; 1 - u is never 0.
  const normal = (): number => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random)));
    return DEVIATION * radius * Math.cos(2 * Math.PI * uniformFloat64(random));
  };
  const weights = new Map<string, HostTensor>();
  for (const [name, shape] of parameterShapes(config)) {
    const size = sizeOf(shape);
    const data = Float32Array.from({length: size}, shape.length === 1 ? () => 1 : normal);
    weights.set(name, {shape, dtype: 'float32', data});
  }
  return weights;
};
