/**
 * Generation with continuous batching: requests of all callers share the rows of one cache, and a row that ends is given
 * to the next request while the others go on.
 *
 * The same request and seed give the same text whatever else is under way: each graph has one shape, a row's result
 * depends on that row only, and each request has random numbers of its own.
 */
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {TerminalError} from '../errors.js';
import {randomFor} from '../seed.js';
import type {Executor, HostTensor} from '../tensor/executor.js';
import type {CacheShape} from './cache.js';
import type {ModelCheckpoint} from './checkpoint.js';
import {createDecoding} from './decoding.js';
import {createSampler, type SamplingOptions} from './sampling.js';
import {assertLength} from './transformer.js';

export interface GenerationRequest extends SamplingOptions {
  readonly promptIds: readonly number[];
  /** Fewer are made where the generator's `maxTokens` is reached first. */
  readonly maxNewTokens: number;
  readonly seed: number;
}

export interface Generation {
  /** The end token included, where one was chosen. */
  readonly completionIds: number[];
  /** Without special tokens. */
  readonly text: string;
  /** `stop` at an end token, `length` at a limit. */
  readonly finishReason: 'stop' | 'length';
}

export interface Generator {
  /** Completions in the order of the requests. Calls may overlap: they share the rows. */
  generate(requests: readonly GenerationRequest[]): Promise<Generation[]>;
  /** Other weights for the requests of later calls; those of earlier calls end under the weights they were made under. */
  reload(weights: ReadonlyMap<string, HostTensor>): void;
  /** Waits for what is under way. */
  dispose(): Promise<void>;
}

interface Waiting {
  readonly kind: 'request';
  readonly request: GenerationRequest;
  resolve(generation: Generation): void;
  reject(reason: unknown): void;
}
interface NewWeights {
  readonly kind: 'weights';
  readonly weights: ReadonlyMap<string, HostTensor>;
}

/** A request in a row. */
interface Active extends Waiting {
  readonly row: number;
  readonly completionIds: number[];
  readonly maxNewTokens: number;
  uniform(): number;
}

