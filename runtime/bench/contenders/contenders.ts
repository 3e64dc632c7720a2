/** Who is measured: our executors, and the peers where they are wanted. */
import {join} from 'node:path';
import {codeRoot, packageRoot} from '../../paths.js';
import {executorsWith, type Precision} from '../../tensor/executors.js';
import {type Backend, backends} from '../options.js';
import type {Command} from './contender.js';
import type {LearnerJob} from './job.js';

/** A process of ours; `node` are further arguments of Node itself. */
export const ours = (backend: Backend, node: readonly string[] = []): Command => ({
  name: backend,
  command: process.execPath,
  args: [...node, join(codeRoot, 'runtime', 'bench', 'contenders', 'worker.js')],
});

/** What a job says of the executor. */
export const executorOf = (backend: Backend): Pick<LearnerJob, 'backend' | 'device'> =>
  backend === 'webgpu' ? {backend: 'onnx', device: 'webgpu'} : {backend};

/** A Python file of `peers/`, which no build copies. */
const peer = (name: string, python: string, file: string, ...args: string[]): Command => ({
  name,
  command: python,
  args: [join(packageRoot, 'runtime', 'bench', 'peers', file), ...args],
});

export const learnerPeers = (python: string): Command[] => [
  peer('torch', python, 'torch_step.py'),
  peer('torch_compiled', python, 'torch_step.py', '--compile'),
  peer('trl', python, 'trl_step.py'),
];

export const memoryPeers = (python: string): Command[] => [
  peer('peft', python, 'torch_step.py'),
  peer('peft_checkpointing', python, 'torch_step.py', '--checkpointing'),
];

export const samplerPeers = (python: string): Command[] => [
  peer('transformers', python, 'generate.py'),
  peer('transformers_sorted', python, 'generate.py', '--batches', '2'),
];

export const realTrainingPeers = (python: string): Command[] => [
  peer('trl', python, 'trl_real.py'),
  peer('trl_checkpointing', python, 'trl_real.py', '--checkpointing'),
];

export const realReferencePeers = (python: string): Command[] => [peer('trl', python, 'trl_real.py')];

export const realSamplingPeers = (python: string): Command[] => [
  peer('transformers', python, 'generate_real.py'),
  peer('llama.cpp', python, 'llamacpp_real.py'),
];

/** The backends that can be measured at a precision; `onMissing` hears of the others. */
export const fitting = (
  backends: readonly Backend[],
  precision: Precision,
  onMissing: (name: string, reason: string) => void,
): Backend[] =>
  backends.filter((backend) => {
    const {backend: name, device} = executorOf(backend);
    const fits = executorsWith({device, precision}).includes(name);
    if (!fits) onMissing(backend, `${backend} computes in float32 only`);
    return fits;
  });

/** What is inside the seconds of a step. */
export const computes: Readonly<Record<string, string>> = {
  ours: 'policy forward and backward, gradient norm clipped at 1, RMSProp, metrics; the reference log-probabilities come with the pairs',
  torch: 'policy forward and backward, RMSProp; no reference forward, no clipping, no metrics',
  torch_compiled: 'as torch, the model through torch.compile',
  trl: 'policy forward and backward, reference forward, gradient norm clipped at 1, RMSProp, metrics',
  peft: 'policy forward and backward of an adapter, RMSProp; no reference forward, no clipping, no metrics',
  peft_checkpointing: 'as peft, activations recomputed in the backward pass',
};

/** What is inside the seconds of a step on pairs of real lengths, the reference's log-probabilities given to all. */
export const realComputes: Readonly<Record<string, string>> = {
  ours: 'policy forward and backward, gradient norm clipped at 1, RMSProp, metrics',
  trl: 'policy forward and backward in micro-batches, gradient norm clipped at 1, RMSProp, metrics',
  trl_checkpointing: 'as trl, activations recomputed in the backward pass, as TRL comes',
};

/** What is inside the seconds of the reference's pass over a batch. */
export const realScores: Readonly<Record<string, string>> = {
  ours: 'log-probabilities of both completions',
  trl: "DPOTrainer's compute_ref_log_probs, as its precomputation calls it",
};

/** What is inside the seconds of answering all prompts. */
export const realSamples: Readonly<Record<string, string>> = {
  ours: 'prefill and greedy decoding, the text of the answers',
  transformers: 'generate, all requests in one batch until the longest has ended',
  'llama.cpp':
    'prefill and greedy decoding of all requests as sequences of one batch; keys and values in float32',
};

/** Who may be measured on real lengths. */
export const contenderNames: readonly string[] = [
  ...backends,
  ...new Set([realComputes, realScores, realSamples].flatMap(Object.keys)),
].filter((name) => name !== 'ours');

/** What is inside the seconds of a pass over all requests. */
export const samples: Readonly<Record<string, string>> = {
  ours: 'prefill and decoding at temperature 1, a row that ends given to the next request; no tokenizer',
  transformers:
    'generate at temperature 1, all requests in one batch, until the longest has ended; no tokenizer',
  transformers_sorted: 'as transformers, in two batches, the requests sorted by length',
};
