/**
 * What the rest of the project knows of how tensors are computed: a function of tensors is written once, in
 * TensorFlow.js operations, compiled for fixed shapes, and run many times over named state that stays with the executor.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type {Device, ExecutorName, Precision, Work} from './executors.js';

export type DType = 'float32' | 'int32';

/** The shape and type of a tensor whose values are not known yet. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** A tensor's values in this process's memory, row-major. */
export interface HostTensor extends TensorSpec {
  readonly data: Float32Array | Int32Array;
}

/** A tensor that is read, or made, when a program needs it, and again when it is needed again. */
export interface LazyTensor extends TensorSpec {
  /** Each time an array of its own. */
  load(): Promise<HostTensor>;
  /** The file that has its values as they are in memory, row-major and little-endian; undefined where none has them now. */
  inFile?(): Promise<FilePlace | undefined>;
  /** Some of its rows, one after another; there where whoever needs a few at a time need not hold them all. */
  readRows?(rows: Int32Array): Promise<Float32Array>;
  /** Nobody needs it any more. */
  release(): void;
}

export interface FilePlace {
  /** Absolute, links followed. */
  readonly path: string;
  readonly firstByte: number;
  /** Throws where that path is another file by now, or the file was written to. */
  verify(): Promise<void>;
}

export type GivenTensor = HostTensor | LazyTensor;

/** The tensors that stay with an executor between runs (weights, optimizer state, caches), by name. */
export interface State {
  names(): readonly string[];
  /** A copy of one tensor. Throws where there is none of that name. */
  read(name: string): Promise<HostTensor>;
  /**
   * Sets one tensor, new or old; the values are copied, but where they may be taken over. Programs compiled before see it
   * if its shape is the same.
   */
  write(name: string, tensor: HostTensor, takeOver?: boolean): void;
  /** There where a program that needs the tensor loads it itself. The state releases it. */
  writeLazy?(name: string, tensor: LazyTensor): void;
  dispose(): void;
}

/** A function of tensors for fixed shapes. */
export interface TensorFunction<I extends string, O extends string> {
  /** For messages and profiles, such as `train 32x44`. */
  readonly name: string;
  readonly inputs: Readonly<Record<I, TensorSpec>>;
  /**
   * TensorFlow.js operations only: no reading of values, no branching on them, no randomness. Called once when it is
   * recorded, or once a run by the eager executor. `state` holds every tensor of the state by name; what `state` of the
   * result names replaces the tensor of that name after the run.
   */
  readonly body: (
    inputs: Readonly<Record<I, tf.Tensor>>,
    state: Readonly<Record<string, tf.Tensor>>,
  ) => {
    readonly outputs: Readonly<Record<O, tf.Tensor>>;
    readonly state?: Readonly<Record<string, tf.Tensor>>;
  };
}

/** A compiled function, bound to the state it was compiled for. Runs of one state must not overlap; awaiting each does. */
export interface Program<I extends string, O extends string> {
  /** Values in the order of the inputs' shapes; a wrong length throws. Outputs are the caller's to keep. */
  run(inputs: Readonly<Record<I, Float32Array | Int32Array>>): Promise<Readonly<Record<O, HostTensor>>>;
  dispose(): Promise<void>;
}

export type Sizes<S extends string> = Readonly<Record<S, number>>;

export interface SizedFunction<S extends string, I extends string, O extends string> {
  readonly name: string;
  /** The sizes' names. */
  readonly sizes: readonly S[];
  /**
   * The function for these sizes, each at least 1. What it does must not depend on them, but for the shapes. What it
   * replaces of the state has the same shape for all sizes.
   */
  at(sizes: Sizes<S>): TensorFunction<I, O>;
}

export interface SizedProgram<S extends string, I extends string, O extends string> {
  /**
   * A result's row has the same bits however many rows there are beside it. Where this is false, products of other
   * sizes may add in another order: who needs equal bits must keep to equal sizes.
   */
  readonly isSteady: boolean;
  run(
    sizes: Sizes<S>,
    inputs: Readonly<Record<I, Float32Array | Int32Array>>,
  ): Promise<Readonly<Record<O, HostTensor>>>;
  dispose(): Promise<void>;
}

export interface SizedOptions {
  /**
   * Build the state's tensors into the program, laid out for its products: faster and steady, for as much memory again
   * and a new build after each write. For weights that seldom change, and that the function does not replace.
   */
  readonly buildIn: boolean;
  /**
   * What was built in is let go of by the state, which can then neither be read nor given to another program. Who writes
   * one of the tensors anew must write all of them. For states of nobody else's: it spares the memory of the weights.
   */
  readonly letGo?: boolean;
  /** Keep the memory of the largest run for the next one, which spares time; true unless told otherwise. */
  readonly keepMemory?: boolean;
}

export interface Executor {
  readonly name: ExecutorName;
  /** With `takeOver` the arrays may be kept instead of copied: they must not change afterwards. */
  createState(tensors: Iterable<readonly [string, HostTensor]>, takeOver?: boolean): State;
  compile<I extends string, O extends string>(fn: TensorFunction<I, O>, state: State): Promise<Program<I, O>>;
  /** There where one program serves all sizes. */
  compileSized?<S extends string, I extends string, O extends string>(
    fn: SizedFunction<S, I, O>,
    state: State,
    options: SizedOptions,
  ): Promise<SizedProgram<S, I, O>>;
}

export interface ExecutorOptions {
  /** `auto` takes the best for the work that works here. */
  readonly backend: ExecutorName | 'auto';
  /** Long steps over many tokens, or short ones. `decoding` unless given. */
  readonly work?: Work;
  /** Threads of one program. */
  readonly threads: number;
  /**
   * Idle threads wait actively for the next product: faster in a process that has its cores to itself, much slower where
   * actors share them. False unless given; `onnx` on the CPU only.
   */
  readonly spin?: boolean;
  /** Where programs run; `cpu` unless given. */
  readonly device?: Device;
  /** Of products of matrices; float32 unless given. */
  readonly precision?: Precision;
}

/** The executor in use and, for people, why it is this one and not another. */
export interface OpenedExecutor {
  readonly executor: Executor;
  readonly reason: string;
}
