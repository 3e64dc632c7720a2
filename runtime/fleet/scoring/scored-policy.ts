/**
 * A policy of this process that is scored: one set of weights at a time. All suites share what it takes: one cache of keys and values
 * to answer by, one graph to measure by.
 */
import {createPairScorer, type PairScorer} from '../../learning/pair-scorer.js';
import type {ModelCheckpoint} from '../../model/files/model-checkpoint.js';
import type {CacheShape} from '../../model/generation/cache.js';
import {cacheLine} from '../../model/generation/cache-memory.js';
import {createGenerator, type Generator} from '../../model/generation/generation.js';
import type {Likelihood} from '../../suites/suite.js';
import type {OpenedSuite} from '../../suites/suites.js';
import {openExecutor} from '../../tensor/open.js';
import type {Fleet} from '../file/schema.js';

/** Whose policy it is, and who is told. */
export interface Scoring {
  readonly fleet: Fleet;
  readonly signal: AbortSignal;
  warn(line: string): void;
  /** Says that a long evaluation comes forward. */
  advance(): void;
}

/** What suites need of a policy. */
export interface Needs {
  /** To answer; undefined where nobody asks. */
  readonly cache: CacheShape | undefined;
  /** Tokens of the longest text that is measured; 0 where none is. */
  readonly measuredTokens: number;
}

/** What suites ask of it. */
export interface ScoredPolicy {
  readonly generator: Pick<Generator, 'generate'>;
  readonly scorer: Pick<PairScorer, 'logps'>;
  /** What a suite measures by the policy before training; what was taken up is there again afterwards. */
  byFirst(suite: OpenedSuite, measure: () => Promise<Likelihood[][]>): Promise<Likelihood[][]>;
}

export interface LoadedPolicy extends Pick<ScoredPolicy, 'generator' | 'scorer'> {
  reload(weights: ModelCheckpoint['weights'], policyVersion: number): Promise<void>;
  /** Those that texts are measured by alone. */
  reloadScorer(weights: ModelCheckpoint['weights']): Promise<void>;
  dispose(): Promise<void>;
}

/** @param say is told what computes, and what it holds. */
export const loadPolicy = async (
  {backend, device, precision}: Pick<Fleet, 'backend' | 'device' | 'precision'>,
  model: ModelCheckpoint,
  {cache, measuredTokens}: Needs,
  {threads, say}: {readonly threads: number; readonly say: (facts: object, what: string) => void},
): Promise<LoadedPolicy> => {
  let generator: Generator | undefined;
  if (cache !== undefined) {
    const {executor, reason} = await openExecutor({backend, device, threads});
    say({reason, holds: cacheLine(model.config, cache)}, 'answers');
    generator = await createGenerator(model, executor, cache);
  }
  let scorer: PairScorer | undefined;
  if (measuredTokens > 0) {
    // As the reference's, whose log-probabilities are taken from these.
    const {executor, reason} = await openExecutor({backend, device, threads, precision, work: 'training'});
    say({reason, tokens: measuredTokens}, 'measures');
    scorer = createPairScorer(model, executor, measuredTokens);
  }
  const unasked = (what: string) => () => Promise.reject(new Error(`no suite was to be ${what}`));
  return {
    generator: generator ?? {generate: unasked('answered')},
    scorer: scorer ?? {logps: unasked('measured')},
    async reload(weights, policyVersion) {
      generator?.reload(weights, policyVersion);
      await scorer?.reload(weights);
    },
    reloadScorer: async (weights) => scorer?.reload(weights),
    async dispose() {
      await generator?.dispose();
      await scorer?.dispose();
    },
  };
};
