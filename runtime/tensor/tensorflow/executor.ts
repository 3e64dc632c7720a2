/**
 * Recorded graphs on the TensorFlow library, through the addon of @tensorflow/tfjs-node-gpu. A graph is loaded as a saved
 * model; each run feeds the state's tensors and keeps their successors, without copying either.
 *
 * The addon computes on its own threads and holds Node's event loop until it is done: timers and sockets wait for the
 * length of one step. Each run starts in a turn of its own.
 */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setImmediate} from 'node:timers/promises';
import {messageOf} from '../../errors.js';
import {countCompilation} from '../compilations.js';
import type {
  Executor,
  ExecutorOptions,
  HostTensor,
  Program,
  SizedFunction,
  SizedProgram,
  TensorFunction,
  TensorSpec,
} from '../executor.js';
import {isVarying, type SizedGraph} from '../graph/generalize.js';
import {type Graph, sameShape, valueAt} from '../graph/graph.js';
import {record} from '../graph/record.js';
import {recordSized} from '../graph/record-sized.js';
import {applyScatter, takeOutScatters} from '../graph/scatters.js';
import {simplify} from '../graph/simplify.js';
import {assertValues} from '../inputs.js';
import {type Addon, copiedTensor, loadAddon, type Result, type TensorId} from './addon.js';
import {encodeSavedModel, TAG} from './format.js';
import {type LoweredGraph, lower} from './lower.js';
import {type Slot, sharedData, TensorflowState} from './state.js';

type Options = Pick<ExecutorOptions, 'threads' | 'precision'>;

/** Programs run on the GPU where the library finds one, else on the CPU. `addonFolder` is for an addon being tried. */
export function openTensorflowExecutor({threads, precision}: Options, addonFolder?: string): Executor {
  const addon = loadAddon(threads, addonFolder);
  const productType = precision === 'bfloat16' ? precision : 'float32';
  return {
    name: 'tensorflow',
    createState: (tensors) => new TensorflowState(addon, tensors),
    compile: async (fn, state) => {
      if (!(state instanceof TensorflowState)) throw new Error(`${fn.name}: the state is another executor's`);
      return compile(addon, fn, state, productType);
    },
    compileSized: async (fn, state) => {
      if (!(state instanceof TensorflowState)) throw new Error(`${fn.name}: the state is another executor's`);
      return compileSized(addon, fn, state, productType);
    },
  };
}

function compile<I extends string, O extends string>(
  addon: Addon,
  fn: TensorFunction<I, O>,
  state: TensorflowState,
  productType: ProductType,
): Program<I, O> {
  const recorded = simplify(record(fn, Object.fromEntries(state.slots)));
  const program = load(addon, fn.name, recorded, state, productType);
  return {
    run: async (inputs) => (await program.run(fn.inputs, inputs)) as Record<O, HostTensor>,
    dispose: program.dispose,
  };
}

function compileSized<S extends string, I extends string, O extends string>(
  addon: Addon,
  fn: SizedFunction<S, I, O>,
  state: TensorflowState,
  productType: ProductType,
): SizedProgram<S, I, O> {
  const recorded = recordSized(fn, Object.fromEntries(state.slots));
  const program = load(addon, fn.name, recorded, state, productType);
  return {
    isSteady: false,
    run: async (sizes, inputs) => (await program.run(fn.at(sizes).inputs, inputs)) as Record<O, HostTensor>,
    dispose: program.dispose,
  };
}

type ProductType = 'float32' | 'bfloat16';
type Specs = Readonly<Record<string, TensorSpec>>;
type Arrays = Readonly<Record<string, Float32Array | Int32Array>>;

interface Loaded {
  /** @param specs of the inputs in this run */
  run(specs: Specs, inputs: Arrays): Promise<Record<string, HostTensor>>;
  dispose(): Promise<void>;
}

