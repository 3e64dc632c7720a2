/**
 * Recorded graphs on ONNX Runtime. Each run feeds the state's tensors and has their successors written into a second set of
 * buffers, which then changes places with the first. onnxruntime-node 1.30 makes a copy of every output besides, which
 * nobody reads: at 30M parameters about 3% of a training step.
 *
 * ONNX Runtime's `run` computes on its own threads, but holds Node's event loop until it is done: timers and sockets wait
 * for the length of one step. Nothing is lost, since each run starts in a turn of its own.
 */
import type * as ort from 'onnxruntime-node';
import type {
  Executor,
  ExecutorOptions,
  HostTensor,
  Program,
  TensorFunction,
  TensorSpec,
} from '../executor.js';
import {assertValues} from '../inputs.js';
import {record} from '../record.js';
import {applyScatter, takeOutScatters} from '../scatters.js';
import {simplify} from '../simplify.js';
import {inputName, lower, nextStateName, outputName, stateName} from './lower.js';
import {onnxFusions} from './operators/fused.js';
import {createSession, type Threading} from './session.js';
import {compileSized} from './sized.js';
import {current, emptyTensor, exclusively, hostTensor, OnnxState, ortTensor, specsOf} from './state.js';
import {openWebgpuExecutor} from './webgpu.js';

/** Programs run on the CPU, each on `threads` threads, or on a GPU; throws where there is none. */
export async function openOnnxExecutor({
  device = 'cpu',
  ...threading
}: Pick<ExecutorOptions, 'threads' | 'spin' | 'device'>): Promise<Executor> {
  if (device === 'webgpu') return openWebgpuExecutor();
  return {
    name: 'onnx',
    createState: (tensors, takeOver) => new OnnxState(tensors, takeOver),
    compile: async (fn, state) => {
      if (!(state instanceof OnnxState)) throw new Error(`${fn.name}: the state is another executor's`);
      return compile(fn, state, threading);
    },
    compileSized: async (fn, state, options) => {
      if (!(state instanceof OnnxState)) throw new Error(`${fn.name}: the state is another executor's`);
      return compileSized(fn, state, threading, options);
    },
  };
}

async function compile<I extends string, O extends string>(
  fn: TensorFunction<I, O>,
  state: OnnxState,
  threading: Threading,
): Promise<Program<I, O>> {
  const {graph, scatters} = takeOutScatters(
    simplify(record(fn, Object.fromEntries(state.slots), onnxFusions)),
  );
  const session = await createSession(lower(graph, fn.name), threading);
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
