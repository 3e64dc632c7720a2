/**
 * What a learner may keep for its backward pass, from the memory that its process is allowed.
 *
 * A step's peak was measured with 12M and 135M parameters, every weight, and with 135M and 1.2B, LoRA, in rows of 240 to 1,200
 * tokens, on ONNX Runtime without its arena, which adds 6%; by count of bytes it is
 *
 *   process + frozen + max(11 · learned, 7 · learned + logits + 1.2 · kept)
 *
 * where `kept` is `keptBytesPerToken` times the tokens of a run, counted as `keptTokens` does, and, where the output matrix learns and there is room, their
 * probabilities; `learned` is counted 7 times while gradients are summed (weights, optimizer's slot and gradient, each read and
 * written, and one copy that the binding makes) and 11 times while they are applied (two more copies, and what the update
 * computes in between).
 */
import {TerminalError} from '../errors.js';
import {machineMemoryBytes, sizeText} from '../machine/memory-size.js';
import {adapterShapes} from '../model/files/adapter.js';
import type {AdapterSettings} from '../model/files/adapter-config.js';
import type {ModelConfig} from '../model/files/config.js';
import {parameterBytes, shapeBytes} from '../model/files/parameters.js';
import {type ExecutorName, executors} from '../tensor/executors.js';
import {
  DEFAULT_KEPT_BYTES,
  keptBytesPerToken,
  MOST_RUN_TOKENS,
  probabilityBytes,
  seatShare,
} from './batch-memory.js';
import {keptTokens} from './packing/row-layout.js';

const MEGABYTE = 1e6;
/** A chunk of logits and its probabilities. */
const LOGITS_BYTES = 170 * MEGABYTE;
/** Parts of the output matrix's gradient, where it learns. */
const OUTPUT_BYTES = 180 * MEGABYTE;
const SUMMING = 7;
const APPLYING = 11;
/** What the backward pass holds besides what was kept, as a factor. */
const BACKWARD = 1.2;
/** What is in memory at once of a run's layers where they are computed again, as a share of all. */
const RECOMPUTED = 0.2;
/**
 * Seats that a pair takes for each of its tokens, at most: its completions sit in rows of their own, the prompt in both, only while
 * 2 (p + c)² < (p + 2 c)², so that 2 (p + c) / (p + 2 c) is no more than the square root of 2.
 */
const MOST_SEATS = Math.SQRT2;
/** Of a machine that has other work too. */
const DEFAULT_SHARE = 1 / 3;

export interface MemoryNeeds {
  readonly config: ModelConfig;
  readonly backend: ExecutorName;
  /** Of the weights that do not learn. */
  readonly frozenBytes: number;
  /** Of what learns: all weights, or an adapter's. */
  readonly learnedBytes: number;
  /** Tokens of the longest pair in a row: its prompt and both completions. */
  readonly longestPair: number;
}

export interface MemoryPlan {
  readonly budgetBytes: number;
  /** `RunLimits.keptBytes`. */
  readonly keptBytes: number;
  /** Pairs as long as the longest that one run takes; more of shorter ones. */
  readonly longestPairsPerRun: number;
  /** The longest pair's layers are computed again in the backward pass. */
  readonly recompute: boolean;
}

/** @param adapter what learns in the place of the weights, if so */
export const memoryNeeds = (
  config: ModelConfig,
  adapter: Pick<AdapterSettings, 'rank' | 'targetModules'> | undefined,
  others: Pick<MemoryNeeds, 'backend' | 'longestPair'>,
): MemoryNeeds => {
  const weightBytes = parameterBytes(config);
  return adapter === undefined
    ? {...others, config, frozenBytes: 0, learnedBytes: weightBytes}
    : {...others, config, frozenBytes: weightBytes, learnedBytes: shapeBytes(adapterShapes(config, adapter))};
};

/** For each token, in rows that are as empty as they may be. */
const mostKeptBytes = (config: ModelConfig): number =>
  keptTokens(1, MOST_SEATS, seatShare(config)) * keptBytesPerToken(config);

