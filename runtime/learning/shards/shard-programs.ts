/** The programs of one objective that a member of a sharded learner runs, and how they give a part's gradient. */
import {programsByShape} from '../../tensor/programs.js';
import {compileSized} from '../../tensor/sized.js';
import {mustRecompute} from '../batch-memory.js';
import {floatsOf, scalarOf} from '../learner-tensors.js';
import type {Replaceable} from '../objective-in-use.js';
import {objectiveOf} from '../objectives/objectives.js';
import type {TrainingPair} from '../pair.js';
import {batchArrays, logpsOfBatch} from '../steps/batch-logps.js';
import {linearLosses, objectiveLosses, objectiveScalars} from '../steps/losses.js';
import type {PolicyGraph} from '../steps/pair-gradients.js';
import {forwardFunction, slopesFunction} from '../steps/step-functions.js';
import type {StepInputs} from '../steps/step-inputs.js';
import {type Arrays, dropoutSeed, fedBy, type StepContext} from '../steps/step-programs.js';
import type {Part} from './parts.js';
import {gradientFunction, sliceOutput} from './shard-functions.js';
import type {Slice} from './slices.js';

export type ShardContext = Pick<StepContext, 'executor' | 'state' | 'graph' | 'keptBytes' | 'keepMemory'> & {
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
  forward(part: Part, inputs: StepInputs): Promise<Float32Array>;
  /** @param logps [2B] of all pairs */
  slopes(pairs: readonly TrainingPair[], logps: Float32Array, inputs: StepInputs): Promise<BatchSlopes>;
  /** @param slopes [2B] of the batch, where pairs mix */
  gradient(part: Part, inputs: StepInputs, slopes?: Float32Array): Promise<PartGradient>;
  /** Which programs there are: layers kept for the gradient, or computed again. */
  recomputes(): readonly boolean[];
}

export function shardPrograms(context: ShardContext, expression: string): ShardPrograms {
  const {executor, state, slices, keptBytes} = context;
  const fed = fedBy(context);
  const objective = objectiveOf(expression);
  const mixesPairs = objective.mixesPairs === true;
  const losses = objectiveLosses(objective, expression);
  const graphFor = (recompute: boolean): PolicyGraph => ({...context.graph, recompute});
  const gradients = programsByShape((recompute: boolean) => {
    const lossesOf = mixesPairs ? linearLosses : () => losses;
    return compileSized(executor, gradientFunction(graphFor(recompute), lossesOf, slices), state, fed);
  });
  const forwards = programsByShape((_: 'forward') =>
    compileSized(executor, forwardFunction(graphFor(false)), state, fed),
  );
  const batches = programsByShape((_: 'slopes') =>
    compileSized(executor, slopesFunction(losses), state, fed),
  );
  const all = [gradients, forwards, batches];
  const seedOf = ({firstRun}: Part, run: number, {stepsDone}: StepInputs): Arrays =>
    dropoutSeed(context.graph, stepsDone, firstRun + run);

  return {
    mixesPairs,
    async forward(part, inputs) {
      const program = await forwards.at('forward');
      const logps = logpsOfBatch(part.pairs.length);
      for (const [index, {sizes, arrays, pairs}] of part.runs.entries()) {
        const result = await program.run(sizes, {...arrays, ...seedOf(part, index, inputs)});
        logps.add(pairs, floatsOf(result.policyLogps));
      }
      return logps.values;
    },
    async slopes(pairs, logps, inputs) {
      const program = await batches.at('slopes');
      const scalars = objectiveScalars(inputs.objective);
      const arrays = {policyLogps: logps, ...batchArrays(pairs), ...scalars};
      const {loss, slopes} = await program.run({pairs: pairs.length}, arrays);
      return {loss: scalarOf(loss), slopes: floatsOf(slopes)};
    },
    async gradient(part, inputs, slopes) {
      const scalars = mixesPairs ? {} : objectiveScalars(inputs.objective);
      const logps = logpsOfBatch(part.pairs.length);
      const batchSlopes = slopes && logpsOfBatch(slopes.length / 2, slopes);
      let loss = 0;
      let sums: Float32Array[] = [];
      for (const [index, run] of part.runs.entries()) {
        const program = await gradients.at(mustRecompute(context.graph.config, run, keptBytes));
        const own = batchSlopes && {slopes: batchSlopes.of(run.pairs.map((pair) => part.begin + pair))};
        const arrays = {...run.arrays, ...scalars, ...own, ...seedOf(part, index, inputs)};
        const result = await program.run(run.sizes, arrays);
        loss += scalarOf(outputOf(result, 'loss'));
        logps.add(run.pairs, floatsOf(outputOf(result, 'policyLogps')));
        const given = slices.map((_, slice) => floatsOf(outputOf(result, sliceOutput(slice))));
        sums = index === 0 ? given : sums.map((sum, slice) => added(sum, given[slice] ?? sum));
      }
      return {loss, logps: logps.values, slices: sums};
    },
    async compileLike(others) {
      const recomputes = others.recomputes();
      if (mixesPairs && recomputes.length > 0) await forwards.at('forward');
      for (const recompute of recomputes) await gradients.at(recompute);
    },
    recomputes: () => gradients.shapes(),
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
