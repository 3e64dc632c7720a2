/** What each benchmark may be told, under the names of its options; program.ts has what they are unless given. */

import type {Precision} from '../tensor/executors.js';
import {type Device, devices, type ExecutorName, executorNames, executorsWith} from '../tensor/executors.js';
import type {RecipeName} from './recipes/recipes.js';
import type {Size} from './workload/sizes.js';
import type {PairKind} from './workload/workload.js';

/** Our executors, each on the devices that it has; `webgpu` is `onnx` on this machine's GPU. */
export type Backend = ExecutorName | Exclude<Device, 'cpu'>;
export const backends = executorNames.flatMap((name) =>
  devices
    .filter((device) => executorsWith({device}).includes(name))
    .map((device): Backend => (device === 'cpu' ? name : device)),
);

interface PeerOptions {
  readonly peers: boolean;
  readonly python: string;
}

/** A step of pairs of one length, however often. */
export interface StepOptions {
  readonly precision: Precision;
  readonly threads: number;
  /** Pairs a step. */
  readonly batch: number;
  /** Of a sequence. */
  readonly tokens: number;
  /** Pairs that our learner computes at once; 0 for all. */
  readonly microBatch: number;
}

/** `learner` and `memory`. */
export interface LearnerOptions extends StepOptions, PeerOptions {
  readonly sizes: readonly Size[];
  readonly backends: readonly Backend[];
  readonly pairs: readonly PairKind[];
  /** Rank of the adapter; 0 where all weights learn. */
  readonly lora: number;
  readonly rounds: number;
  /** A round; undefined where the size decides. */
  readonly steps?: number;
  /** The peers compute on a GPU, through CUDA. */
  readonly cuda: boolean;
}

export interface SamplerOptions extends PeerOptions {
  readonly sizes: readonly Size[];
  readonly backends: readonly Backend[];
  readonly precision: Precision;
  readonly threads: number;
  /** Sequences that our sampler decodes at once. */
  readonly rows: number;
  readonly rounds: number;
  /** Over all requests, a round; undefined where the size decides. */
  readonly passes?: number;
  readonly cuda: boolean;
}

export interface LongOptions extends StepOptions {
  readonly sizes: readonly Size[];
  readonly backends: readonly Backend[];
  readonly lora: number;
  /** In all. */
  readonly steps: number;
}

export const parts = ['training', 'reference', 'sampling', 'steps'] as const;
/** What `real` measures; `steps` are many of a small model, to count compilations and watch memory. */
export type Part = (typeof parts)[number];

/** Random tokens of real lengths, or the texts of a file. */
export type RealPairs =
  | {readonly from: 'lengths'; readonly kinds: readonly PairKind[]}
  | {readonly from: 'file'; readonly path: string};

export interface RealOptions extends PeerOptions {
  readonly sizes: readonly Size[];
  /** A folder, in the place of the sizes. */
  readonly model?: string;
  readonly backends: readonly Backend[];
  readonly parts: readonly Part[];
  readonly pairs: RealPairs;
  /** A file, in the place of random tokens. */
  readonly prompts?: string;
  readonly threads: number;
  readonly batch: number;
  readonly lora: number;
  /** Bytes that our learner may take. */
  readonly memory?: number;
  readonly rounds: number;
  /** Of the part `steps`, in all. */
  readonly steps: number;
  /** Pairs that TRL computes at once. */
  readonly peerMicroBatch: number;
  /** The contenders that are measured; all where there are none. */
  readonly only: readonly string[];
}

export interface BusOptions {
  readonly rounds: number;
  /** A round. */
  readonly messages: number;
  /** Messages in flight at once. */
  readonly window: number;
}

export interface ShardsOptions extends StepOptions {
  readonly sizes: readonly Size[];
  readonly backends: readonly Backend[];
  /** Ranks, measured one after the other. */
  readonly lora: readonly number[];
  readonly rounds: number;
  /** A round; undefined where the size decides. */
  readonly steps?: number;
}

/** Where checkpoints are scored: by the evaluator itself, or by a judge behind an endpoint. */
export const evaluationPlaces = ['local', 'endpoint'] as const;

export interface InterferenceOptions {
  readonly where: readonly (typeof evaluationPlaces)[number][];
  readonly rounds: number;
  /** Of a turn. */
  readonly seconds: number;
  readonly items: number;
  /** 0 for their shares of the cores. */
  readonly threads: number;
  /** Milliseconds. */
  readonly latency: number;
}

export interface OverlapOptions {
  readonly rounds: number;
  /** Of a run. */
  readonly prompts: number;
  /** Pairs a step. */
  readonly batch: number;
}

export interface RecipesOptions {
  /** Of the endpoint; the demo teacher with its policy and prompts where there is none. */
  readonly url?: string;
  /** What the endpoint calls its model. */
  readonly served: string;
  /** The policy, and the file of prompts, which both come with an endpoint. */
  readonly model?: string;
  readonly prompts?: string;
  /** A data file or folder of prompts with answers of other models. */
  readonly recorded?: string;
  readonly count: number;
  readonly only: readonly RecipeName[];
  /** In which reviser and judge are asked, and whether the endpoint is asked to hold them to JSON. */
  readonly form: 'marked' | 'plain';
  readonly structured: boolean;
  /** Of an answer of the endpoint's. */
  readonly maxTokens: number;
  /** Of an answer of the policy's. */
  readonly maxCompletionTokens: number;
  /** Requests in flight. */
  readonly concurrency: number;
  /** Whether the policy's answers that were cut off are asked about, too. */
  readonly keepTruncated?: boolean;
  /** Whether each recipe is also trained on while its pairs are made. */
  readonly train?: boolean;
  readonly keep?: boolean;
}

export interface EndpointsOptions extends PeerOptions {
  /** Requests that the endpoint answers at once, and that are in flight. */
  readonly slots: number;
  /** Of most answers, the median; milliseconds. */
  readonly latency: number;
  /** Of a contender. */
  readonly seconds: number;
}
