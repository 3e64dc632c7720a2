/**
 * Generation with continuous batching: requests of all callers share the rows of one cache, and a row that ends is given
 * to the next request while the others go on.
 *
 * The same request and seed give the same text whatever else is under way: a row's prediction has the same bits however
 * many rows there are beside it (`isSteady`), or else every run has the same sizes; each request has random numbers of its
 * own; and a prompt has the same keys and values in whatever parts it is read, and whether all of it is read or what it
 * has in common with another is copied.
 */
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {randomFor} from '../../seed.js';
import type {Executor, GivenTensor} from '../../tensor/executor.js';
import {releaseGiven} from '../../tensor/given.js';
import {assertLength} from '../layers/transformer.js';
import type {CacheShape} from './cache.js';
import {createDecoding, type GeneratedModel} from './decoding.js';
import {assertRequest, type GenerationRequest} from './generation-request.js';
import {type Prediction, sample} from './sampling.js';

export type {GenerationRequest} from './generation-request.js';

export interface Generation {
  /** The end token included, where one was chosen. */
  readonly completionIds: number[];
  /** What follows the prompt's text, outer white space and all, without special tokens. */
  readonly text: string;
  /** `stop` at an end token, `length` at a limit. */
  readonly finishReason: 'stop' | 'length';
  /** Which policy chose how many of the tokens, in order; one part unless `pickUp` is `token`. */
  readonly segments: readonly Segment[];
  /**
   * log π(y|x) of all tokens as they were sampled, at temperature 1 whatever topK and topP left out; nats. Missing at another
   * temperature.
   */
  readonly logps?: number;
}

/** Tokens one after another that one policy chose. */
export interface Segment {
  readonly policyVersion: number;
  readonly tokenCount: number;
}

export interface GeneratorOptions {
  /** Of the model's weights; what `Generation.segments` calls them. */
  readonly policyVersion?: number;
  /**
   * When other weights count. `request`: for requests of later calls. `token`: from the next token on, of what is under way
   * as well; the keys and values of all tokens so far are computed anew, so that what comes next is exactly what the new
   * policy predicts of them. Costs a prefill of every row under way.
   */
  readonly pickUp?: 'request' | 'token';
}

export interface Generator {
  /**
   * Completions in the order of the requests. Calls may overlap: they share the rows. Once `signal` is aborted, the call
   * rejects with its reason, and its rows are given to others.
   */
  generate(requests: readonly GenerationRequest[], signal?: AbortSignal): Promise<Generation[]>;
  /** Tokens so far, of all requests, those under way among them. */
  readonly tokenCount: number;
  /** Other weights, as `pickUp` says; where newer ones come before these have counted, only the newest need to. */
  reload(weights: ReadonlyMap<string, GivenTensor>, policyVersion: number): void;
  /** Waits for what is under way. */
  dispose(): Promise<void>;
}

interface Waiting {
  readonly kind: 'request';
  readonly request: GenerationRequest;
  readonly signal: AbortSignal | undefined;
  resolve(generation: Generation): void;
  reject(reason: unknown): void;
}
interface NewWeights {
  readonly kind: 'weights';
  readonly weights: ReadonlyMap<string, GivenTensor>;
  readonly policyVersion: number;
}

