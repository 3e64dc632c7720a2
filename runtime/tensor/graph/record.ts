/**
 * Turns a function of tensors into a graph by running it once on a TensorFlow.js backend that has no values: each of its
 * kernels works out a shape and appends a node. TensorFlow.js differentiates as it always does, so gradients are
 * recorded with the rest.
 */
import * as tf from '@tensorflow/tfjs-core';
import {messageOf, TerminalError} from '../../errors.js';
import type {TensorFunction, TensorSpec} from '../executor.js';
import type {Emit, Recorded} from '../kernels/kernel.js';
import {kernels, listKernels} from '../kernels/kernels.js';
import {addConstant, addNode, addValue, type Data, emptyGraph, type Graph, uniformValue} from './graph.js';

const BACKEND = 'recorder';

const NONE: ReadonlySet<string> = new Set();

/** TensorFlow.js wants a class here. One lives as long as one recording. */
export class RecordingBackend extends tf.KernelBackend {
  readonly graph = emptyGraph();
  readonly values = new Map<object, Recorded>();
  /** The fused operations that the executor has. */
  readonly fusions: ReadonlySet<string>;

  constructor(fusions: ReadonlySet<string>) {
    super();
    this.fusions = fusions;
  }

  /** A new tensor for a value. Two tensors of one data id would each pass on the other's gradient too. */
  tensorInfo(value: Recorded): tf.TensorInfo {
    const dataId = {};
    this.values.set(dataId, value);
    return {dataId, shape: [...value.shape], dtype: value.dtype};
  }

  recordedOf({dataId}: tf.TensorInfo): Recorded {
    const value = this.values.get(dataId);
    if (value === undefined) {
      throw new Error(
        'a tensor made outside is used: only inputs, state and tensors made inside can be recorded',
      );
    }
    return value;
  }

  readonly emit: Emit = (op, inputs, attributes, ...outputs) => {
    const ids = inputs.map(({id}) => id);
    const node = addNode(this.graph, op, ids, attributes, outputs);
    return node.outputs.map((id, index) => ({...(outputs[index] ?? {shape: [], dtype: 'float32'}), id}));
  };

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
      throw new Error(`a ${dtype} tensor cannot be recorded`);
    }
    const data = dataOf(values, dtype);
    const uniform = uniformValue(data);
    const value = {shape, dtype};
    // Zeros and ones of any size come from the gradients; as values they would make the graph as large as the weights.
    const [recorded] =
      uniform === undefined
        ? [{...value, id: addConstant(this.graph, value, data)}]
        : this.emit('Fill', [], {value: uniform}, value);
    if (recorded === undefined) throw new Error('a constant gave no value');
    return this.tensorInfo(recorded).dataId;
  }

  override readSync(): never {
    throw new Error('values are read inside: while a function is recorded there are none');
  }

  override async read(): Promise<never> {
    return this.readSync();
  }

  override disposeData(dataId: object): boolean {
    return this.values.delete(dataId);
  }

  override numDataIds(): number {
    return this.values.size;
  }

  override refCount(dataId: object): number {
    return this.values.has(dataId) ? 1 : 0;
  }

  override incRef(): void {}

  override memory(): {unreliable: boolean} {
    return {unreliable: true};
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.values.clear();
  }
}

function dataOf(values: tf.BackendValues, dtype: 'float32' | 'int32' | 'bool'): Data {
  const numbers = values as Iterable<number>;
  if (dtype === 'float32') return Float32Array.from(numbers);
  return dtype === 'int32' ? Int32Array.from(numbers) : Uint8Array.from(numbers);
}

for (const [kernelName, kernel] of Object.entries(kernels)) {
  tf.registerKernel({
    kernelName,
    backendName: BACKEND,
    kernelFunc: ({inputs, backend, attrs}) => {
      const recorder = backend as RecordingBackend;
      const named = Object.entries(inputs).flatMap(([name, info]) =>
        info === undefined ? [] : [[name, recorder.recordedOf(info as tf.TensorInfo)] as const],
      );
      const values = kernel(
        recorder.emit,
        Object.fromEntries(named),
        (attrs ?? {}) as Record<string, unknown>,
      );
      const [first, ...rest] = values.map((value) => recorder.tensorInfo(value));
      if (first === undefined) throw new Error(`${kernelName} gave no tensor`);
      return listKernels.has(kernelName) ? [first, ...rest] : first;
    },
  });
}

/**
 * The graph of `fn` for the shapes of its inputs and of the state. Synchronous; nothing of it stays in TensorFlow.js.
 * Throws, naming `fn`, where it uses a kernel that cannot be recorded, reads values, or gives a state tensor another shape.
 *
 * @param fusions the operations of fused.ts that the executor has; others are composed.
 */
export function record<I extends string, O extends string>(
  fn: TensorFunction<I, O>,
  state: Readonly<Record<string, TensorSpec>>,
  fusions: ReadonlySet<string> = NONE,
): Graph {
  const recorder = new RecordingBackend(fusions);
  const {graph} = recorder;
  const previous = tf.engine().backendName;
  tf.registerBackend(BACKEND, () => recorder);
  // The promise is settled already: a backend made synchronously is set synchronously.
  void tf.setBackend(BACKEND);
  try {
    tf.tidy(() => {
      const inputs = placeholders(recorder, fn.inputs, graph.inputs);
      const result = fn.body(inputs, placeholders(recorder, state, graph.state));
      for (const [name, tensor] of Object.entries<tf.Tensor>(result.outputs)) {
        if (tensor.dtype === 'bool') throw new Error(`output ${name} is bool: cast it to int32`);
        graph.outputs.set(name, recorder.recordedOf(tensor).id);
      }
      for (const [name, tensor] of Object.entries(result.state ?? {})) {
        assertReplaces(name, tensor, state[name]);
        graph.nextState.set(name, recorder.recordedOf(tensor).id);
      }
    });
  } catch (error) {
    if (error instanceof TerminalError) throw error;
    throw new Error(`cannot record ${fn.name}: ${recordingMessage(error)}`, {cause: error});
  } finally {
    tf.removeBackend(BACKEND);
    if (previous) void tf.setBackend(previous);
  }
  return graph;
}

function placeholders<N extends string>(
  recorder: RecordingBackend,
  specs: Readonly<Record<N, TensorSpec>>,
  names: Map<string, number>,
): Record<N, tf.Tensor> {
  const entries = Object.entries<TensorSpec>(specs).map(([name, {shape, dtype}]) => {
    const id = addValue(recorder.graph, {shape, dtype});
    names.set(name, id);
    const info = recorder.tensorInfo({shape, dtype, id});
    return [name, tf.engine().makeTensorFromTensorInfo(info, recorder)] as const;
  });
  return Object.fromEntries(entries) as Record<N, tf.Tensor>;
}

function assertReplaces(name: string, tensor: tf.Tensor, spec: TensorSpec | undefined): void {
  if (spec === undefined)
    throw new Error(`the state has no tensor ${name} to replace: create the state with it`);
  if (tensor.dtype !== spec.dtype || String(tensor.shape) !== String(spec.shape)) {
    throw new Error(
      `state tensor ${name} is ${spec.dtype} [${spec.shape}] and cannot become ${tensor.dtype} [${tensor.shape}]`,
    );
  }
}

function recordingMessage(error: unknown): string {
  const message = messageOf(error);
  const missing = /Kernel '(\w+)' not registered/.exec(message)?.[1];
  return missing === undefined
    ? message
    : `the TensorFlow.js kernel ${missing} is not in runtime/tensor/kernels: add it there, or use other operations`;
}
