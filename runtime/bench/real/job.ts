/** What a contender is told where real lengths are measured; ours and the peers read the model from the same folder. */
import type {Device, ExecutorName} from '../../tensor/executors.js';
import type {TokenPair} from '../workload/workload.js';

interface CommonJob {
  /** A Hugging Face folder; it may lack a tokenizer, since texts come as tokens. */
  readonly model: string;
  readonly threads: number;
  readonly precision: 'float32';
  /** Ours only: the executor, and where it computes. */
  readonly backend: ExecutorName;
  readonly device?: Device;
}

interface PairsJob extends CommonJob {
  /** As many each time, in their order. */
  readonly batchSize: number;
  readonly pairs: readonly TokenPair[];
  /** One batch before anything is timed: the shortest. */
  readonly warmUpPairs: readonly TokenPair[];
  /** Peers only: pairs that they compute at once. */
  readonly peerMicroBatchSize: number;
}

export interface RealTrainingJob extends PairsJob {
  readonly bench: 'real-training';
  /** Rank of the adapter that learns; all weights learn without. */
  readonly loraRank?: number;
  /** What ours may take; `defaultMemoryBytes`, unless given. */
  readonly memoryBytes?: number;
  /** All pairs in another order each time that they have been gone through. */
  readonly shuffle?: boolean;
  readonly objective: string;
  readonly beta: number;
  readonly learningRate: number;
  readonly maxGradNorm: number;
  /** What the reference is said to give each token, nats. */
  readonly referenceTokenLogp: number;
}

export interface RealReferenceJob extends PairsJob {
  readonly bench: 'real-reference';
}

/** All prompts at once, answered greedily. */
export interface RealSamplingJob extends CommonJob {
  readonly bench: 'real-sampling';
  readonly prompts: readonly (readonly number[])[];
  readonly maxNewTokens: number;
  /** What ends an answer; nothing where there are none. */
  readonly endTokenIds: readonly number[];
  readonly padTokenId: number;
}

export type RealJob = RealTrainingJob | RealReferenceJob | RealSamplingJob;
