/** Log-probabilities of pairs under fixed weights: what both answers begin with goes through the model once. */
import {TerminalError} from '../errors.js';
import {inOrder} from '../in-order.js';
import type {ModelCheckpoint} from '../model/files/model-checkpoint.js';
import {assertLength} from '../model/layers/transformer.js';
import type {EncodedPair} from '../model/text/encode.js';
import type {Executor} from '../tensor/executor.js';
import {programsByShape} from '../tensor/programs.js';
import {compileSized} from '../tensor/sized.js';
import {packingOf} from './batch-memory.js';
import {floatsOf} from './learner-tensors.js';
import type {PairLogps} from './metrics.js';
import {packRuns} from './packing/packing.js';
import {longestOf} from './pairs/encoded-pairs.js';
import {forwardFunction} from './steps/step-functions.js';

export interface PairScorer {
  /** log π(y|x) of both answers, nats, which depends on the pair only. Each has a token at least, and the prompt has one. */
  logps(pair: Pick<EncodedPair, 'promptIds' | 'chosenIds' | 'rejectedIds'>): Promise<PairLogps>;
  /** Takes other weights of the same model, whose arrays are taken over. */
  reload(weights: ModelCheckpoint['weights']): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * A scorer of the model's weights, whose arrays are taken over: they must not change afterwards.
 *
 * @param maxTokens of the longest prompt and completion.
 */
export function createPairScorer(
  {config, weights}: ModelCheckpoint,
  executor: Executor,
  maxTokens: number,
): PairScorer {
  assertLength(config, maxTokens);
  const state = executor.createState(weights, true);
  // A pair is in a run of its own: its values depend on the pair only.
  const packing = packingOf(config, {batchSize: 1, maxTokens});
  const graph = {config, learned: [], places: maxTokens, parts: packing, recompute: false};
  const programs = programsByShape((_: 'forward') =>
    compileSized(executor, forwardFunction(graph), state, {buildIn: false}),
  );

  // Runs of one state must not overlap, whoever calls.
  const alone = inOrder();
  return {
    logps: (pair) =>
      alone(async () => {
        assertFits(pair, maxTokens);
        const [run] = packRuns([{...pair, referenceChosenLogps: 0, referenceRejectedLogps: 0}], packing);
        if (run === undefined) throw new Error('a pair is in no run');
        const program = await programs.at('forward');
        const {policyLogps} = await program.run(run.sizes, {...run.arrays});
        const [chosen = Number.NaN, rejected = Number.NaN] = floatsOf(policyLogps);
        return {chosen, rejected};
      }),
    reload: (next) =>
      alone(async () => {
        for (const [name, tensor] of next) state.write(name, tensor, true);
      }),
    dispose: () =>
      alone(async () => {
        await programs.dispose();
        state.dispose();
      }),
  };
}

function assertFits(pair: Pick<EncodedPair, 'promptIds' | 'chosenIds' | 'rejectedIds'>, maxTokens: number) {
  const tokens = longestOf(pair);
  if (tokens <= maxTokens) return;
  throw new TerminalError(
    `a sequence of ${tokens} tokens is beyond the limit of ${maxTokens}; raise maxTokens or truncate`,
  );
}
