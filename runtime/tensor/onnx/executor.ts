/**
 * Recorded graphs on ONNX Runtime. Each run feeds the state's tensors and takes their successors from the outputs,
 * written into a second set of buffers that then changes places with the first: nothing is allocated or copied for them.
 *
 * ONNX Runtime's `run` computes on its own threads, but holds Node's event loop until it is done: timers and sockets wait
 * for the length of one step. Nothing is lost, since each run starts in a turn of its own.
 */
import * as ort from 'onnxruntime-node';
import type {
  Executor,
  ExecutorOptions,
  HostTensor,
  Program,
  TensorFunction,
  TensorSpec,
} from '../executor.js';
import {sameShape} from '../graph.js';
import {assertValues} from '../inputs.js';
import {record} from '../record.js';
import {applyScatter, takeOutScatters} from '../scatters.js';
import {simplify} from '../simplify.js';
import {encodeModel} from './format.js';
import {inputName, lower, nextStateName, outputName, stateName} from './lower.js';
import {emptyTensor, hostTensor, OnnxState, ortTensor, type Slot} from './state.js';

/** Programs run on the CPU, each on `threads` threads. */
export function openOnnxExecutor({threads}: Pick<ExecutorOptions, 'threads'>): Executor {
  return {
    name: 'onnx',
    createState: (tensors) => new OnnxState(tensors),
    compile: async (fn, state) => {
      if (!(state instanceof OnnxState)) throw new Error(`${fn.name}: the state is another executor's`);
      return compile(fn, state, threads);
    },
  };
}

async function compile<I extends string, O extends string>(
  fn: TensorFunction<I, O>,
  state: OnnxState,
  threads: number,
): Promise<Program<I, O>> {
  const {graph, scatters} = takeOutScatters(simplify(record(fn, Object.fromEntries(state.slots))));
  const session = await ort.InferenceSession.create(encodeModel(lower(graph, fn.name)), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    // A pattern is a second block of memory beside the arena of the first run, and no faster.
    enableMemPattern: false,
    logSeverityLevel: 3,
    // Actors share the cores: a thread that spins for work takes them from another actor.
    extra: {session: {intra_op: {allow_spinning: '0'}}},
  });
  const internal = new Set(scatters.flatMap(({indices, updates}) => [indices, updates]));
  const names = [...graph.outputs.keys()].filter((name) => !internal.has(name));
  const replacedNames = [...graph.nextState.keys()];
  const specs = specsOf(state, [...graph.state.keys(), ...replacedNames, ...scatters.map(({name}) => name)]);
  return {
    run: async (inputs) => {
      const feeds: Record<string, ort.Tensor> = {};
      for (const [name, spec] of Object.entries<TensorSpec>(fn.inputs)) {
        const data = inputs[name as I];
        assertValues(`${fn.name}: input ${name}`, spec, data);
        feeds[inputName(name)] = ortTensor(spec, data);
      }
      for (const [name, spec] of specs) {
        const {front} = current(fn.name, state, name, spec);
        if (graph.state.has(name)) feeds[stateName(name)] = front;
      }
      const fetches: Record<string, ort.Tensor | null> = {};
      for (const name of graph.outputs.keys()) fetches[outputName(name)] = null;
      // Kept as they are now: a tensor written during the run is a new slot, and stays as written.
      const replaced = replacedNames.map((name) => {
        const slot = state.slot(name);
        const next = slot.back ?? emptyTensor(slot);
        fetches[nextStateName(name)] = next;
        return {slot, next};
      });
      const written = scatters.map((scatter) => ({scatter, slot: state.slot(scatter.name)}));
      const results = await exclusively(state, fn.name, () => session.run(feeds, fetches));
      for (const {slot, next} of replaced) {
        slot.back = slot.front;
        slot.front = next;
      }
      const valuesOf = (name: string): HostTensor => {
        const tensor = results[outputName(name)];
        if (tensor === undefined) throw new Error(`${fn.name}: output ${name} did not come back`);
        return hostTensor(tensor);
      };
      for (const {slot, scatter} of written) {
        const target = hostTensor(slot.front).data;
        applyScatter(scatter, target, valuesOf(scatter.indices).data, valuesOf(scatter.updates).data);
      }
      return Object.fromEntries(names.map((name) => [name, valuesOf(name)])) as Record<O, HostTensor>;
    },
    dispose: () => session.release(),
  };
}

/** Two runs at once would read the same tensors, and one's would replace the other's. */
async function exclusively<T>(state: OnnxState, program: string, run: () => Promise<T>): Promise<T> {
  if (state.running !== undefined) {
    throw new Error(`${program} was run while ${state.running} runs on the same state: await each run`);
  }
  state.running = program;
  try {
    return await run();
  } finally {
    state.running = undefined;
  }
}

/** The tensors of the state that a program reads or replaces, as they were when it was compiled. */
const specsOf = (state: OnnxState, names: readonly string[]): Map<string, TensorSpec> =>
  new Map(
    names.map((name) => {
      const {dtype, shape} = state.slot(name);
      return [name, {dtype, shape}];
    }),
  );

function current(program: string, state: OnnxState, name: string, spec: TensorSpec): Slot {
  const slot = state.slot(name);
  if (slot.dtype !== spec.dtype || !sameShape(slot.shape, spec.shape)) {
    throw new Error(
      `${program} was compiled for state tensor ${name} of [${spec.shape}] and it is [${slot.shape}] now: compile it again`,
    );
  }
  return slot;
}
