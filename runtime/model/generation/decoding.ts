/** Rows of a cache with the program that extends them: prompts are read in parts, and rows go on token by token. */
import type {Executor, GivenTensor, HostTensor} from '../../tensor/executor.js';
import {writeGiven} from '../../tensor/given.js';
import {sizeOf} from '../../tensor/graph/graph.js';
import {compileSized} from '../../tensor/sized.js';
import type {ModelCheckpoint} from '../files/model-checkpoint.js';
import {readsInPlace} from '../layers/attention.js';
import {type CacheShape, extendFunction} from './cache.js';
import {createCacheBlocks} from './cache-blocks.js';
import {createCacheRows} from './cache-rows.js';
import {createHeldPrompts} from './held-prompts.js';
import type {HeldRows, Read} from './held-rows.js';
import {lengthBucket} from './length-buckets.js';
import type {Prediction} from './sampling.js';

/** What generates. Its weights may be loaded when they are needed. */
export interface GeneratedModel extends Pick<ModelCheckpoint, 'config' | 'tokenizer'> {
  readonly weights: ReadonlyMap<string, GivenTensor>;
}

/** The next token of a row. */
export interface RowToken {
  readonly token: number;
  /** Of the probabilities; 0 where the most probable token is all that is asked for. */
  readonly temperature: number;
}