/** A request that has begun. */
interface Active extends Waiting {
  readonly completionIds: number[];
  readonly segments: {readonly policyVersion: number; tokenCount: number}[];
  readonly maxNewTokens: number;
  logps: number;
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
  model: GeneratedModel,
  executor: Executor,
  cache: CacheShape,
  {policyVersion: firstVersion = 0, pickUp = 'request'}: GeneratorOptions = {},
): Promise<Generator> {
  const {config, tokenizer} = model;
  assertLength(config, cache.maxTokens);
  const decoding = await createDecoding(model, executor, cache);
  const endTokenIds = new Set(tokenizer.endTokenIds);
  const queue: (Waiting | NewWeights)[] = [];
  /** Requests whose prompts are being read, in their order. */
  const reading: Active[] = [];
  /** Requests that go on, each in the row of its index. */
  const active: Active[] = [];
  let version = firstVersion;
  let tokenCount = 0;
  let isWorking = false;
  let work: Promise<void> = Promise.resolve();

  /** The requests to begin now: as many as there are rows for, once that is enough of them. */
  function nextToBegin(): Waiting[] {
    const free = cache.rows - active.length - reading.length;
    if (free === 0) return [];
    const admissible = untilNewWeights(queue);
    const enough = Math.min(Math.ceil(cache.rows / BEGINS_PER_CACHE), admissible.length);
    if (free < enough && active.length > 0) return [];
    return admissible.slice(0, free);
  }

  function begin(waiting: readonly Waiting[]): void {
    for (const entry of waiting) {
      queue.splice(queue.indexOf(entry), 1);
      const {promptIds, maxNewTokens, seed} = entry.request;
      const random = randomFor('generation', seed);
      reading.push({
        ...entry,
        completionIds: [],
        segments: [],
        logps: 0,
        maxNewTokens: Math.min(maxNewTokens, cache.maxTokens - promptIds.length),
        uniform: () => uniformFloat64(random),
      });
    }
  }

  /** Reads on; those whose prompts are read go on from here. */
  async function readOn(): Promise<void> {
    const whole = await decoding.read(
      active.length,
      reading.map(({request, completionIds}) => [...request.promptIds, ...completionIds]),
    );
    const begun = whole.flatMap((index) => reading[index] ?? []);
    active.push(...begun);
    reading.splice(0, reading.length, ...reading.filter((row) => !begun.includes(row)));
  }

  async function setWeights(entry: NewWeights): Promise<void> {
    try {
      await decoding.setWeights(entry.weights);
    } catch (error) {
      // Some of them may count already: nobody is answered by neither policy, but once these, or newer ones, are whole.
      queue.unshift(entry);
      throw error;
    }
    version = entry.policyVersion;
  }

  /** Takes up the newest weights at once, where that is asked for: what the rows hold becomes the new policy's work. */
  async function takeUpNewest(): Promise<void> {
    const newest = queue.findLast((entry) => entry.kind === 'weights');
    if (pickUp !== 'token' || newest === undefined) return;
    for (const entry of queue) if (entry.kind === 'weights' && entry !== newest) releaseGiven(entry.weights);
    queue.splice(0, queue.length, ...queue.filter(({kind}) => kind === 'request'));
    await setWeights(newest);
    reading.unshift(...active.splice(0));
  }

  async function decodeOnce(): Promise<void> {
    const predictions = await decoding.decode(
      active.map(({request, completionIds}) => ({
        token: completionIds.at(-1) ?? request.promptIds.at(-1) ?? 0,
        temperature: request.temperature && Math.max(LOWEST_TEMPERATURE, request.temperature),
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
    const {request, completionIds, segments} = row;
    const token = sample(prediction, request, row.uniform);
    completionIds.push(token);
    if (request.temperature > 0) row.logps += Math.log(prediction.probabilities[token] ?? 0);
    tokenCount += 1;
    const segment = segments.at(-1);
    if (segment?.policyVersion === version) segment.tokenCount += 1;
    else segments.push({policyVersion: version, tokenCount: 1});
    const isEnd = endTokenIds.has(token);
    if (!isEnd && completionIds.length < row.maxNewTokens) return false;
    const text = tokenizer.decode(isEnd ? completionIds.slice(0, -1) : completionIds, request.promptIds);
    const known = request.temperature === 1 ? {logps: row.logps} : {};
    row.resolve({completionIds, text, finishReason: isEnd ? 'stop' : 'length', segments, ...known});
    return true;
  }

  /** The last row takes the place of one that has ended: active rows stay together, and the others cost nothing. */
  function end(index: number): void {
    const last = active.pop();
    if (last === undefined || index === active.length) return;
    decoding.move(active.length, index);
    active[index] = last;
  }

  /** Lets go of what nobody waits for any more. */
  function dropCancelled(): void {
    const isCancelled = ({signal}: Waiting): boolean => signal?.aborted === true;
    const drop = (entry: Waiting): void => entry.reject(entry.signal?.reason);
    const cancelled = queue.filter((entry) => entry.kind === 'request').filter(isCancelled);
    for (const entry of cancelled) queue.splice(queue.indexOf(entry), 1);
    const unread = reading.filter(isCancelled);
    for (const row of unread) reading.splice(reading.indexOf(row), 1);
    for (const entry of [...cancelled, ...unread]) drop(entry);
    for (const [index, row] of [...active.entries()].reverse()) {
      if (!isCancelled(row)) continue;
      end(index);
      drop(row);
    }
  }

  /** Serves all callers until nothing is left; if a run fails, everything waiting fails with it. */
  async function serve(): Promise<void> {
    try {
      for (;;) {
        dropCancelled();
        await takeUpNewest();
        begin(nextToBegin());
        if (reading.length > 0) await readOn();
        // A run costs nearly as much for few rows as for many: it waits while more of them are still being read.
        if (active.length > 0 && active.length >= reading.length) await decodeOnce();
        if (active.length > 0 || reading.length > 0) continue;
        const entry = queue.shift();
        if (entry === undefined) return;
        if (entry.kind === 'request') queue.unshift(entry);
        else if (queue[0]?.kind === 'weights') releaseGiven(entry.weights);
        else await setWeights(entry);
      }
    } catch (error) {
      decoding.forget();
      for (const row of [...active.splice(0), ...reading.splice(0)]) row.reject(error);
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
    async generate(requests, signal) {
      for (const request of requests) assertRequest(request, cache.maxTokens, config.vocabSize);
      const generations = requests.map(
        (request) =>
          new Promise<Generation>((resolve, reject) => {
            queue.push({kind: 'request', request, signal, resolve, reject});
          }),
      );
      wake();
      return Promise.all(generations);
    },
    get tokenCount() {
      return tokenCount;
    },
    reload(weights, policyVersion) {
      queue.push({kind: 'weights', weights, policyVersion});
      wake();
    },
    async dispose() {
      await work;
      for (const entry of queue) if (entry.kind === 'weights') releaseGiven(entry.weights);
      await decoding.dispose();
    },
  };
}

/** Requests before the next change of weights. */
function untilNewWeights(queue: readonly (Waiting | NewWeights)[]): Waiting[] {
  const end = queue.findIndex(({kind}) => kind === 'weights');
  return (end === -1 ? queue : queue.slice(0, end)).filter((entry) => entry.kind === 'request');
}