function load(
  addon: Addon,
  program: string,
  recorded: Graph | SizedGraph,
  state: TensorflowState,
  productType: ProductType,
): Loaded {
  // A GPU has memory of its own: lines are then written inside the graph, into a copy.
  const {graph, scatters} =
    addon.isUsingGpuDevice() || 'lengths' in recorded
      ? {graph: recorded, scatters: []}
      : takeOutScatters(recorded);
  const lowered = lower(graph, program, productType);
  const model = loadModel(addon, program, lowered);
  const internal = new Set(scatters.flatMap(({indices, updates}) => [indices, updates]));
  const [fed, fetched] = [
    [...lowered.inputs, ...lowered.state].map(({node}) => node).join(),
    [...lowered.outputs, ...lowered.nextState].map(({node}) => node).join(),
  ];
  const outputSpecs = lowered.outputs.map(({name}) => {
    const {shape, dtype} = valueAt(graph, graph.outputs.get(name) ?? -1);
    return {name, shape, dtype: dtype as TensorSpec['dtype'], isVarying: shape.some(isVarying)};
  });
  const touched = [...lowered.state, ...lowered.nextState, ...scatters].map(({name}) => name);
  const specs = new Map(touched.map((name) => [name, state.slot(name)] as const).map(specOf));

  /** Takes the slots as they are now: a tensor written during the run is a new slot, and stays as written. */
  const run = (slots: ReadonlyMap<string, Slot>, inputs: readonly TensorId[]): Record<string, HostTensor> => {
    const slotOf = (name: string): Slot => slots.get(name) ?? raise(`${program}: no state tensor ${name}`);
    const feeds = [...inputs, ...lowered.state.map(({name}) => slotOf(name).id)];
    const results = runModel(addon, program, model, feeds, fed, fetched);
    const outputs = new Map<string, HostTensor>();
    for (const [index, {name, shape, dtype, isVarying}] of outputSpecs.entries()) {
      const result = results[index] ?? raise(`${program}: output ${name} did not come back`);
      const {id} = result;
      const own = isVarying ? result.shape : shape;
      outputs.set(name, {dtype, shape: [...own], data: addon.tensorDataSync(id)});
      addon.deleteTensor(id);
    }
    for (const [index, {name}] of lowered.nextState.entries()) {
      const slot = slotOf(name);
      addon.deleteTensor(slot.id);
      slot.id = results[outputSpecs.length + index]?.id ?? raise(`${program}: ${name} did not come back`);
      slot.shared = undefined;
    }
    const valuesOf = (name: string) => outputs.get(name)?.data ?? raise(`${program}: no output ${name}`);
    for (const scatter of scatters) {
      const target = sharedData(addon, slotOf(scatter.name));
      applyScatter(scatter, target, valuesOf(scatter.indices), valuesOf(scatter.updates));
    }
    for (const name of internal) outputs.delete(name);
    return Object.fromEntries(outputs);
  };

  return {
    async run(inputSpecs, inputs) {
      for (const [name, spec] of Object.entries(inputSpecs))
        assertValues(`${program}: input ${name}`, spec, inputs[name]);
      const slots = new Map([...specs].map(([name, spec]) => [name, current(program, state, name, spec)]));
      if (state.running !== undefined) {
        throw new Error(`${program} was run while ${state.running} runs on the same state: await each run`);
      }
      state.running = program;
      const ids: TensorId[] = [];
      try {
        for (const {name} of lowered.inputs)
          ids.push(copiedTensor(addon, inputSpecs[name]?.shape ?? [], inputs[name] ?? raise(name)));
        await setImmediate();
        return run(slots, ids);
      } finally {
        for (const id of ids) addon.deleteTensor(id);
        for (const {id} of state.forgotten.splice(0)) addon.deleteTensor(id);
        state.running = undefined;
      }
    },
    dispose: async () => addon.deleteSavedModel(model),
  };
}

const specOf = ([name, {dtype, shape}]: readonly [string, Slot]): [string, TensorSpec] => [
  name,
  {dtype, shape},
];

/** The addon reads a graph from a folder, and needs it no longer once it is loaded. */
function loadModel(addon: Addon, program: string, {nodes}: LoweredGraph): number {
  countCompilation();
  const folder = mkdtempSync(join(tmpdir(), 'anchorage-graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(nodes));
    return addon.loadSavedModel(folder, TAG);
  } catch (error) {
    throw new Error(`TensorFlow does not take the graph of ${program}: ${messageOf(error)}`, {cause: error});
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

function runModel(
  addon: Addon,
  program: string,
  model: number,
  feeds: readonly TensorId[],
  fed: string,
  fetched: string,
): readonly Result[] {
  // TensorFlow runs nothing where nothing is fetched.
  if (fetched === '') return [];
  try {
    return addon.runSavedModel(model, feeds, fed, fetched);
  } catch (error) {
    throw new Error(`${program} failed in TensorFlow: ${messageOf(error)}`, {cause: error});
  }
}

function current(program: string, state: TensorflowState, name: string, spec: TensorSpec): Slot {
  const slot = state.slot(name);
  if (slot.dtype !== spec.dtype || !sameShape(slot.shape, spec.shape)) {
    throw new Error(
      `${program} was compiled for state tensor ${name} of [${spec.shape}] and it is [${slot.shape}] now: compile it again`,
    );
  }
  return slot;
}

function raise(message: string): never {
  throw new Error(message);
}
