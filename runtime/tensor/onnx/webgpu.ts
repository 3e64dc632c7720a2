/**
 * Recorded graphs on a GPU through ONNX Runtime's WebGPU provider, which its npm package brings along: Vulkan on Linux,
 * Metal on macOS, Direct3D on Windows. The state stays on the device; a run moves its inputs and outputs only.
 */
import * as ort from 'onnxruntime-node';
import {messageOf} from '../../errors.js';
import {countCompilation} from '../compilations.js';
import type {Executor, HostTensor, TensorFunction, TensorSpec} from '../executor.js';
import type {SizedGraph} from '../graph/generalize.js';
import type {Graph} from '../graph/graph.js';
import {record} from '../graph/record.js';
import {recordSized} from '../graph/record-sized.js';
import {simplify} from '../graph/simplify.js';
import {assertValues} from '../inputs.js';
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
      const {graph, unpack} = packOutputs(forWebgpu(simplify(record(fn, Object.fromEntries(state.slots)))));
      const program = await open(fn.name, graph, state);
      return {
        run: async (inputs) => unpack(await program.run(fn.inputs, inputs)) as Outputs<typeof fn>,
        dispose: program.dispose,
      };
    },
    compileSized: async (fn, state) => {
      if (!(state instanceof DeviceState)) throw new Error(`${fn.name}: the state is another executor's`);
      const graph = forWebgpu(recordSized(fn, Object.fromEntries(state.slots)));
      const program = await open(fn.name, graph, state);
      return {
        isSteady: false,
        run: async (sizes, inputs) =>
          Object.fromEntries(await program.run(fn.at(sizes).inputs, inputs)) as Outputs<
            ReturnType<typeof fn.at>
          >,
        dispose: program.dispose,
      };
    },
  };
}

type Outputs<F> = F extends TensorFunction<string, infer O> ? Record<O, HostTensor> : never;

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

interface Opened {
  /** @param specs of the inputs in this run */
  run(
    specs: Readonly<Record<string, TensorSpec>>,
    inputs: Readonly<Record<string, Float32Array | Int32Array>>,
  ): Promise<Map<string, HostTensor>>;
  dispose(): Promise<void>;
}

async function open(program: string, graph: Graph | SizedGraph, state: DeviceState): Promise<Opened> {
  const names = [...graph.outputs.keys()];
  const locations: Record<string, Location> = {
    ...Object.fromEntries(names.map((name) => [outputName(name), 'cpu' as const])),
    ...Object.fromEntries(
      [...graph.nextState.keys()].map((name) => [nextStateName(name), 'gpu-buffer' as const]),
    ),
  };
  countCompilation();
  const session = await createSession(encodeModel(lower(graph, program)), locations);
  const specs = specsOf(state, [...graph.state.keys(), ...graph.nextState.keys()]);

  /** What a run reads and replaces, as it is when the run is asked for: a tensor written later is another slot. */
  const prepare = (...[inputSpecs, inputs]: Parameters<Opened['run']>) => {
    const feeds: Record<string, ort.Tensor> = {};
    for (const [name, spec] of Object.entries(inputSpecs)) {
      const data = inputs[name];
      assertValues(`${program}: input ${name}`, spec, data);
      feeds[inputName(name)] = ortTensor(spec, data);
    }
    const slots = new Map([...specs].map(([name, spec]) => [name, current(program, state, name, spec)]));
    return {feeds, slots};
  };

  const finish = async ({feeds, slots}: ReturnType<typeof prepare>) => {
    for (const [name, slot] of slots) {
      if (graph.state.has(name)) feeds[stateName(name)] = await state.onDevice(slot);
    }
    const results = await session.run(feeds);
    const result = (name: string): ort.Tensor => {
      const tensor = results[name];
      if (tensor === undefined) throw new Error(`${program}: ${name} did not come back`);
      return tensor;
    };
    for (const [name, slot] of slots) {
      if (graph.nextState.has(name)) state.replace(name, slot, result(nextStateName(name)));
    }
    return new Map(names.map((name) => [name, hostTensor(result(outputName(name)))] as const));
  };
  return {
    run: (inputSpecs, inputs) =>
      exclusively(state, program, () => {
        const prepared = prepare(inputSpecs, inputs);
        return state.inTurn(() => finish(prepared));
      }),
    dispose: () => session.release(),
  };
}
