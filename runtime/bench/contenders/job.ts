/**
 * What a contender is told and answers: one JSON object a line on its standard input and output, the same for our own
 * processes and for the Python ones. A contender gets its job, says that it is ready or what it lacks, runs what it is
 * told, and at the end of its input says how much memory it took.
 */
import * as z from 'zod';
import type {WireType} from '../../exchange/frames.js';
import type {ModelConfig} from '../../model/files/config.js';
import type {Device, ExecutorName, Precision} from '../../tensor/executors.js';
import type {RealJob} from '../real/job.js';
import type {Size} from '../workload/sizes.js';
import type {Request, TokenPair} from '../workload/workload.js';

interface CommonJob {
  readonly size: Size;
  readonly config: ModelConfig;
  readonly threads: number;
  readonly precision: Precision;
  /** Ours only: the executor, and where it computes. */
  readonly backend: ExecutorName;
  readonly device?: Device;
  /** Peers only: on a GPU through CUDA. */
  readonly cuda?: boolean;
}

export interface LearnerJob extends CommonJob {
  readonly bench: 'learner';
  readonly pairs: readonly TokenPair[];
  /** Rank of the adapter that learns; all weights learn without. */
  readonly loraRank?: number;
  /** Pairs computed at once; all without. */
  readonly microBatchSize?: number;
}

export interface SamplerJob extends CommonJob {
  readonly bench: 'sampler';
  readonly requests: readonly Request[];
  /** Ours only: sequences decoded at once. */
  readonly rows: number;
}

/** What a step computes, counted, and how fast matrix products are at best. */
export interface ProbeJob extends Omit<LearnerJob, 'bench'> {
  readonly bench: 'probe';
}

/** One member of several that train as one. */
export interface ShardJob extends Omit<LearnerJob, 'bench'>, Member {
  readonly bench: 'shard';
  readonly wire: WireType;
}

/** One of two members that send each other as much as in a step: half of it one way, then half of it to all. */
export interface TransferJob extends Member {
  readonly bench: 'transfer';
  readonly threads: number;
  /** Values sent by each. */
  readonly length: number;
  /** Through an exchange, or as plain messages of the same size that nobody looks into. */
  readonly raw: boolean;
}

interface Member {
  /** Of the server; without one a member hears itself, which costs nothing: what a step takes beside the exchange. */
  readonly url?: string;
  /** The members' own name among those of this server. */
  readonly run: string;
  readonly members: number;
  readonly self: number;
}

export type Job = LearnerJob | SamplerJob | ProbeJob | ShardJob | TransferJob | RealJob;

/** How often to do what the job says. */
export interface Run {
  readonly count: number;
}

const memorySchema = z.object({
  rssBytes: z.number(),
  /** Ours only: JavaScript objects, and what TensorFlow.js has not disposed of. */
  heapBytes: z.number(),
  tensors: z.number(),
});
export type Memory = z.infer<typeof memorySchema>;

export const readySchema = z.union([z.object({missing: z.string()}), z.object({ready: z.literal(true)})]);
export const ranSchema = z.object({
  seconds: z.array(z.number()),
  /** Processor time of all of them together, where it is asked for. */
  cpuSeconds: z.number().optional(),
  memory: memorySchema.optional(),
});
export const endedSchema = z.object({
  peakMemoryBytes: z.number(),
  /** What else there is to say of the work. */
  about: z.record(z.string(), z.unknown()),
});

export type Ready = z.infer<typeof readySchema>;
export type Ran = z.infer<typeof ranSchema>;
export type Ended = z.infer<typeof endedSchema>;