/** A generator over a copy of the model's weights; `maxTokens` bounds prompt and completion together. */
export async function createGenerator(
  model: ModelCheckpoint,
  executor: Executor,
  cache: CacheShape,
): Promise<Generator> {
  const {config, tokenizer} = model;
  assertLength(config, cache.maxTokens);
  const decoding = await createDecoding(model, executor, cache);
  const sample = createSampler(config.vocabSize);
  const endTokenIds = new Set(tokenizer.endTokenIds);
  const queue: (Waiting | NewWeights)[] = [];
  const active = new Map<number, Active>();
  const freeRows = Array.from({length: cache.rows}, (_, row) => row);
  let isWorking = false;
  let work: Promise<void> = Promise.resolve();

  /** Chooses the next token of a row and ends the row where that was its last. */
  function advance(row: Active, logits: Float32Array): void {
    const token = sample(logits, row.request, row.uniform);
    row.completionIds.push(token);
    const isEnd = endTokenIds.has(token);
    if (!isEnd && row.completionIds.length < row.maxNewTokens) return;
    active.delete(row.row);
    freeRows.push(row.row);
    const {completionIds} = row;
    const text = tokenizer.decode(isEnd ? completionIds.slice(0, -1) : completionIds);
    row.resolve({completionIds, text, finishReason: isEnd ? 'stop' : 'length'});
  }

  /** The requests to prefill now: of one padded length, and enough to fill a run unless no more are waiting. */
  function nextToBegin(): Waiting[] {
    if (freeRows.length === 0) return [];
    const admissible = untilNewWeights(queue);
    const [first] = admissible;
    if (first === undefined) return [];
    const enough = Math.min(decoding.promptsPerRun, admissible.length);
    if (freeRows.length < enough && active.size > 0) return [];
    const length = decoding.paddedLength(first.request.promptIds);
    return admissible
      .filter(({request}) => decoding.paddedLength(request.promptIds) === length)
      .slice(0, Math.min(decoding.promptsPerRun, freeRows.length));
  }

  async function begin(waiting: readonly Waiting[]): Promise<void> {
    const begun = waiting.map((entry): Active => {
      queue.splice(queue.indexOf(entry), 1);
      const {promptIds, maxNewTokens, seed} = entry.request;
      const random = randomFor('generation', seed);
      return {
        ...entry,
        row: freeRows.shift() ?? 0,
        completionIds: [],
        maxNewTokens: Math.min(maxNewTokens, cache.maxTokens - promptIds.length),
        uniform: () => uniformFloat64(random),
      };
    });
    for (const row of begun) active.set(row.row, row);
    const logits = await decoding.prefill(
      begun.map(({row, request}) => ({row, promptIds: request.promptIds})),
    );
    for (const [slot, row] of begun.entries()) advance(row, logits[slot] ?? new Float32Array());
  }

  async function decodeOnce(): Promise<void> {
    const rows = [...active.values()];
    const logits = await decoding.decode(
      rows.map(({row, request, completionIds}) => ({
        row,
        token: completionIds.at(-1) ?? 0,
        position: request.promptIds.length + completionIds.length - 1,
      })),
    );
    for (const [index, row] of rows.entries()) advance(row, logits[index] ?? new Float32Array());
  }

  /** Serves all callers until nothing is left; if a run fails, everything waiting fails with it. */
  async function serve(): Promise<void> {
    try {
      for (;;) {
        for (let next = nextToBegin(); next.length > 0; next = nextToBegin()) await begin(next);
        if (active.size > 0) {
          await decodeOnce();
          continue;
        }
        const entry = queue.shift();
        if (entry === undefined) return;
        if (entry.kind === 'weights') decoding.setWeights(entry.weights);
        else queue.unshift(entry);
      }
    } catch (error) {
      for (const row of active.values()) {
        freeRows.push(row.row);
        row.reject(error);
      }
      active.clear();
      for (const entry of queue.splice(0)) {
        if (entry.kind === 'request') entry.reject(error);
        else queue.push(entry);
      }
    } finally {
      // In the same turn as the last look at the queue: whoever adds to it later must start anew.
      isWorking = false;
    }
  }

  function wake(): void {
    if (isWorking) return;
    isWorking = true;
    work = serve();
  }

  return {
    async generate(requests) {
      for (const request of requests) assertRequest(request, cache.maxTokens, config.vocabSize);
      const generations = requests.map(
        (request) =>
          new Promise<Generation>((resolve, reject) => {
            queue.push({kind: 'request', request, resolve, reject});
          }),
      );
      wake();
      return Promise.all(generations);
    },
    reload(weights) {
      queue.push({kind: 'weights', weights});
      wake();
    },
    async dispose() {
      await work;
      await decoding.dispose();
    },
  };
}

/** Requests before the next change of weights. */
function untilNewWeights(queue: readonly (Waiting | NewWeights)[]): Waiting[] {
  const end = queue.findIndex(({kind}) => kind === 'weights');
  return (end === -1 ? queue : queue.slice(0, end)).filter((entry) => entry.kind === 'request');
}

function assertRequest(
  {promptIds, maxNewTokens, ...options}: GenerationRequest,
  maxTokens: number,
  vocabSize: number,
) {
  const {temperature, topP, topK} = options;
  const check = (isValid: boolean, message: string) => {
    if (!isValid) throw new TerminalError(`generation request: ${message}`);
  };
  check(
    promptIds.length > 0,
    'the prompt has no tokens; a model without a BOS token needs a non-empty prompt',
  );
  check(
    promptIds.length < maxTokens,
    `a prompt of ${promptIds.length} tokens leaves no room in ${maxTokens}; lower maxPromptTokens`,
  );
  check(
    promptIds.every((id) => Number.isInteger(id) && id >= 0 && id < vocabSize),
    `token ids must be below the vocabulary's ${vocabSize}; the tokenizer is another model's`,
  );
  check(
    Number.isInteger(maxNewTokens) && maxNewTokens > 0,
    `maxNewTokens is ${maxNewTokens}; it must be at least 1`,
  );
  check(temperature >= 0, `temperature is ${temperature}; it must be at least 0`);
  check(topP > 0 && topP <= 1, `topP is ${topP}; it must be above 0 and at most 1`);
  check(Number.isInteger(topK) && topK >= 0, `topK is ${topK}; it must be a whole number, 0 for no limit`);
}
