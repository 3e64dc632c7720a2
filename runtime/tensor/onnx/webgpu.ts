/**
 * Recorded graphs on a GPU through ONNX Runtime's WebGPU provider, which its npm package brings along: Vulkan on Linux,
 * Metal on macOS, Direct3D on Windows. The state stays on the device; a run moves its inputs and outputs only.
 */
import * as ort from 'onnxruntime-node';
import {messageOf} from '../../errors.js';
import {countCompilation} from '../compilations.js';
import type {Executor, HostTensor, Program, TensorFunction, TensorSpec} from '../executor.js';
import {assertValues} from '../inputs.js';
import {record} from '../record.js';
import {simplify} from '../simplify.js';
import {
  type CreateSession,
  createTransfer,
  DeviceState,
  type Location,
  type Transfer,
} from './device-state.js';
import {encodeModel} from './format.js';
import {inputName, lower, nextStateName, outputName, stateName} from './lower.js';
import {packOutputs} from './packed-outputs.js';
import {current, exclusively, hostTensor, ortTensor, specsOf} from './state.js';
import {forWebgpu} from './webgpu-graph.js';

/** Throws, in one line, where there is no device. */
export async function openWebgpuExecutor(): Promise<Executor> {
  const transfer = createTransfer(createSession);
  await findDevice(transfer);
  return {
    name: 'onnx',
    createState: (tensors) => new DeviceState(transfer, tensors),
    compile: async (fn, state) => {
      if (!(state instanceof DeviceState)) throw new Error(`${fn.name}: the state is another executor's`);
      return compile(fn, state);
    },
  };
}

/** The first session looks for one. ONNX Runtime says where in its sources it did not find any; a person need not know. */
async function findDevice(transfer: Transfer): Promise<void> {
  try {
    const probe = ortTensor({dtype: 'float32', shape: [1]}, Float32Array.of(0));
    (await transfer.toDevice('float32', probe)).dispose();
  } catch (error) {
    const [reason] = /Failed to get[^\n]*/.exec(messageOf(error)) ?? [messageOf(error)];
    throw new Error(reason, {cause: error});
  }
}

const createSession: CreateSession = (model, locations) =>
  ort.InferenceSession.create(model, {
    // What the provider has no kernel for runs on the CPU, with copies before and after.
    executionProviders: ['webgpu'],
    // Else each program brings a thread for each core, for work that is on the device.
    intraOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    preferredOutputLocation: locations,
    logSeverityLevel: 3,
  });

async function compile<I extends string, O extends string>(
  fn: TensorFunction<I, O>,
  state: DeviceState,
): Promise<Program<I, O>> {
  const {graph, unpack} = packOutputs(forWebgpu(simplify(record(fn, Object.fromEntries(state.slots)))));
  const names = [...graph.outputs.keys()];
  const locations: Record<string, Location> = {
    ...Object.fromEntries(names.map((name) => [outputName(name), 'cpu' as const])),
    ...Object.fromEntries(
      [...graph.nextState.keys()].map((name) => [nextStateName(name), 'gpu-buffer' as const]),
    ),
  };
  countCompilation();
  const session = await createSession(encodeModel(lower(graph, fn.name)), locations);
  const specs = specsOf(state, [...graph.state.keys(), ...graph.nextState.keys()]);

  /** What a run reads and replaces, as it is when the run is asked for: a tensor written later is another slot. */
  const prepare = (inputs: Readonly<Record<I, Float32Array | Int32Array>>) => {
    const feeds: Record<string, ort.Tensor> = {};
    for (const [name, spec] of Object.entries<TensorSpec>(fn.inputs)) {
      const data = inputs[name as I];
      assertValues(`${fn.name}: input ${name}`, spec, data);
      feeds[inputName(name)] = ortTensor(spec, data);
    }
    const slots = new Map([...specs].map(([name, spec]) => [name, current(fn.name, state, name, spec)]));
    return {feeds, slots};
  };

  const finish = async ({feeds, slots}: ReturnType<typeof prepare>) => {
    for (const [name, slot] of slots) {
      if (graph.state.has(name)) feeds[stateName(name)] = await state.onDevice(slot);
    }
    const results = await session.run(feeds);
    const result = (name: string): ort.Tensor => {
      const tensor = results[name];
      if (tensor === undefined) throw new Error(`${fn.name}: ${name} did not come back`);
      return tensor;
    };
    for (const [name, slot] of slots) {
      if (graph.nextState.has(name)) state.replace(name, slot, result(nextStateName(name)));
    }
    const outputs = names.map((name) => [name, hostTensor(result(outputName(name)))] as const);
    return unpack(new Map(outputs)) as Record<O, HostTensor>;
  };
  return {
    run: (inputs) =>
      exclusively(state, fn.name, () => {
        const prepared = prepare(inputs);
        return state.inTurn(() => finish(prepared));
      }),
    dispose: () => session.release(),
  };
}
