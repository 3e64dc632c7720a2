/** Rows of a cache with the programs that fill them: prompts go in, then the rows go on token by token. */
import type {Executor, HostTensor} from '../../tensor/executor.js';
import {compileSized} from '../../tensor/sized.js';
import type {ModelCheckpoint} from '../files/checkpoint.js';
import {type CacheShape, decodeFunction, prefillFunction} from './cache.js';
import {createCacheRows} from './cache-rows.js';
import {lengthBucket} from './length-buckets.js';
import type {Prediction} from './sampling.js';

/** A prompt for a row. */
export interface RowPrompt {
  readonly row: number;
  readonly promptIds: readonly number[];
}

interface KeyedPrompt extends RowPrompt {
  /** Names the prompt by its tokens. */
  readonly key: string;
}

/** The next token of a row. */
export interface RowToken {
  readonly token: number;
  /** Above 0. */
  readonly temperature: number;
}

/** Calls must not overlap. */
export interface Decoding {
  /**
   * The rows become their prompts but for the last token, which is the next to decode. A prompt that some row holds
   * already, or that comes twice, is copied.
   */
  begin(prompts: readonly RowPrompt[]): Promise<void>;
  /** The next tokens of the first rows, one each; predictions in their order. */
  decode(next: readonly RowToken[]): Promise<Prediction[]>;
  /** `to` becomes what `from` is. */
  move(from: number, to: number): void;
  /** Forgets what the rows hold. Takes the arrays over. */
  setWeights(weights: ReadonlyMap<string, HostTensor>): void;
  dispose(): Promise<void>;
}

/** More tokens at once make products no faster, and their intermediate values leave the processor's cache. */
const TOKENS_PER_PREFILL = 512;

/** Where every run must have as many prompts: fewer make products slower, more are padding when few prompts come. */
const TOKENS_PER_FIXED_PREFILL = 128;

/** Prefill keeps its own layout of the weights up to here: beyond, memory counts for more. */
const MOST_BYTES_LAID_OUT_TWICE = 2 ** 28;

