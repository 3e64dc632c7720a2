/** What `anchorage train` is asked for. */
import {TerminalError} from '../../../errors.js';
import type {OptimizerName} from '../../../learning/optimizers/optimizers.js';
import type {ScheduleKind} from '../../../learning/schedule.js';
import type {PolicyOptions} from '../policy-options.js';
import type {PairsOptions} from '../policy-pairs.js';

export interface TrainOptions extends PolicyOptions, PairsOptions {
  readonly objective: string;
  readonly out: string;
  readonly beta: number;
  /** The peak. */
  readonly learningRate: number;
  readonly optimizer: OptimizerName;
  /** Of AdamW. */
  readonly weightDecay: number;
  readonly schedule: ScheduleKind;
  /** Steps; below 1 a share of them. */
  readonly warmup: number;
  readonly epochs?: number;
  readonly steps?: number;
  readonly batch: number;
  readonly microBatch?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly maxGradNorm: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly lora?: number;
  readonly loraAlpha?: number;
  readonly loraDropout?: number;
  readonly loraTargets?: readonly string[];
  readonly initAdapter?: string;
  readonly setting: Readonly<Record<string, number>>;
  readonly saveEvery?: number;
  readonly resume?: boolean;
  readonly metrics?: string;
  readonly cache?: string;
}

/** @throws TerminalError for options that cannot hold together. */
export const checkTogether = (options: TrainOptions): void => {
  const {batch, microBatch, lora, loraAlpha, loraDropout, loraTargets} = options;
  if (microBatch !== undefined && microBatch > batch)
    throw new TerminalError(`--micro-batch ${microBatch}: more than --batch ${batch}; lower it`);
  if (options.weightDecay > 0 && options.optimizer !== 'adamw')
    throw new TerminalError(
      `--weight-decay ${options.weightDecay}: ${options.optimizer} has none; give --optimizer adamw, or leave it out`,
    );
  const ofLora = {'--lora-alpha': loraAlpha, '--lora-dropout': loraDropout, '--lora-targets': loraTargets};
  const [stray] = Object.entries(ofLora).filter(([, value]) => value !== undefined);
  if (stray !== undefined && lora === undefined)
    throw new TerminalError(`${stray[0]}: of a new adapter only; give --lora too, or leave it out`);
};

/** The steps of the warm-up, of so many. Throws a TerminalError where it leaves none. */
export const warmupSteps = ({warmup}: TrainOptions, steps: number): number => {
  const rising = warmup < 1 ? Math.ceil(warmup * steps) : warmup;
  if (rising < steps || rising === 0) return rising;
  throw new TerminalError(`--warmup ${warmup}: leaves none of the ${steps} steps; lower it`);
};