/** Calls must not overlap. */
export interface Decoding {
  /**
   * Reads of the prompts, but for the last token of each, what fits between two tokens of the rows that go on. What a row
   * holds of a prompt already, its beginning or all of it, is copied.
   * @param first the row for the first of them; those before go on, and those from it on may be overwritten
   * @returns the indices of the prompts that are whole now, in the order of their rows. One that is read in part waits in
   * the row behind them, and goes on where it is among the next call's prompts.
   */
  read(first: number, prompts: readonly (readonly number[])[]): Promise<number[]>;
  /** The next tokens of the first rows, one each; predictions in their order. */
  decode(next: readonly RowToken[]): Promise<Prediction[]>;
  /** `to` becomes what `from` is. */
  move(from: number, to: number): void;
  /** Lets go of all that the rows hold: after a run that failed, it may be no numbers, which would spread. */
  forget(): void;
  /** Forgets what the rows hold. Takes the arrays over. */
  setWeights(weights: ReadonlyMap<string, GivenTensor>): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * The most tokens of one prompt that a run reads, and about as many as are read between two tokens of the other rows. More
 * at once make products no faster.
 */
export const TOKENS_PER_READ = 256;

/** Where every run must have as many prompts: fewer make products slower, more are padding when few prompts come. */
const TOKENS_PER_FIXED_READ = 128;

/**
 * One token alone is multiplied in another order than several: in a part of its own, and behind as many others as attention takes
 * at a time, twice a head's width. Padding is beside it then, for which there is room: a prompt's last token is not read.
 */
const even = (tokens: number): number => tokens + (tokens % 2);

/** Products add by so many positions at a time: an end within them would be added in another order. */
const SPAN_STEP = 8;

/** Compiles the program. The weights' arrays are taken over: they must not change afterwards. */
export async function createDecoding(
  {config, weights, tokenizer}: GeneratedModel,
  executor: Executor,
  cache: CacheShape,
): Promise<Decoding> {
  const {vocabSize} = config;
  const state = executor.createState([]);
  await writeGiven(state, weights);
  const program = await compileSized(executor, extendFunction(config, cache.maxTokens), state, {
    buildIn: true,
    letGo: true,
  });
  const {isSteady} = program;
  const bucket = (tokens: number): number => lengthBucket(tokens, cache.maxTokens);
  /** Positions that a row's keys and values are laid out for. */
  const spanFor = (tokens: number): number =>
    isSteady ? Math.ceil(bucket(tokens) / SPAN_STEP) * SPAN_STEP : cache.maxTokens;
  // Blocks are of sizes that differ from run to run.
  const rows: HeldRows =
    isSteady && readsInPlace(config)
      ? createCacheBlocks(config, cache)
      : createCacheRows(config, {...cache, maxTokens: spanFor(cache.maxTokens)}, spanFor);
  const parameters = [...weights.values()].reduce((sum, {shape}) => sum + sizeOf(shape), 0);
  const held = createHeldPrompts(cache.rows, {isSteady, parameters, tokensPerRead: TOKENS_PER_READ});
  /** Tokens of the prompt that is read in part. */
  let partial = 0;

  /** @param length padded; the prompts go into as many rows from `first` on. */
  async function readWhole(
    first: number,
    prompts: readonly (readonly number[])[],
    length: number,
  ): Promise<void> {
    const count = isSteady ? prompts.length : promptsPerRead(length);
    const tokens = new Int32Array(count * length).fill(tokenizer.padTokenId);
    for (const [index, ids] of prompts.entries()) tokens.set(ids.slice(0, -1), index * length);
    const lines = await extend(count, length, 0, tokens, rows.nothing(count));
    rows.reserve(length);
    for (const [index, ids] of prompts.entries()) {
      rows.write(first + index, 0, lines, index * length, ids.length - 1);
      held.set(first + index, ids.slice(0, -1));
    }
  }

  /** Reads on from where a row holds a prompt to `end`. */
  async function readOn(row: number, ids: readonly number[], end: number): Promise<void> {
    const start = rows.lengthOf(row);
    const length = isSteady ? even(end - start) : Math.min(bucket(end - start), cache.maxTokens - start);
    rows.reserve(start + length);
    const tokens = new Int32Array(length).fill(tokenizer.padTokenId);
    tokens.set(ids.slice(start, end));
    const past = start === 0 ? rows.nothing(1) : rows.only(row);
    const lines = await extend(1, length, start, tokens, past);
    rows.write(row, start, lines, 0, end - start);
    held.set(row, ids.slice(0, end));
  }

  /** The lines of new tokens, each row's from `start` on. */
  async function extend(
    count: number,
    length: number,
    start: number,
    tokens: Int32Array,
    {sizes, inputs}: Read,
  ): Promise<HostTensor> {
    const wanted = isSteady ? 0 : 1;
    const {lines} = await program.run(
      {rows: count, length, ...sizes, wanted, drawn: wanted},
      {
        tokens,
        places: Int32Array.from(tokens, (_, index) => start + (index % length)),
        ends: new Int32Array(count).fill(start + length - 1),
        total: Int32Array.of(start + length),
        wanted: new Int32Array(wanted),
        drawn: new Int32Array(wanted),
        temperatures: new Float32Array(wanted).fill(1),
        ...inputs,
      },
    );
    return lines;
  }

  function forget(): void {
    held.clear();
    rows.clear();
  }

  const promptsPerRead = (length: number): number =>
    Math.max(1, Math.floor((isSteady ? TOKENS_PER_READ : TOKENS_PER_FIXED_READ) / length));

  return {
    async read(first, prompts) {
      const whole: number[] = [];
      let waiting = prompts.map((ids, index) => ({ids, index}));
      let tokens = 0;
      partial = 0;
      for (let [head] = waiting; head !== undefined && tokens < TOKENS_PER_READ; [head] = waiting) {
        const row = first + whole.length;
        const {ids} = head;
        const last = ids.length - 1;
        const {row: holder, length: start} = held.best(ids, rows.lengthOf);
        let done = [head];
        if (start > 0 || last > TOKENS_PER_READ || last === 0) {
          rows.copy(holder, row, start);
          held.set(row, ids.slice(0, start));
          if (start < last) {
            const end = held.nextEnd(start, last);
            await readOn(row, ids, end);
            tokens += end - start;
            partial = end < last ? end : 0;
            if (end < last) continue;
          }
        } else {
          const length = bucket(last);
          done = held
            .apart(
              waiting.filter(({ids}) => ids.length > 1 && bucket(ids.length - 1) === length),
              rows.lengthOf,
            )
            .slice(0, promptsPerRead(length));
          await readWhole(
            row,
            done.map(({ids}) => ids),
            length,
          );
          tokens += done.length * length;
        }
        whole.push(...done.map(({index}) => index));
        waiting = waiting.filter((entry) => !done.includes(entry));
      }
      return whole;
    },
    async decode(next) {
      const lengths = next.map((_, row) => rows.lengthOf(row));
      const total = Math.max(...lengths) + 1;
      rows.reserve(total);
      // A run costs what the rows have room for.
      rows.trim(Math.max(total, partial));
      const count = isSteady ? next.length : cache.rows;
      const at = (value: (row: number) => number): Int32Array =>
        Int32Array.from({length: count}, (_, row) => value(row));
      const places = at((row) => lengths[row] ?? 0);
      // Every run of a program of one size has all of them.
      const drawn = at((row) => row).filter((row) => !isSteady || (next[row]?.temperature ?? 0) > 0);
      const {sizes, inputs} = rows.first(count);
      const {best, sums, probabilities, lines} = await program.run(
        {rows: count, length: 1, ...sizes, wanted: count, drawn: drawn.length},
        {
          tokens: at((row) => next[row]?.token ?? tokenizer.padTokenId),
          places,
          ends: places,
          total: Int32Array.of(total),
          wanted: at((row) => row),
          drawn,
          temperatures: Float32Array.from(drawn, (row) => next[row]?.temperature || 1),
          ...inputs,
        },
      );
      for (const [row, length] of lengths.entries()) rows.write(row, length, lines, row, 1);
      return next.map(({temperature}, row) => ({
        best: best.data[row] ?? 0,
        isSound: Number.isFinite(sums.data[row]),
        probabilities:
          temperature > 0 ? rowOf(probabilities, drawn.indexOf(row), vocabSize) : new Float32Array(),
      }));
    },
    move(from, to) {
      rows.move(from, to);
      held.move(from, to);
    },
    async setWeights(weights) {
      await writeGiven(state, weights);
      forget();
    },
    forget,
    async dispose() {
      await program.dispose();
      state.dispose();
    },
  };
}

function rowOf({data}: HostTensor, row: number, width: number): Float32Array {
  if (!(data instanceof Float32Array)) throw new Error('probabilities must be float32');
  return data.subarray(row * width, (row + 1) * width);
}
