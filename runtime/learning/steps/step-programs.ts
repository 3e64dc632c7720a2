/** The programs of one objective, and how they make a step of a batch. */
import {seedOf} from '../../seed.js';
import type {Executor, Program, SizedOptions, State} from '../../tensor/executor.js';
import {type ProgramsByShape, programsByShape} from '../../tensor/programs.js';
import {compileSized} from '../../tensor/sized.js';
import {mustRecompute} from '../batch-memory.js';
import {floatsOf, scalarOf} from '../learner-tensors.js';
import type {PairLogps} from '../metrics.js';
import {objectiveOf} from '../objectives/objectives.js';
import {zeros} from '../optimizers/optimizer.js';
import type {PackedRun} from '../packing/packing.js';
import type {TrainingPair} from '../pair.js';
import {batchArrays, type Logps, logpsOfBatch} from './batch-logps.js';
import {linearLosses, objectiveLosses, objectiveScalars} from './losses.js';
import type {PolicyGraph} from './pair-gradients.js';
import * as functions from './step-functions.js';
import type {StepInputs} from './step-inputs.js';

/** Where programs run, and what they are made for. */
export interface StepContext {
  readonly executor: Executor;
  readonly state: State;
  readonly graph: Omit<PolicyGraph, 'recompute'>;
  /** Of what learns, by name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The optimizer's step, which is the same for all objectives. */
  readonly applications: ApplyPrograms;
  /** What a run may keep for its backward pass. */
  readonly keptBytes: number;
  /** `SizedOptions.keepMemory` */
  readonly keepMemory: boolean;
}

export type ApplyPrograms = ProgramsByShape<'apply', Program<string, 'gradNorm'>>;

export interface Stepped {
  readonly loss: number;
  readonly gradNorm: number;
  /** Of each pair, before the step. */
  readonly policyLogps: readonly PairLogps[];
}

export interface Batch {
  readonly pairs: readonly TrainingPair[];
  readonly runs: readonly PackedRun[];
}

export type Arrays = Readonly<Record<string, Float32Array | Int32Array>>;

export interface ObjectivePrograms {
  /** Takes a step on a batch; await it before the next. */
  step(batch: Batch, inputs: StepInputs): Promise<Stepped>;
  /** Compiles what these have compiled, but for the slopes of a whole batch, which are small. */
  compileLike(others: ObjectivePrograms): Promise<void>;
  inUse(): ProgramsInUse;
  dispose(): Promise<void>;
}

/** Which programs there are of an objective: its layers kept, or computed again, and for batches of how many runs. */
interface ProgramsInUse {
  readonly recompute: readonly boolean[];
  readonly severalRuns: boolean;
}

