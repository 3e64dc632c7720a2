/** The programs of one objective that a member of a sharded learner runs, and how they give a part's gradient. */
import {programsByShape} from '../tensor/programs.js';
import {linearLosses, objectiveLosses, objectiveScalars} from './losses.js';
import {mustRecompute} from './memory.js';
import type {Replaceable} from './objective-in-use.js';
import {objectiveOf} from './objectives/objectives.js';
import type {RunShape} from './packing.js';
import type {TrainingPair} from './pair.js';
import type {PolicyGraph} from './pair-gradients.js';
import type {Part} from './parts.js';
import {gradientFunction, sliceOutput} from './shard-functions.js';
import type {Slice} from './slices.js';
import {floatsOf, scalarOf} from './state.js';
import {forwardFunction, slopesFunction} from './step-functions.js';
import type {StepInputs} from './step-inputs.js';
import {type Arrays, dropoutSeed, type StepContext} from './step-programs.js';

export type ShardContext = Pick<StepContext, 'executor' | 'state' | 'graph' | 'keptBytes'> & {
  readonly slices: readonly Slice[];
};

export interface PartGradient {
  /** The part's share of the batch's loss. */
  readonly loss: number;
  /** [2n] log π_θ of the part's n pairs: of the chosen completions, then of the rejected ones. */
  readonly logps: Float32Array;
  /** Of the gradient. */
  readonly slices: readonly Float32Array[];
}

export interface BatchSlopes {
  readonly loss: number;
  /** [2B] dL/dlogps of the whole batch. */
  readonly slopes: Float32Array;
}

export interface ShardPrograms extends Replaceable<ShardPrograms> {
  /** Pairs of different parts mix in the loss: `forward` of all parts and `slopes` come before any gradient. */
  readonly mixesPairs: boolean;
  /** log π_θ [2n] of a part's pairs. */
  forward(shape: RunShape, part: Part, inputs: StepInputs): Promise<Float32Array>;
  /** @param logps [2B] of all pairs */
  slopes(pairs: readonly TrainingPair[], logps: Float32Array, inputs: StepInputs): Promise<BatchSlopes>;
  /** @param slopes [2B] of the batch, where pairs mix */
  gradient(shape: RunShape, part: Part, inputs: StepInputs, slopes?: Float32Array): Promise<PartGradient>;
  shapes(): RunShape[];
}

export function shardPrograms(context: ShardContext, expression: string): ShardPrograms {
  const {executor, state, slices} = context;
  const objective = objectiveOf(expression);
  const mixesPairs = objective.mixesPairs === true;
  const losses = objectiveLosses(objective, expression);
  const graphFor = ({rows, rowLength}: RunShape): PolicyGraph => ({
    ...context.graph,
    recompute: mustRecompute(context.graph.config, rows * rowLength, rowLength, context.keptBytes),
  });
  const gradients = programsByShape((shape: RunShape) => {
    const ofRun = mixesPairs ? linearLosses(shape.pairs) : losses;
    return executor.compile(gradientFunction(graphFor(shape), ofRun, shape, slices), state);
  });
  const forwards = programsByShape((shape: RunShape) =>
    executor.compile(forwardFunction(graphFor(shape), shape), state),
  );
  const batches = programsByShape((pairs: number) => executor.compile(slopesFunction(losses, pairs), state));
  const all = [gradients, forwards, batches];
  const seedOf = ({firstRun}: Part, run: number, {stepsDone}: StepInputs): Arrays =>
    dropoutSeed(context.graph, stepsDone, firstRun + run);

  return {
    mixesPairs,
    async forward(shape, part, inputs) {
      const program = await forwards.at(shape);
      const logps = pairValues(part.pairs.length);
      for (const [index, run] of part.runs.entries()) {
        const {policyLogps} = await program.run({...run, ...seedOf(part, index, inputs)});
        logps.add(floatsOf(policyLogps));
      }
      return logps.values;
    },
    async slopes(pairs, logps, inputs) {
      const program = await batches.at(pairs.length);
      const both = (of: (pair: TrainingPair) => readonly [number, number]): Float32Array =>
        Float32Array.from([...pairs.map((pair) => of(pair)[0]), ...pairs.map((pair) => of(pair)[1])]);
      const {loss, slopes} = await program.run({
        policyLogps: logps,
        referenceLogps: both((pair) => [pair.referenceChosenLogps, pair.referenceRejectedLogps]),
        tokenCounts: both(({chosenIds, rejectedIds}) => [chosenIds.length, rejectedIds.length]),
        weights: new Float32Array(pairs.length).fill(1),
        ...objectiveScalars(inputs.objective),
      });
      return {loss: scalarOf(loss), slopes: floatsOf(slopes)};
    },
    async gradient(shape, part, inputs, slopes) {
      const program = await gradients.at(shape);
      const scalars = mixesPairs ? {} : objectiveScalars(inputs.objective);
      const logps = pairValues(part.pairs.length);
      let loss = 0;
      let sums: Float32Array[] = [];
      for (const [index, run] of part.runs.entries()) {
        const own = slopes && {slopes: slopesOfRun(slopes, part, index * shape.pairs, shape.pairs)};
        const result = await program.run({...run, ...scalars, ...own, ...seedOf(part, index, inputs)});
        loss += scalarOf(outputOf(result, 'loss'));
        logps.add(floatsOf(outputOf(result, 'policyLogps')));
        const given = slices.map((_, slice) => floatsOf(outputOf(result, sliceOutput(slice))));
        sums = index === 0 ? given : sums.map((sum, slice) => added(sum, given[slice] ?? sum));
      }
      return {loss, logps: logps.values, slices: sums};
    },
    async compileLike(others) {
      for (const shape of others.shapes()) {
        if (mixesPairs) await forwards.at(shape);
        await gradients.at(shape);
      }
    },
    shapes: () => gradients.shapes(),
    async dispose() {
      await Promise.all(all.map((programs) => programs.dispose()));
    },
  };
}

/** a + b in float32, in a new array: what is being sent must not change. */
export function added(a: Float32Array, b: Float32Array): Float32Array {
  const sum = new Float32Array(a.length);
  for (let i = 0; i < sum.length; i++) sum[i] = (a[i] ?? 0) + (b[i] ?? 0);
  return sum;
}

function outputOf<T>(result: Readonly<Record<string, T>>, name: string): T {
  const output = result[name];
  if (output === undefined) throw new Error(`the program gave no ${name}`);
  return output;
}

/** [2n] values of n pairs from those of runs, without what only fills them. */
function pairValues(pairs: number): {readonly values: Float32Array; add(run: Float32Array): void} {
  const values = new Float32Array(2 * pairs);
  let done = 0;
  return {
    values,
    add(run) {
      const capacity = run.length / 2;
      const count = Math.min(capacity, pairs - done);
      values.set(run.subarray(0, count), done);
      values.set(run.subarray(capacity, capacity + count), pairs + done);
      done += count;
    },
  };
}

/** [2P] slopes of the part's pairs from number `first` on, of the batch's [2B]; 0 for fillers. */
function slopesOfRun(slopes: Float32Array, part: Part, first: number, capacity: number): Float32Array {
  const pairs = slopes.length / 2;
  const begin = part.begin + first;
  const end = part.begin + Math.min(part.pairs.length, first + capacity);
  const own = new Float32Array(2 * capacity);
  own.set(slopes.subarray(begin, end));
  own.set(slopes.subarray(pairs + begin, pairs + end), capacity);
  return own;
}