/** The fixed part of a step's peak, and the least that a run of the longest pair adds to it. */
const partsOf = ({config, backend, frozenBytes, learnedBytes, longestPair}: MemoryNeeds) => {
  const before = executors[backend].processMegabytes * MEGABYTE + frozenBytes;
  return {
    applying: before + APPLYING * learnedBytes,
    summing: before + SUMMING * learnedBytes + LOGITS_BYTES + (frozenBytes === 0 ? OUTPUT_BYTES : 0),
    longest: Math.ceil(longestPair * mostKeptBytes(config)),
  };
};

/** The least peak with which the longest pair can be trained on, its layers computed again. */
export const leastMemoryBytes = (needs: MemoryNeeds): number => {
  const {applying, summing, longest} = partsOf(needs);
  return Math.max(applying, summing + RECOMPUTED * BACKWARD * longest);
};

/**
 * What training is allowed where nobody says: what a run takes that keeps `DEFAULT_KEPT_BYTES`, or the longest pair's layers,
 * since more is no faster. At most a third of the machine's memory, or of the container's where that is less; but no less than
 * the model needs.
 */
export const defaultMemoryBytes = (needs: MemoryNeeds): number => {
  const {applying, summing, longest} = partsOf(needs);
  const useful = Math.max(applying, summing + BACKWARD * Math.max(DEFAULT_KEPT_BYTES, longest));
  return Math.max(leastMemoryBytes(needs), Math.min(DEFAULT_SHARE * machineMemoryBytes(), Math.ceil(useful)));
};

/** The peak that is expected where runs keep at most so much of batches of so many of the longest pairs. */
export const expectedMemoryBytes = (needs: MemoryNeeds, keptBytes: number, batchSize: number): number => {
  const {applying, summing, longest} = partsOf(needs);
  const tokens = Math.min(batchSize * needs.longestPair, Math.max(needs.longestPair, MOST_RUN_TOKENS));
  const most =
    tokens * mostKeptBytes(needs.config) +
    (needs.frozenBytes > 0 ? 0 : probabilityBytes(tokens, needs.config));
  // Where the longest pair is computed again, runs of shorter ones still keep what they may.
  const kept = Math.max(longest > keptBytes ? RECOMPUTED * longest : 0, Math.min(keptBytes, most));
  return Math.max(applying, summing + BACKWARD * kept);
};

/** The peak that is expected of a process that works out log-probabilities of pairs, by weights that stay. */
export const scoringMemoryBytes = (
  config: ModelConfig,
  {backend, longestPair}: Pick<MemoryNeeds, 'backend' | 'longestPair'>,
): number => {
  const logits = 2 * Float32Array.BYTES_PER_ELEMENT * config.vocabSize * longestPair;
  return (
    MEGABYTE * executors[backend].processMegabytes + parameterBytes(config) + Math.min(logits, LOGITS_BYTES)
  );
};

/** @throws TerminalError where the budget cannot hold the model and one pair. */
export function memoryPlan(budgetBytes: number, needs: MemoryNeeds): MemoryPlan {
  const least = leastMemoryBytes(needs);
  if (budgetBytes < least) {
    const lessLearned = needs.frozenBytes > 0 ? '' : ', or train with LoRA';
    throw new TerminalError(
      `${sizeText(budgetBytes)} cannot hold this model and a pair of ${needs.longestPair} tokens; the least is ` +
        `${sizeText(least, Math.ceil)}: allow that, or lower the limits of prompt and completion tokens${lessLearned}`,
    );
  }
  const {summing, longest} = partsOf(needs);
  const keptBytes = Math.floor((budgetBytes - summing) / BACKWARD);
  return {
    budgetBytes,
    keptBytes,
    longestPairsPerRun: Math.max(
      1,
      Math.min(Math.floor(keptBytes / longest), Math.floor(MOST_RUN_TOKENS / needs.longestPair)),
    ),
    recompute: longest > keptBytes,
  };
}

/** One line for a person. */
export const memoryLine = ({budgetBytes, longestPairsPerRun, recompute}: MemoryPlan): string =>
  `at most ${sizeText(budgetBytes)}: ${longestPairsPerRun} of the longest pairs at once${recompute ? ', layers computed again in the backward pass' : ''}`;