export function objectivePrograms(context: StepContext, expression: string): ObjectivePrograms {
  const {executor, state, applications} = context;
  const fed = fedBy(context);
  const objective = objectiveOf(expression);
  const losses = objectiveLosses(objective, expression);
  const graphFor = (recompute: boolean): PolicyGraph => ({...context.graph, recompute});
  const accumulating = (recompute: boolean, lossesOf: (pairs: number) => typeof losses) =>
    compileSized(
      executor,
      functions.accumulateFunction(graphFor(recompute), lossesOf),
      withGradients(context),
      fed,
    );
  const accumulations = programsByShape((recompute: boolean) => accumulating(recompute, () => losses));
  const slopeAccumulations = programsByShape((recompute: boolean) => accumulating(recompute, linearLosses));
  const forwards = programsByShape((_: 'forward') =>
    compileSized(executor, functions.forwardFunction(graphFor(false)), state, fed),
  );
  const slopes = programsByShape((_: 'slopes') =>
    compileSized(executor, functions.slopesFunction(losses), state, fed),
  );
  const all = [accumulations, slopeAccumulations, forwards, slopes];
  const recomputes = (run: PackedRun): boolean => mustRecompute(context.graph.config, run, context.keptBytes);
  let hadSeveralRuns = false;

  /** The runs' gradients, added up in the state; the batch's loss and log-probabilities. */
  async function accumulated({pairs, runs}: Batch, own: Arrays, seeds: readonly Arrays[]) {
    const logps = logpsOfBatch(pairs.length);
    let loss = 0;
    for (const [index, run] of runs.entries()) {
      const program = await accumulations.at(recomputes(run));
      const inputs = {...run.arrays, ...own, ...seeds[index], keep: keepFor(index)};
      const result = await program.run(run.sizes, inputs);
      loss += scalarOf(result.loss);
      logps.add(run.pairs, floatsOf(result.policyLogps));
    }
    return {loss, logps};
  }

  /** The same where pairs of different runs mix: twice through the model, with the slopes of the whole batch between. */
  async function accumulatedTwice({pairs, runs}: Batch, own: Arrays, seeds: readonly Arrays[]) {
    const forward = await forwards.at('forward');
    const logps: Logps = logpsOfBatch(pairs.length);
    for (const [index, run] of runs.entries()) {
      const {policyLogps} = await forward.run(run.sizes, {...run.arrays, ...seeds[index]});
      logps.add(run.pairs, floatsOf(policyLogps));
    }
    const batch = {policyLogps: logps.values, ...batchArrays(pairs), ...own};
    const result = await (await slopes.at('slopes')).run({pairs: pairs.length}, batch);
    const batchSlopes = logpsOfBatch(pairs.length, floatsOf(result.slopes));
    for (const [index, run] of runs.entries()) {
      const program = await slopeAccumulations.at(recomputes(run));
      const part = {slopes: batchSlopes.of(run.pairs), keep: keepFor(index)};
      await program.run(run.sizes, {...run.arrays, ...seeds[index], ...part});
    }
    return {loss: scalarOf(result.loss), logps};
  }

  return {
    async step(batch, inputs) {
      const own = objectiveScalars(inputs.objective);
      const seeds = batch.runs.map((_, index) => dropoutSeed(context.graph, inputs.stepsDone, index));
      const isMixed = objective.mixesPairs === true && batch.runs.length > 1;
      hadSeveralRuns ||= batch.runs.length > 1;
      const {loss, logps} = await (isMixed ? accumulatedTwice : accumulated)(batch, own, seeds);
      const {gradNorm} = await (await applications.at('apply')).run(scalarArrays(inputs.optimizer));
      return {loss, gradNorm: scalarOf(gradNorm), policyLogps: logps.byPair()};
    },
    async compileLike(others) {
      const {recompute, severalRuns} = others.inUse();
      const isMixed = objective.mixesPairs === true && severalRuns;
      for (const each of recompute) await (isMixed ? slopeAccumulations : accumulations).at(each);
      if (isMixed) await forwards.at('forward');
    },
    inUse: () => ({
      recompute: [...new Set([...accumulations.shapes(), ...slopeAccumulations.shapes()])],
      severalRuns: hadSeveralRuns,
    }),
    async dispose() {
      await Promise.all(all.map((programs) => programs.dispose()));
    },
  };
}

/** Compiled when the first step is to be taken. */
export const applyPrograms = (
  context: Pick<StepContext, 'executor' | 'state' | 'shapes'> & {
    readonly graph: Pick<PolicyGraph, 'learned'>;
  },
  update: functions.Update,
): ApplyPrograms =>
  programsByShape((_: 'apply') =>
    context.executor.compile(functions.applyFunction(context.graph, update), withGradients(context)),
  );

/** The weights change with every step: they are no part of a program. */
export const fedBy = ({keepMemory}: Pick<StepContext, 'keepMemory'>): SizedOptions => ({
  buildIn: false,
  keepMemory,
});

/** The state, with a place for the sum of each gradient. */
function withGradients({
  state,
  graph: {learned},
  shapes,
}: Pick<StepContext, 'state' | 'shapes'> & {readonly graph: Pick<PolicyGraph, 'learned'>}): State {
  const known = new Set(state.names());
  for (const name of learned) {
    const shape = shapes.get(name);
    if (shape === undefined) throw new Error(`${name} learns and has no shape`);
    if (!known.has(functions.gradientName(name))) state.write(functions.gradientName(name), zeros(shape));
  }
  return state;
}

/** Sets the sums of gradients that the state has to 0. */
export function clearGradients(state: State, shapes: ReadonlyMap<string, readonly number[]>): void {
  const known = new Set(state.names());
  for (const [name, shape] of shapes) {
    if (known.has(functions.gradientName(name))) state.write(functions.gradientName(name), zeros(shape));
  }
}

/** What the gradients in the state count before a run's are added: nothing before the first. */
const keepFor = (run: number): Float32Array => Float32Array.of(run === 0 ? 0 : 1);

/** Which of an adapter's inputs are left out differs from step to step and from run to run, and is the same when a step is taken again. */
export function dropoutSeed({adapter}: Pick<PolicyGraph, 'adapter'>, stepsDone: number, run: number): Arrays {
  if (adapter === undefined || adapter.dropout === 0) return {};
  return {dropoutSeed: Float32Array.of(seedOf('dropout', stepsDone, run) / 2 ** 32)};
}

export const scalarArrays = (scalars: Readonly<Record<string, number>>): Arrays =>
  Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, Float32Array.of(value)]));
