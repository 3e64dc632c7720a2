/** Loss and gradients of a batch of pairs: as the learner packs them, and with every sequence in a row of its own. */
import type * as tf from '@tensorflow/tfjs-core';
import {lossGradients} from '../../runtime/learning/loss-gradients.js';
import {type Losses, lossInputs, objectiveLosses, objectiveScalars} from '../../runtime/learning/losses.js';
import type {Objective} from '../../runtime/learning/objectives/objective.js';
import {packRuns} from '../../runtime/learning/packing.js';
import type {TrainingPair} from '../../runtime/learning/pair.js';
import {pairGradients, pairInputs} from '../../runtime/learning/pair-gradients.js';
import type {ModelCheckpoint} from '../../runtime/model/checkpoint.js';
import {completionLogps} from '../../runtime/model/logps.js';
import {packRows} from '../../runtime/model/rows.js';
import type {Executor, HostTensor, TensorFunction} from '../../runtime/tensor/executor.js';

export const BETA = 0.1;

export interface Given {
  readonly executor: Executor;
  readonly model: ModelCheckpoint;
  readonly objective: Objective;
  readonly settings?: Readonly<Record<string, number>>;
  readonly pairs: readonly TrainingPair[];
  /** Places for pairs; those beyond `pairs` are fillers. */
  readonly places?: number;
  readonly recompute?: boolean;
}

export interface Measured {
  readonly loss: number;
  /** [2P] */
  readonly policyLogps: HostTensor['data'];
  readonly gradients: ReadonlyMap<string, HostTensor>;
}

/** As the learner does it, in one run. */
export function packedGradients(given: Given): Promise<Measured> {
  const {model, objective, pairs, places = pairs.length, recompute = false} = given;
  const {shape, runs} = packRuns(pairs, places);
  const [run] = runs;
  if (run === undefined) throw new Error('no pairs');
  const losses = objectiveLosses(objective);
  const learned = [...model.weights.keys()];
  return measured(given, run, {
    name: 'packed gradients',
    inputs: pairInputs(losses, shape),
    body(inputs, state) {
      const graph = {config: model.config, learned, recompute};
      const {gradients, ...seen} = pairGradients(graph, losses, inputs, state);
      return {outputs: {...seen, ...gradients}};
    },
  });
}

/** Chosen sequences, then rejected ones, each whole in a padded row of its own: what packing must be equal to. */
export function plainGradients(given: Given): Promise<Measured> {
  const {model, objective, pairs} = given;
  const sequences = (side: 'chosenIds' | 'rejectedIds') =>
    pairs.map((pair) => ({promptIds: pair.promptIds, completionIds: pair[side]}));
  const all = [...sequences('chosenIds'), ...sequences('rejectedIds')];
  const length = Math.max(
    ...all.map(({promptIds, completionIds}) => promptIds.length + completionIds.length),
  );
  const losses: Losses = objectiveLosses(objective);
  const floats = (values: number[]): Float32Array => Float32Array.from(values);
  const arrays = {
    ...packRows(all, length, 0),
    referenceLogps: floats([
      ...pairs.map(({referenceChosenLogps}) => referenceChosenLogps),
      ...pairs.map(({referenceRejectedLogps}) => referenceRejectedLogps),
    ]),
    tokenCounts: floats(all.map(({completionIds}) => completionIds.length)),
    weights: floats(pairs.map(() => 1)),
  };
  const learned = [...model.weights.keys()];
  return measured(given, arrays, {
    name: 'plain gradients',
    inputs: {
      tokens: {shape: [all.length, length], dtype: 'int32'},
      completionMask: {shape: [all.length, length], dtype: 'float32'},
      ...lossInputs(losses, pairs.length),
    },
    body(inputs, state) {
      const {loss, seen, gradients} = lossGradients(learned, state, () => {
        const rows = {
          tokens: inputs.tokens as tf.Tensor2D,
          completionMask: inputs.completionMask as tf.Tensor2D,
        };
        const policyLogps = completionLogps(model.config, state, rows);
        return {loss: losses.loss(policyLogps, inputs), seen: policyLogps};
      });
      return {outputs: {loss, policyLogps: seen, ...gradients}};
    },
  });
}

async function measured(
  {executor, model, settings = {}, pairs}: Given,
  arrays: object,
  fn: TensorFunction<string, string>,
): Promise<Measured> {
  const state = executor.createState(model.weights);
  const program = await executor.compile(fn, state);
  const totalChosenTokens = pairs.reduce((total, {chosenIds}) => total + chosenIds.length, 0);
  const scalars = objectiveScalars({beta: BETA, totalPairs: pairs.length, totalChosenTokens, settings});
  const {loss, policyLogps, ...gradients} = await program.run({
    ...(arrays as Record<string, Float32Array | Int32Array>),
    ...scalars,
  });
  await program.dispose();
  state.dispose();
  if (loss === undefined || policyLogps === undefined) throw new Error('the program lacks outputs');
  return {
    loss: loss.data[0] ?? Number.NaN,
    policyLogps: policyLogps.data,
    gradients: new Map(Object.entries(gradients)),
  };
}

const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The largest difference of any two entries, as a share of the tensor's largest entry. */
export function worstDifference(
  actual: ReadonlyMap<string, HostTensor>,
  wanted: ReadonlyMap<string, HostTensor>,
): number {
  const differences = [...wanted].map(([name, {data}]) => {
    const other = actual.get(name)?.data;
    const difference = Array.from(data, (value, index) => value - (other?.[index] ?? Number.NaN));
    // A tensor without any gradient must have none in the other either.
    return largest(data) === 0 ? largest(difference) : largest(difference) / largest(data);
  });
  return Math.max(...differences);
}
