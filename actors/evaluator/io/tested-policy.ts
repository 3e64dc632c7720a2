/**
 * The policy that is scored, in this process: one set of weights at a time, the checkpoint's by their hash. All suites share what it
 * takes: one cache of keys and values to answer by, one graph to measure by.
 */
import type {Checkpoint} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {policyWeights} from '../../../runtime/fleet/checkpoints/lora.js';
import {withFirstPolicy} from '../../../runtime/fleet/checkpoints/policy.js';
import {threadsOf} from '../../../runtime/fleet/cores.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';
import {createPairScorer, type PairScorer} from '../../../runtime/learning/pair-scorer.js';
import {
  type loadCheckpoint,
  loadWeights,
  type ModelCheckpoint,
} from '../../../runtime/model/files/model-checkpoint.js';
import type {CacheShape} from '../../../runtime/model/generation/cache.js';
import {cacheLine} from '../../../runtime/model/generation/cache-memory.js';
import {createGenerator, type Generator} from '../../../runtime/model/generation/generation.js';
import {openExecutor} from '../../../runtime/tensor/open.js';

type Weights = ModelCheckpoint['weights'];

/** What suites need of it. */
export interface Needs {
  /** To answer; undefined where nobody asks. */
  readonly cache: CacheShape | undefined;
  /** Tokens of the longest text that is measured; 0 where none is. */
  readonly measuredTokens: number;
}

export interface TestedPolicy {
  readonly generator: Pick<Generator, 'generate'>;
  readonly scorer: Pick<PairScorer, 'logps'>;
  /** Takes up a checkpoint's weights; those that it has already it keeps. Throws as `policyWeights`. */
  take(checkpoint: Checkpoint): Promise<void>;
  /** The policy before training for a while, to measure by: what is taken up next takes its place. */
  takeFirst(): Promise<void>;
}

export const openTestedPolicy = async (
  context: ActorContext<Fleet>,
  model: Awaited<ReturnType<typeof loadCheckpoint>>,
  {cache, measuredTokens}: Needs,
): Promise<TestedPolicy> => {
  const {fleet, log} = context;
  // The first weights are let go of once others are there: nothing below holds the model.
  const {config} = model;
  const {backend, device, precision} = fleet;
  const threads = threadsOf(fleet, 'evaluator');
  const generator =
    cache === undefined ? undefined : await openGenerator(context, model, cache, {backend, device, threads});
  let scorer: PairScorer | undefined;
  if (measuredTokens > 0) {
    // As the reference's, whose log-probabilities are taken from these.
    const {executor, reason} = await openExecutor({backend, device, threads, precision, work: 'training'});
    log.info({reason, tokens: measuredTokens}, 'measures');
    scorer = createPairScorer(model, executor, measuredTokens);
  }
  /** By the hash: undefined before anything was taken. */
  let taken: string | undefined;
  const reload = async (weights: Weights, policyVersion: number): Promise<void> => {
    generator?.reload(weights, policyVersion);
    await scorer?.reload(weights);
  };
  const unasked = (what: string) => () => Promise.reject(new Error(`no suite was to be ${what}`));
  return {
    generator: generator ?? {generate: unasked('answered')},
    scorer: scorer ?? {logps: unasked('measured')},
    async take(checkpoint) {
      const {weightsSha256, policyVersion} = checkpoint;
      if (taken === weightsSha256) return;
      const weights = await policyWeights(context, fleet, checkpoint, config);
      taken = undefined;
      await reload(weights, policyVersion);
      taken = weightsSha256;
    },
    async takeFirst() {
      taken = undefined;
      const {weights} = await withFirstPolicy(context, fleet, (first, sha256) =>
        loadWeights(first, config, sha256),
      );
      await scorer?.reload(weights);
    },
  };
};

const openGenerator = async (
  {log}: ActorContext<Fleet>,
  model: ModelCheckpoint,
  cache: CacheShape,
  options: Parameters<typeof openExecutor>[0],
): Promise<Generator> => {
  const {executor, reason} = await openExecutor(options);
  log.info({reason, holds: cacheLine(model.config, cache)}, 'answers');
  return createGenerator(model, executor, cache);
};
