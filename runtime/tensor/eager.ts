/**
 * A function's body run operation by operation on a TensorFlow.js backend: no recording, so what this gives is what
 * TensorFlow.js means. The fallback where nothing faster loads, and the yardstick in tests.
 */
import * as tf from '@tensorflow/tfjs-core';
import type {Executor, HostTensor, Program, State, TensorFunction, TensorSpec} from './executor.js';
import type {ExecutorName} from './executors.js';
import {sameShape} from './graph/graph.js';
import {assertValues} from './inputs.js';

/** `backend` is registered with TensorFlow.js already, as 'cpu' is by importing @tensorflow/tfjs-backend-cpu. */
export function openEagerExecutor(backend: string, name: ExecutorName = 'eager'): Executor {
  return {
    name,
    createState: (tensors) => new EagerState(backend, tensors),
    compile: async (fn, state) => {
      if (!(state instanceof EagerState)) throw new Error(`${fn.name}: the state is another executor's`);
      return compile(fn, state, backend);
    },
  };
}

/** Runs `body` with `backend` as TensorFlow.js's own; it is synchronous, so nobody sees the change. */
function on<T>(backend: string, body: () => T): T {
  const previous = tf.engine().backendName;
  // The promise is settled already: a backend in use was made long ago.
  if (previous !== backend) void tf.setBackend(backend);
  try {
    return body();
  } finally {
    if (previous && previous !== backend) void tf.setBackend(previous);
  }
}

class EagerState implements State {
  readonly tensors = new Map<string, tf.Tensor>();
  readonly backend: string;

  constructor(backend: string, tensors: Iterable<readonly [string, HostTensor]>) {
    this.backend = backend;
    for (const [name, tensor] of tensors) this.write(name, tensor);
  }

  tensor(name: string): tf.Tensor {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw new Error(`the state has no tensor ${name}`);
    return tensor;
  }

  names(): readonly string[] {
    return [...this.tensors.keys()];
  }

  async read(name: string): Promise<HostTensor> {
    return hostTensor(this.tensor(name), await this.tensor(name).data());
  }

  write(name: string, {dtype, shape, data}: HostTensor): void {
    assertValues(`state tensor ${name}`, {dtype, shape}, data);
    const tensor = on(this.backend, () => tf.keep(tf.tensor(data.slice(), [...shape], dtype)));
    this.replace(name, tensor);
  }

  replace(name: string, tensor: tf.Tensor): void {
    this.tensors.get(name)?.dispose();
    this.tensors.set(name, tensor);
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
    this.tensors.clear();
  }
}

const hostTensor = ({dtype, shape}: tf.Tensor, data: tf.TypedArray): HostTensor => {
  if (dtype === 'float32') return {dtype, shape: [...shape], data: Float32Array.from(data)};
  if (dtype === 'int32') return {dtype, shape: [...shape], data: Int32Array.from(data)};
  throw new Error(`an output of type ${dtype}: cast it to int32`);
};

function compile<I extends string, O extends string>(
  fn: TensorFunction<I, O>,
  state: EagerState,
  backend: string,
): Program<I, O> {
  const specs = new Map([...state.tensors].map(([name, {shape}]) => [name, [...shape]] as const));
  return {
    run: async (inputs) => {
      const tensors = new Map(state.tensors);
      for (const [name, shape] of specs) assertShape(fn.name, name, shape, state.tensor(name).shape);
      for (const [name, spec] of Object.entries<TensorSpec>(fn.inputs)) {
        assertValues(`${fn.name}: input ${name}`, spec, inputs[name as I]);
      }
      const {outputs, next} = on(backend, () => runBody(fn, inputs, tensors));
      for (const [name, tensor] of next) state.replace(name, tensor);
      const values = await Promise.all(
        outputs.map(async ([name, tensor]) => [name, hostTensor(tensor, await tensor.data())] as const),
      );
      for (const [, tensor] of outputs) tensor.dispose();
      return Object.fromEntries(values) as Record<O, HostTensor>;
    },
    dispose: async () => {},
  };
}

interface BodyResult {
  readonly outputs: readonly (readonly [string, tf.Tensor])[];
  readonly next: readonly (readonly [string, tf.Tensor])[];
}

function runBody<I extends string, O extends string>(
  fn: TensorFunction<I, O>,
  data: Readonly<Record<I, Float32Array | Int32Array>>,
  state: ReadonlyMap<string, tf.Tensor>,
): BodyResult {
  const result: BodyResult = {outputs: [], next: []};
  tf.tidy(() => {
    const inputs = Object.entries<TensorSpec>(fn.inputs).map(([name, {shape, dtype}]) => [
      name,
      tf.tensor(data[name as I].slice(), [...shape], dtype),
    ]);
    const {outputs, state: next = {}} = fn.body(Object.fromEntries(inputs), Object.fromEntries(state));
    // Clones, because a body may give one tensor twice or a tensor of the state as it was.
    const kept = (tensors: Readonly<Record<string, tf.Tensor>>) =>
      Object.entries(tensors).map(([name, tensor]) => [name, tf.keep(tf.clone(tensor))] as const);
    for (const [name, tensor] of Object.entries<tf.Tensor>(next)) {
      assertShape(fn.name, name, state.get(name)?.shape, tensor.shape);
    }
    Object.assign(result, {outputs: kept(outputs), next: kept(next)});
  });
  return result;
}

function assertShape(
  program: string,
  name: string,
  expected: readonly number[] | undefined,
  given: readonly number[],
): void {
  if (expected === undefined) throw new Error(`${program}: the state has no tensor ${name} to replace`);
  if (sameShape(expected, given)) return;
  throw new Error(`${program}: state tensor ${name} must be [${expected}] and is [${given}]`);
}