/** Compiles both programs. The weights' arrays are taken over: they must not change afterwards. */
export async function createDecoding(
  {config, weights, tokenizer}: ModelCheckpoint,
  executor: Executor,
  cache: CacheShape,
): Promise<Decoding> {
  const {vocabSize} = config;
  const state = executor.createState(weights, true);
  const bytes = [...weights.values()].reduce((sum, {data}) => sum + data.byteLength, 0);
  const isSmall = bytes <= MOST_BYTES_LAID_OUT_TWICE;
  const decodeProgram = await compileSized(executor, decodeFunction(config, cache.maxTokens), state, {
    buildIn: true,
  });
  const prefillProgram = await compileSized(executor, prefillFunction(config, cache.maxTokens), state, {
    buildIn: isSmall,
  });
  const {isSteady} = decodeProgram;
  const bucket = (tokens: number): number => lengthBucket(tokens, cache.maxTokens);
  const rows = createCacheRows(config, cache, isSteady ? bucket(1) : cache.maxTokens);

  /** By row: the key of the prompt whose tokens but the last the row began with. */
  const held = new Array<string | undefined>(cache.rows).fill(undefined);

  /** A row that holds the prompt still. */
  function holderOf({key, promptIds}: KeyedPrompt): number | undefined {
    const holder = held.findIndex(
      (other, row) => other === key && rows.lengthOf(row) >= promptIds.length - 1,
    );
    return holder === -1 ? undefined : holder;
  }

  function hold({row, key, promptIds}: KeyedPrompt, from: number): void {
    rows.copy(from, row, promptIds.length - 1);
    held[row] = key;
  }

  /** Enough for the longest row and no more, since a run costs what the span is; a shorter one once it is half. */
  function fitSpan(tokens: number): void {
    const needed = bucket(tokens);
    if (isSteady && (needed > rows.span || needed <= rows.span / 2)) rows.setSpan(needed);
  }

  /** Prompts of one padded length. */
  async function prefill(parts: readonly KeyedPrompt[], length: number): Promise<void> {
    const count = prefillProgram.isSteady ? parts.length : promptsPerRun(length);
    const tokens = new Int32Array(count * length).fill(tokenizer.padTokenId);
    for (const [slot, {promptIds}] of parts.entries()) tokens.set(promptIds.slice(0, -1), slot * length);
    const {lines} = await prefillProgram.run(
      {prompts: count, length},
      {
        tokens,
        places: Int32Array.from(tokens, (_, index) => index % length),
        ends: new Int32Array(count).fill(length - 1),
        total: Int32Array.of(length),
      },
    );
    if (length > rows.span) rows.setSpan(length);
    for (const [slot, part] of parts.entries()) {
      rows.write(part.row, 0, lines, slot * length, part.promptIds.length - 1);
      hold(part, part.row);
    }
  }

  function promptsPerRun(length: number): number {
    const tokens = prefillProgram.isSteady ? TOKENS_PER_PREFILL : TOKENS_PER_FIXED_PREFILL;
    return Math.max(1, Math.floor(tokens / length));
  }

  return {
    async begin(prompts) {
      const firsts = new Map<string, KeyedPrompt>();
      const repeats: KeyedPrompt[] = [];
      for (const {row, promptIds} of prompts) {
        const prompt = {row, promptIds, key: promptIds.join()};
        const holder = promptIds.length === 1 ? row : holderOf(prompt);
        if (holder !== undefined) hold(prompt, holder);
        else if (firsts.has(prompt.key)) repeats.push(prompt);
        else firsts.set(prompt.key, prompt);
      }
      const byLength = new Map<number, KeyedPrompt[]>();
      for (const prompt of firsts.values()) {
        const length = bucket(prompt.promptIds.length - 1);
        byLength.set(length, [...(byLength.get(length) ?? []), prompt]);
      }
      for (const [length, parts] of byLength) {
        const count = promptsPerRun(length);
        for (let next = 0; next < parts.length; next += count) {
          await prefill(parts.slice(next, next + count), length);
        }
      }
      for (const prompt of repeats) {
        const holder = holderOf(prompt);
        if (holder === undefined) throw new Error('a prompt that was prefilled is in no row');
        hold(prompt, holder);
      }
    },
    async decode(next) {
      const lengths = next.map((_, row) => rows.lengthOf(row));
      const total = Math.max(...lengths) + 1;
      fitSpan(total);
      const count = isSteady ? next.length : cache.rows;
      const at = (value: (row: number) => number): Int32Array =>
        Int32Array.from({length: count}, (_, row) => value(row));
      const {best, probabilities, lines} = await decodeProgram.run(
        {rows: count, span: rows.span},
        {
          tokens: at((row) => next[row]?.token ?? tokenizer.padTokenId),
          lengths: at((row) => lengths[row] ?? 0),
          total: Int32Array.of(total),
          temperatures: Float32Array.from({length: count}, (_, row) => next[row]?.temperature ?? 1),
          ...rows.views(count),
        },
      );
      for (const [row, length] of lengths.entries()) rows.write(row, length, lines, row, 1);
      return lengths.map((_, row) => ({
        best: best.data[row] ?? 0,
        probabilities: rowOf(probabilities, row, vocabSize),
      }));
    },
    move(from, to) {
      rows.copy(from, to, rows.lengthOf(from));
      held[to] = held[from];
    },
    setWeights(weights) {
      for (const [name, tensor] of weights) state.write(name, tensor, true);
      held.fill(undefined);
    },
    async dispose() {
      await decodeProgram.dispose();
      await prefillProgram.dispose();
      state.dispose();
    },
  };
}

function rowOf({data}: HostTensor, row: number, width: number): Float32Array {
  if (!(data instanceof Float32Array)) throw new Error('probabilities must be float32');
  return data.subarray(row * width, (row + 1) * width);
}
