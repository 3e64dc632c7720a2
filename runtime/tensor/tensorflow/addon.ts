/**
 * The native addon of @tensorflow/tfjs-node-gpu, as `npm run tensorflow` builds it against a current TensorFlow library.
 * Only the addon is loaded: the package's own JavaScript does not run on Node 23 and later, and a graph needs none of it.
 */
import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {packageRoot} from '../../paths.js';
import {ELEMENT_TYPES} from './format.js';

/** A tensor that TensorFlow holds, by number. */
export type TensorId = number;

export interface Result {
  readonly id: TensorId;
  readonly shape: readonly number[];
}

/** What we call of the addon's exports. All of it is synchronous. */
export interface Addon {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
  createTensor(shape: readonly number[], type: number, data: Float32Array | Int32Array): TensorId;
  deleteTensor(id: TensorId): void;
  /** A copy. */
  tensorDataSync(id: TensorId): Float32Array | Int32Array;
  loadSavedModel(directory: string, tags: string): number;
  deleteSavedModel(model: number): void;
  /** Names joined by commas; gives the outputs in the order of theirs. */
  runSavedModel(
    model: number,
    inputs: readonly TensorId[],
    inputNames: string,
    outputNames: string,
  ): readonly Result[];
  getNumOfTensors(): number;
  getNumOfSavedModels(): number;
}

/** Where the addon is once it is built; its library lies in the same package. */
export const addonFolder = join(
  packageRoot,
  'node_modules',
  '@tensorflow',
  'tfjs-node-gpu',
  'lib',
  'napi-v8',
);

/**
 * Loads the library, once a process. Its threads are for the whole process: those of the first who loads it. Throws where
 * there is no addon in `folder` or it does not load.
 */
export function loadAddon(threads: number, folder: string = addonFolder): Addon {
  const path = join(folder, 'tfjs_binding.node');
  if (!existsSync(path)) throw new Error('its addon is not built');
  const {env} = process;
  // Read by the library as it loads. A person who sets one of them has the last word.
  env.TF_NUM_INTRAOP_THREADS ??= String(threads);
  env.TF_NUM_INTEROP_THREADS ??= String(threads);
  // Otherwise it takes all the memory of a GPU at once, and a second actor finds none.
  env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  const require = createRequire(import.meta.url);
  if (env.TF_CPP_MIN_LOG_LEVEL !== undefined) return require(path) as Addon;
  env.TF_CPP_MIN_LOG_LEVEL = '3';
  // What it says while it loads does not heed that.
  const {silence, speak} = require(join(folder, 'quiet.node')) as Record<'silence' | 'speak', () => void>;
  silence();
  try {
    return require(path) as Addon;
  } finally {
    speak();
  }
}

/** Tensors whose memory the library may keep begin at a multiple of this many bytes; it copies others. */
const ALIGNMENT_BYTES = 64;

/** A tensor of TensorFlow's own memory with these values. */
export function copiedTensor(
  addon: Addon,
  shape: readonly number[],
  data: Float32Array | Int32Array,
): TensorId {
  // An offset at which the library must copy, wherever the memory lies.
  const bytes = new ArrayBuffer(data.byteLength + 4);
  const copy =
    data instanceof Float32Array
      ? new Float32Array(bytes, 4, data.length)
      : new Int32Array(bytes, 4, data.length);
  copy.set(data as never);
  return createTensor(addon, shape, copy);
}

/** A tensor and a typed array in the same memory, with these values; undefined where the library copies in any case. */
export function sharedTensor(
  addon: Addon,
  shape: readonly number[],
  data: Float32Array | Int32Array,
): {readonly id: TensorId; readonly data: Float32Array | Int32Array} | undefined {
  const bytes = new ArrayBuffer(data.byteLength + ALIGNMENT_BYTES);
  // JavaScript does not say where memory lies, so the offset that is aligned is found by trying.
  for (let offset = 0; offset < ALIGNMENT_BYTES; offset += 4) {
    if (!isShared(addon, bytes, offset)) continue;
    const shared =
      data instanceof Float32Array
        ? new Float32Array(bytes, offset, data.length)
        : new Int32Array(bytes, offset, data.length);
    shared.set(data as never);
    return {id: createTensor(addon, shape, shared), data: shared};
  }
  return undefined;
}

function isShared(addon: Addon, bytes: ArrayBuffer, offset: number): boolean {
  const probe = new Float32Array(bytes, offset, 1);
  const id = createTensor(addon, [1], probe);
  probe[0] = 1;
  const seen = addon.tensorDataSync(id)[0];
  addon.deleteTensor(id);
  probe[0] = 0;
  return seen === 1;
}

const createTensor = (addon: Addon, shape: readonly number[], data: Float32Array | Int32Array): TensorId =>
  addon.createTensor(shape, ELEMENT_TYPES[data instanceof Float32Array ? 'float32' : 'int32'], data);
