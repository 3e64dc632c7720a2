/** Log-probabilities of pairs under fixed weights: what both answers begin with goes through the model once. */
import {inOrder} from '../in-order.js';
import type {ModelCheckpoint} from '../model/checkpoint.js';
import type {EncodedPair} from '../model/encode.js';
import {assertLength} from '../model/transformer.js';
import type {Executor} from '../tensor/executor.js';
import {programsByShape} from '../tensor/programs.js';
import type {PairLogps} from './metrics.js';
import {packAlone, type RunShape} from './packing.js';
import {floatsOf} from './state.js';
import {forwardFunction} from './step-functions.js';

export interface PairScorer {
  /** log π(y|x) of both answers, nats, which depends on the pair only. Each has a token at least, and the prompt has one. */
  logps(pair: Pick<EncodedPair, 'promptIds' | 'chosenIds' | 'rejectedIds'>): Promise<PairLogps>;
  /** Takes other weights of the same model, whose arrays are taken over. */
  reload(weights: ModelCheckpoint['weights']): Promise<void>;
  dispose(): Promise<void>;
}

/** Of a fleet's pairs most have one of a few dozen shapes, and a graph that is compiled again takes longer than its run. */
const GRAPHS = 48;

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
  const graph = {config, learned: [], recompute: false};
  const programs = programsByShape(
    (shape: RunShape) => executor.compile(forwardFunction(graph, shape), state),
    GRAPHS,
  );

  // Runs of one state must not overlap, whoever calls.
  const alone = inOrder();
  return {
    logps: (pair) =>
      alone(async () => {
        const {shape, run} = packAlone({...pair, referenceChosenLogps: 0, referenceRejectedLogps: 0});
        const program = await programs.at(shape);
        const [chosen = Number.NaN, rejected = Number.NaN] = floatsOf(
          (await program.run({...run})).policyLogps,
        );
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
