/**
 * Generation with continuous batching: requests of all callers share the rows of one cache, and a row that ends is given
 * to the next request while the others go on.
 *
 * The same request and seed give the same text whatever else is under way: a row's prediction has the same bits however
 * many rows there are beside it (`isSteady`), or else every run has the same sizes; each request has random numbers of its
 * own; and a prompt is prefilled alike whether it is then used once or often.
 */
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {randomFor} from '../seed.js';
import type {Executor, HostTensor} from '../tensor/executor.js';
import type {CacheShape} from './cache.js';
import type {ModelCheckpoint} from './checkpoint.js';
import {createDecoding} from './decoding.js';
import {assertRequest, type GenerationRequest} from './generation-request.js';
import {type Prediction, sample} from './sampling.js';
import {assertLength} from './transformer.js';

export type {GenerationRequest} from './generation-request.js';

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

/** A request in a row: the one of its index among the active. */
interface Active extends Waiting {
  readonly completionIds: number[];
  readonly maxNewTokens: number;
  uniform(): number;
}

/** Waiting requests begin by eighths of the rows: larger parts leave rows empty for longer, smaller ones cost more runs. */
const BEGINS_PER_CACHE = 8;

/** Below it a logit's quotient leaves float32; what is drawn is the most probable token long before. */
const LOWEST_TEMPERATURE = 1e-6;

/**
 * A generator of the model; `maxTokens` bounds prompt and completion together. The weights' arrays are taken over, here
 * and in `reload`: they must not change afterwards.
 */
export async function createGenerator(
  model: ModelCheckpoint,
  executor: Executor,
  cache: CacheShape,
): Promise<Generator> {
  const {config, tokenizer} = model;
  assertLength(config, cache.maxTokens);
  const decoding = await createDecoding(model, executor, cache);
  const endTokenIds = new Set(tokenizer.endTokenIds);
  const queue: (Waiting | NewWeights)[] = [];
  const active: Active[] = [];
  let isWorking = false;
  let work: Promise<void> = Promise.resolve();

  /** The requests to begin now: as many as there are rows for, once that is enough of them. */
  function nextToBegin(): Waiting[] {
    const free = cache.rows - active.length;
    if (free === 0) return [];
    const admissible = untilNewWeights(queue);
    const enough = Math.min(Math.ceil(cache.rows / BEGINS_PER_CACHE), admissible.length);
    if (free < enough && active.length > 0) return [];
    return admissible.slice(0, free);
  }

  async function begin(waiting: readonly Waiting[]): Promise<void> {
    const first = active.length;
    for (const entry of waiting) {
      queue.splice(queue.indexOf(entry), 1);
      const {promptIds, maxNewTokens, seed} = entry.request;
      const random = randomFor('generation', seed);
      active.push({
        ...entry,
        completionIds: [],
        maxNewTokens: Math.min(maxNewTokens, cache.maxTokens - promptIds.length),
        uniform: () => uniformFloat64(random),
      });
    }
    await decoding.begin(
      waiting.map(({request}, index) => ({row: first + index, promptIds: request.promptIds})),
    );
  }

  async function decodeOnce(): Promise<void> {
    const predictions = await decoding.decode(
      active.map(({request, completionIds}) => ({
        token: completionIds.at(-1) ?? request.promptIds.at(-1) ?? 0,
        temperature: request.temperature === 0 ? 1 : Math.max(LOWEST_TEMPERATURE, request.temperature),
      })),
    );
    // From the last, so that the row which takes an ended one's place has had its turn.
    for (const [index, prediction] of [...predictions.entries()].reverse()) {
      const row = active[index];
      if (row !== undefined && advance(row, prediction)) end(index);
    }
  }

  /** Chooses the next token of a row; true where that was its last. */
  function advance(row: Active, prediction: Prediction): boolean {
    const {request, completionIds} = row;
    const token = sample(prediction, request, row.uniform);
    completionIds.push(token);
    const isEnd = endTokenIds.has(token);
    if (!isEnd && completionIds.length < row.maxNewTokens) return false;
    const text = tokenizer.decode(isEnd ? completionIds.slice(0, -1) : completionIds);
    row.resolve({completionIds, text, finishReason: isEnd ? 'stop' : 'length'});
    return true;
  }

  /** The last row takes the place of one that has ended: active rows stay together, and the others cost nothing. */
  function end(index: number): void {
    const last = active.pop();
    if (last === undefined || index === active.length) return;
    decoding.move(active.length, index);
    active[index] = last;
  }

  /** Serves all callers until nothing is left; if a run fails, everything waiting fails with it. */
  async function serve(): Promise<void> {
    try {
      for (;;) {
        for (let next = nextToBegin(); next.length > 0; next = nextToBegin()) await begin(next);
        if (active.length > 0) {
          await decodeOnce();
          continue;
        }
        const entry = queue.shift();
        if (entry === undefined) return;
        if (entry.kind === 'weights') decoding.setWeights(entry.weights);
        else queue.unshift(entry);
      }
    } catch (error) {
      for (const row of active.splice(0)) row.reject(error);
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
