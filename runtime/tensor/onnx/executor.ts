/**
 * Recorded graphs on ONNX Runtime.
 *
 * ONNX Runtime's `run` computes on its own threads, but holds Node's event loop until it is done: timers and sockets wait
 * for the length of one step. Nothing is lost, since each run starts in a turn of its own.
 */
import type {Executor, ExecutorOptions, HostTensor, Program, TensorFunction} from '../executor.js';
import {record} from '../graph/record.js';
import {takeOutScatters} from '../graph/scatters.js';
import {simplify} from '../graph/simplify.js';
import {bind} from './bind.js';
import {lower} from './lower.js';
import {onnxFusions} from './operators/fused.js';
import {createSession, type Threading} from './session.js';
import {compileSized} from './sized.js';
import {OnnxState} from './state.js';
import {openWebgpuExecutor} from './webgpu.js';

/** Programs run on the CPU, each on `threads` threads, or on a GPU; throws where there is none. */
export async function openOnnxExecutor({
  device = 'cpu',
  precision = 'float32',
  ...threading
}: Pick<ExecutorOptions, 'threads' | 'spin' | 'device' | 'precision'>): Promise<Executor> {
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
      return compileSized(fn, state, threading, {...options, inInt8: precision === 'int8'});
    },
  };
}

async function compile<I extends string, O extends string>(
  fn: TensorFunction<I, O>,
  state: OnnxState,
  threading: Threading,
): Promise<Program<I, O>> {
  const bound = takeOutScatters(simplify(record(fn, Object.fromEntries(state.slots), onnxFusions)));
  const session = await createSession(lower(bound.graph, fn.name), threading);
  const run = bind({name: fn.name, ...bound}, state);
  return {
    run: async (inputs) => (await run(session, fn.inputs, inputs)) as Record<O, HostTensor>,
    dispose: () => session.release(),
  };
}
