/** A cache with the programs that fill it: prompts go into rows, then every row goes on token by token. */
import type {Executor, HostTensor} from '../tensor/executor.js';
import {programsByShape} from '../tensor/programs.js';
import {type CacheShape, cacheLine, decodeFunction, emptyCache, prefillFunction} from './cache.js';
import type {ModelCheckpoint} from './checkpoint.js';
import {MASKED} from './layers.js';
import {lengthBucket} from './length-buckets.js';

/** A prompt for a row. */
export interface RowPrompt {
  readonly row: number;
  readonly promptIds: readonly number[];
}

/** The next token of a row, and its position in the row's sequence. */
export interface RowToken {
  readonly row: number;
  readonly token: number;
  readonly position: number;
}

/** Runs must not overlap. Logits are [V] for one row, valid until the next run. */
export interface Decoding {
  /** Prompts that one prefill takes. */
  readonly promptsPerRun: number;
  /** The padded length of a prompt: prompts of one run must share it. */
  paddedLength(promptIds: readonly number[]): number;
  /** Logits after each prompt, in their order; whatever the rows held is gone. */
  prefill(prompts: readonly RowPrompt[]): Promise<Float32Array[]>;
  /** Logits after each token, in their order. Rows without a token keep what they hold, but for their first position. */
  decode(next: readonly RowToken[]): Promise<Float32Array[]>;
  setWeights(weights: ReadonlyMap<string, HostTensor>): void;
  dispose(): Promise<void>;
}

/** Prompts are prefilled by eighths of the rows: larger parts leave rows empty for longer, smaller ones cost more runs. */
const PREFILLS_PER_CACHE = 8;

/** Compiles the decode program; prefill programs follow, one a padded length, on first use. */
export async function createDecoding(
  {config, weights, tokenizer}: ModelCheckpoint,
  executor: Executor,
  cache: CacheShape,
): Promise<Decoding> {
  const {rows, maxTokens} = cache;
  const {vocabSize, keyValueHeadCount: heads} = config;
  const promptsPerRun = Math.max(1, Math.floor(rows / PREFILLS_PER_CACHE));
  const state = executor.createState([...weights, ...emptyCache(config, cache)]);
  const decodeProgram = await executor.compile(decodeFunction(config, cache), state);
  const prefillPrograms = programsByShape((length: number) =>
    executor.compile(prefillFunction(config, promptsPerRun, length), state),
  );
  const inputs = {
    tokens: new Int32Array(rows),
    positions: new Int32Array(rows),
    lines: new Int32Array(rows * heads),
    mask: new Float32Array(rows * maxTokens).fill(MASKED),
  };

  const paddedLength = (promptIds: readonly number[]): number => lengthBucket(promptIds.length, maxTokens);

  function setToken({row, token, position}: RowToken): void {
    inputs.tokens[row] = token;
    inputs.positions[row] = position;
    for (let head = 0; head < heads; head++) {
      inputs.lines[row * heads + head] = cacheLine(config, cache, row, head, position);
    }
    // The token before this one went into the cache with the last run.
    if (position > 0) inputs.mask[row * maxTokens + position - 1] = 0;
  }

  return {
    promptsPerRun,
    paddedLength,
    async prefill(prompts) {
      const [first] = prompts;
      if (first === undefined) return [];
      const length = paddedLength(first.promptIds);
      const tokens = new Int32Array(promptsPerRun * length).fill(tokenizer.padTokenId);
      const lines = new Int32Array(promptsPerRun * heads * length);
      const last = new Int32Array(promptsPerRun);
      for (let slot = 0; slot < promptsPerRun; slot++) {
        // A slot without a prompt repeats the first one: it writes the same values to the same lines.
        const {row, promptIds} = prompts[slot] ?? first;
        tokens.set(promptIds, slot * length);
        last[slot] = slot * length + promptIds.length - 1;
        for (let head = 0; head < heads; head++) {
          const begin = (slot * heads + head) * length;
          const line = cacheLine(config, cache, row, head, 0);
          for (let position = 0; position < length; position++) lines[begin + position] = line + position;
        }
      }
      const {logits} = await (await prefillPrograms.at(length)).run({tokens, lines, last});
      for (const {row, promptIds} of prompts) {
        const begin = row * maxTokens;
        inputs.mask.fill(MASKED, begin, begin + maxTokens).fill(0, begin, begin + promptIds.length);
      }
      return prompts.map((_, slot) => rowOf(logits, slot, vocabSize));
    },
    async decode(next) {
      // A row at rest writes its first position, which its next prompt writes anew.
      for (let row = 0; row < rows; row++) setToken({row, token: tokenizer.padTokenId, position: 0});
      next.forEach(setToken);
      const {logits} = await decodeProgram.run(inputs);
      return next.map(({row}) => rowOf(logits, row, vocabSize));
    },
    setWeights(weights) {
      for (const [name, tensor] of weights) state.write(name, tensor);
    },
    async dispose() {
      await decodeProgram.dispose();
      await prefillPrograms.dispose();
      state.dispose();
    },
  };
}

function rowOf({data}: HostTensor, row: number, width: number): Float32Array {
  if (!(data instanceof Float32Array)) throw new Error('logits must be float32');
  return data.subarray(row * width, (row + 1) * width);
}
