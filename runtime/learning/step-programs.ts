/** The programs of one objective, and how they make a step of a batch. */
import {seedOf} from '../seed.js';
import type {Executor, State} from '../tensor/executor.js';
import {programsByShape} from '../tensor/programs.js';
import {objectiveLosses, objectiveScalars} from './losses.js';
import {mustRecompute} from './memory.js';
import type {PairLogps} from './metrics.js';
import {objectiveOf} from './objectives/objectives.js';
import {zeros} from './optimizers/optimizer.js';
import type {PackedRun, PackedRuns, RunShape} from './packing.js';
import type {PolicyGraph} from './pair-gradients.js';
import {floatsOf, scalarOf} from './state.js';
import * as functions from './step-functions.js';
import type {StepInputs} from './step-inputs.js';

/** Where programs run, and what they are made for. */
export interface StepContext {
  readonly executor: Executor;
  readonly state: State;
  readonly graph: Omit<PolicyGraph, 'recompute'>;
  /** Of what learns, by name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly update: functions.Update;
  /** What a run may keep for its backward pass. */
  readonly keptBytes: number;
}

export interface Stepped {
  readonly loss: number;
  readonly gradNorm: number;
  /** Of each pair, before the step. */
  readonly policyLogps: readonly PairLogps[];
}

export type Arrays = Readonly<Record<string, Float32Array | Int32Array>>;

export interface ObjectivePrograms {
  /** Takes a step on a batch; await it before the next. */
  step(packed: PackedRuns, inputs: StepInputs): Promise<Stepped>;
  /** Compiles what these have compiled, but for the slopes of a whole batch, which are small. */
  compileLike(others: ObjectivePrograms): Promise<void>;
  /** The shapes in use: of batches of one run, and of the runs of larger ones. */
  shapes(): {readonly step: RunShape[]; readonly accumulate: RunShape[]};
  dispose(): Promise<void>;
}

