/** The model that is measured: random weights, made anew the same each time, and a tokenizer that nobody asks anything. */

import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {initialWeights} from '../demo/initial-weights.js';
import type {ModelCheckpoint} from '../model/checkpoint.js';
import type {ModelConfig} from '../model/config.js';
import {parameterShapes} from '../model/parameters.js';
import {randomFor} from '../seed.js';
import type {HostTensor} from '../tensor/executor.js';
import {sizeOf} from '../tensor/graph.js';

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
  ...(loraRank === undefined ? {} : {adapter: randomAdapter(config, loraRank)}),
});

const TARGETS = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'];

/** An adapter on every linear layer, as PEFT begins one: A uniform in ±1/√in, B zero. */
function randomAdapter(config: ModelConfig, rank: number) {
  const random = randomFor('bench adapter');
  const tensors = new Map<string, HostTensor>();
  for (const [name, [outputs = 0, inputs = 0]] of parameterShapes(config)) {
    const linear = name.slice(0, -'.weight'.length);
    if (!TARGETS.some((target) => linear.endsWith(target))) continue;
    const bound = 1 / Math.sqrt(inputs);
    const uniform = () => bound * (2 * uniformFloat64(random) - 1);
    const [a, b] = [
      [rank, inputs],
      [outputs, rank],
    ];
    const down = Float32Array.from({length: sizeOf(a ?? [])}, uniform);
    tensors.set(`${linear}.lora_A.weight`, {shape: a ?? [], dtype: 'float32', data: down});
    tensors.set(`${linear}.lora_B.weight`, {
      shape: b ?? [],
      dtype: 'float32',
      data: new Float32Array(outputs * rank),
    });
  }
  return {rank, alpha: 2 * rank, dropout: 0, targetModules: TARGETS, tensors};
}
