/** Loss and gradients of a batch of pairs: as the learner packs them, and with every sequence in a row of its own. */
import type * as tf from '@tensorflow/tfjs-core';
import type {Objective} from '../../runtime/learning/objectives/objective-contract.js';
import {
  type PackedRun,
  type Packing,
  packRun,
  packRuns,
  RUN_SIZES,
  type RunParts,
  type RunSize,
} from '../../runtime/learning/packing/packing.js';
import {forkOf, type RunLayout, SIDES} from '../../runtime/learning/packing/row-layout.js';
import type {TrainingPair} from '../../runtime/learning/pair.js';
import {logpsOfBatch} from '../../runtime/learning/steps/batch-logps.js';
import {lossGradients} from '../../runtime/learning/steps/loss-gradients.js';
import {
  type Losses,
  lossInputs,
  objectiveLosses,
  objectiveScalars,
} from '../../runtime/learning/steps/losses.js';
import {pairGradients, pairInputs} from '../../runtime/learning/steps/pair-gradients.js';
import type {ModelCheckpoint} from '../../runtime/model/files/model-checkpoint.js';
import {completionLogps} from '../../runtime/model/layers/logps.js';
import {packRows} from '../../runtime/model/text/token-rows.js';
import type {Executor, HostTensor, SizedFunction, TensorFunction} from '../../runtime/tensor/executor.js';
import {compileSized} from '../../runtime/tensor/sized.js';

export const BETA = 0.1;
const PARTS = {blocks: 8, chunks: 2};

export interface Given {
  readonly executor: Executor;
  readonly model: ModelCheckpoint;
  readonly objective: Objective;
  readonly settings?: Readonly<Record<string, number>>;
  readonly pairs: readonly TrainingPair[];
  readonly recompute?: boolean;
}

/** What differs from run to run of a program. */
export type Batch = Pick<Given, 'pairs' | 'settings'>;

export interface Measured {
  readonly loss: number;
  /** [2P] */
  readonly policyLogps: HostTensor['data'];
  readonly gradients: ReadonlyMap<string, HostTensor>;
}

/** One program for batches of any sizes, as the learner has it, with two pairs a row. */
export interface PackedProgram {
  gradients(batch: Batch): Promise<Measured>;
  dispose(): Promise<void>;
}

export async function openPacked(given: Omit<Given, 'pairs' | 'settings'>): Promise<PackedProgram> {
  const program = await openRuns(given, PARTS);
  return {
    gradients: (batch) =>
      program.gradients(batch, packRun(batch.pairs, batch.pairs.map(forkOf), twoInRow(batch.pairs), PARTS)),
    dispose: program.dispose,
  };
}

/** The same, of one batch. */
export async function packedGradients(given: Given): Promise<Measured> {
  const program = await openPacked(given);
  const measured = await program.gradients(given);
  await program.dispose();
  return measured;
}

/** The batch as the learner cuts it, the gradients of its runs added up; `runs` says how many there were. */
export async function batchGradients(
  given: Given,
  packing: Packing,
): Promise<Measured & {readonly runs: number}> {
  const runs = packRuns(given.pairs, packing);
  const program = await openRuns(given, packing);
  const each: Measured[] = [];
  for (const run of runs) each.push(await program.gradients(given, run));
  await program.dispose();
  const logps = logpsOfBatch(given.pairs.length);
  const gradients = new Map<string, HostTensor>();
  for (const [index, run] of each.entries()) {
    logps.add(runs[index]?.pairs ?? [], Float32Array.from(run.policyLogps));
    for (const [name, gradient] of run.gradients) {
      const before = gradients.get(name)?.data;
      const data = Float32Array.from(gradient.data, (value, i) => value + (before?.[i] ?? 0));
      gradients.set(name, {...gradient, data});
    }
  }
  const loss = each.reduce((sum, run) => sum + run.loss, 0);
  return {loss, policyLogps: logps.values, gradients, runs: runs.length};
}

/** Loss and gradients of runs of any sizes that are cut into these parts. */
export function packedFunction(
  {model, objective, recompute = false}: Pick<Given, 'model' | 'objective' | 'recompute'>,
  parts: RunParts,
): SizedFunction<RunSize, string, string> {
  const losses = objectiveLosses(objective);
  const learned = [...model.weights.keys()];
  const graph = {config: model.config, learned, places: model.config.maxPositions, parts, recompute};
  return {
    name: 'packed gradients',
    sizes: RUN_SIZES,
    at: (sizes) => ({
      name: 'packed gradients',
      inputs: pairInputs(graph, losses, sizes),
      body(inputs, state) {
        const {gradients, ...seen} = pairGradients(graph, losses, inputs, state);
        return {outputs: {...seen, ...gradients}};
      },
    }),
  };
}

/** A program for runs of any sizes that are cut into these parts. */
async function openRuns(given: Omit<Given, 'pairs' | 'settings'>, parts: RunParts) {
  const {executor, model} = given;
  const state = executor.createState(model.weights);
  const program = await compileSized(executor, packedFunction(given, parts), state, {buildIn: false});
  return {
    gradients: async (batch: Batch, {sizes, arrays}: PackedRun): Promise<Measured> =>
      asMeasured(await program.run(sizes, {...arrays, ...scalarsOf(batch)})),
    async dispose() {
      await program.dispose();
      state.dispose();
    },
  };
}

/** Two sequences a row; of every second pair, both completions are in rows of their own. */
function twoInRow(pairs: readonly TrainingPair[]): RunLayout {
  const pieces = pairs.map(forkOf).flatMap(({shared, chosenRest, rejectedRest, length}, pair) =>
    pair % 2 === 0
      ? [{pair, sides: SIDES, length}]
      : [
          {pair, sides: SIDES.slice(0, 1), length: shared + chosenRest},
          {pair, sides: SIDES.slice(1), length: shared + rejectedRest},
        ],
  );
  const rows = Math.ceil(pieces.length / 2);
  const strips = pieces.map(({pair, sides}, index) => ({
    pair,
    sides,
    row: index % rows,
    begin: index < rows ? 0 : (pieces[index - rows]?.length ?? 0),
  }));
  const longest = Math.max(...strips.map(({begin}, index) => begin + (pieces[index]?.length ?? 0)));
  return {
    pairs: [...pairs.keys()],
    rows,
    rowLength: Math.ceil((longest + 1) / PARTS.blocks) * PARTS.blocks,
    strips,
  };
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

async function measured(given: Given, arrays: object, fn: TensorFunction<string, string>): Promise<Measured> {
  const {executor, model} = given;
  const state = executor.createState(model.weights);
  const program = await executor.compile(fn, state);
  const outputs = await program.run({
    ...(arrays as Record<string, Float32Array | Int32Array>),
    ...scalarsOf(given),
  });
  await program.dispose();
  state.dispose();
  return asMeasured(outputs);
}

function scalarsOf({settings = {}, pairs}: Batch): Record<string, Float32Array> {
  const totalChosenTokens = pairs.reduce((total, {chosenIds}) => total + chosenIds.length, 0);
  return objectiveScalars({beta: BETA, totalPairs: pairs.length, totalChosenTokens, settings});
}

function asMeasured({loss, policyLogps, ...gradients}: Readonly<Record<string, HostTensor>>): Measured {
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