export function objectivePrograms(context: StepContext, expression: string): ObjectivePrograms {
  const {executor, state, update} = context;
  const objective = objectiveOf(expression);
  const losses = objectiveLosses(objective, expression);
  const graphFor = ({rows, rowLength}: RunShape): PolicyGraph => ({
    ...context.graph,
    recompute: mustRecompute(context.graph.config, rows * rowLength, rowLength, context.keptBytes),
  });
  const steps = programsByShape((shape: RunShape) =>
    executor.compile(functions.stepFunction(graphFor(shape), losses, shape, update), state),
  );
  const accumulations = programsByShape((shape: RunShape) =>
    executor.compile(functions.accumulateFunction(graphFor(shape), losses, shape), withGradients(context)),
  );
  const slopeAccumulations = programsByShape((shape: RunShape) =>
    executor.compile(functions.accumulateSlopesFunction(graphFor(shape), shape), withGradients(context)),
  );
  const forwards = programsByShape((shape: RunShape) =>
    executor.compile(functions.forwardFunction(graphFor(shape), shape), state),
  );
  const slopes = programsByShape((pairs: number) =>
    executor.compile(functions.slopesFunction(losses, pairs), state),
  );
  const applications = programsByShape((_: 'apply') =>
    executor.compile(functions.applyFunction(graphFor(NO_SHAPE), update), withGradients(context)),
  );
  const all = [steps, accumulations, slopeAccumulations, forwards, slopes, applications];

  /** The runs' gradients, added up in the state; the batch's loss and log-probabilities. */
  async function accumulated({shape, runs}: PackedRuns, own: Arrays, seeds: readonly Arrays[]) {
    const program = await accumulations.at(shape);
    const logps: Float32Array[] = [];
    let loss = 0;
    for (const [index, run] of runs.entries()) {
      const inputs = {...run, ...own, ...seeds[index], keep: keepFor(index)};
      const result = await program.run(inputs);
      loss += scalarOf(result.loss);
      logps.push(floatsOf(result.policyLogps));
    }
    return {loss, logps};
  }

  /** The same where pairs of different runs mix: twice through the model, with the slopes of the whole batch between. */
  async function accumulatedTwice({shape, runs}: PackedRuns, own: Arrays, seeds: readonly Arrays[]) {
    const forward = await forwards.at(shape);
    const logps: Float32Array[] = [];
    for (const [index, run] of runs.entries()) {
      const {policyLogps} = await forward.run({...run, ...seeds[index]});
      logps.push(floatsOf(policyLogps));
    }
    const pairs = runs.length * shape.pairs;
    const joined = {
      policyLogps: joinHalves(logps),
      referenceLogps: joinHalves(runs.map(({referenceLogps}) => referenceLogps)),
      tokenCounts: joinHalves(runs.map(({tokenCounts}) => tokenCounts)),
      weights: Float32Array.from(runs.flatMap(({weights}) => [...weights])),
    };
    const result = await (await slopes.at(pairs)).run({...joined, ...own});
    const batchSlopes = floatsOf(result.slopes);
    const program = await slopeAccumulations.at(shape);
    for (const [index, run] of runs.entries()) {
      const part = halvesOf(batchSlopes, index * shape.pairs, shape.pairs);
      await program.run({...run, ...seeds[index], slopes: part, keep: keepFor(index)});
    }
    return {loss: scalarOf(result.loss), logps};
  }

  return {
    async step(packed, inputs) {
      const {shape, runs} = packed;
      const own = objectiveScalars(inputs.objective);
      const seeds = runs.map((_, index) => dropoutSeed(context.graph, inputs.stepsDone, index));
      const scalars = scalarArrays(inputs.optimizer);
      const [only, ...others] = runs;
      if (only !== undefined && others.length === 0) {
        const program = await steps.at(shape);
        const {loss, gradNorm, policyLogps} = await program.run({...only, ...own, ...seeds[0], ...scalars});
        const logps = pairLogpsOf([floatsOf(policyLogps)], [only]);
        return {loss: scalarOf(loss), gradNorm: scalarOf(gradNorm), policyLogps: logps};
      }
      const accumulate = objective.mixesPairs ? accumulatedTwice : accumulated;
      const {loss, logps} = await accumulate(packed, own, seeds);
      const {gradNorm} = await (await applications.at('apply')).run(scalars);
      return {loss, gradNorm: scalarOf(gradNorm), policyLogps: pairLogpsOf(logps, runs)};
    },
    async compileLike(others) {
      const {step, accumulate} = others.shapes();
      for (const shape of step) await steps.at(shape);
      for (const shape of accumulate) {
        if (objective.mixesPairs) {
          await forwards.at(shape);
          await slopeAccumulations.at(shape);
        } else await accumulations.at(shape);
      }
      if (accumulate.length > 0) await applications.at('apply');
    },
    shapes: () => ({
      step: steps.shapes(),
      accumulate: [...accumulations.shapes(), ...slopeAccumulations.shapes()],
    }),
    async dispose() {
      await Promise.all(all.map((programs) => programs.dispose()));
    },
  };
}

const NO_SHAPE: RunShape = {pairs: 0, rows: 0, rowLength: 0, predicting: 0};

/** The state, with a place for the sum of each gradient: made when a batch first needs several runs. */
function withGradients({state, graph: {learned}, shapes}: StepContext): State {
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

/** [2P] arrays of runs as one [2 · runs · P]: all first halves, then all second ones. */
const joinHalves = (parts: readonly Float32Array[]): Float32Array =>
  Float32Array.from([
    ...parts.flatMap((part) => [...part.subarray(0, part.length / 2)]),
    ...parts.flatMap((part) => [...part.subarray(part.length / 2)]),
  ]);

/** Entries `begin` to `begin + count` of each half. */
function halvesOf(values: Float32Array, begin: number, count: number): Float32Array {
  const half = values.length / 2;
  const part = new Float32Array(2 * count);
  part.set(values.subarray(begin, begin + count));
  part.set(values.subarray(half + begin, half + begin + count), count);
  return part;
}

/** Of the pairs that are no fillers, in their order. */
const pairLogpsOf = (logps: readonly Float32Array[], runs: readonly PackedRun[]): PairLogps[] =>
  runs.flatMap(({weights}, index) => {
    const values = logps[index] ?? new Float32Array();
    const pairs = weights.reduce((sum, weight) => sum + weight, 0);
    return Array.from({length: pairs}, (_, pair) => ({
      chosen: values[pair] ?? Number.NaN,
      rejected: values[weights.length + pair] ?? Number.NaN,
    }));
  });
