/** Finds an executor that works on this machine. */
import {messageOf, TerminalError} from '../errors.js';
import {openEagerExecutor} from './eager.js';
import type {Executor, ExecutorName, ExecutorOptions, OpenedExecutor, Work} from './executor.js';

export interface Candidate {
  readonly name: ExecutorName;
  /** Throws where it does not work here. */
  readonly open: (options: ExecutorOptions) => Promise<Executor>;
  readonly why: string;
  readonly remedy: string;
}

const candidates: readonly Candidate[] = [
  {
    name: 'onnx',
    open: async (options) => (await import('./onnx/executor.js')).openOnnxExecutor(options),
    why: 'ONNX Runtime runs whole recorded graphs and its native library is in its npm package',
    remedy: 'npm install onnxruntime-node on Linux (glibc), macOS arm64 or Windows',
  },
  {
    name: 'tensorflow',
    open: async (options) => (await import('./tensorflow/executor.js')).openTensorflowExecutor(options),
    why: 'the TensorFlow library is built, and trains fastest',
    remedy: 'npm run tensorflow',
  },
  {
    name: 'eager',
    open: openCpu,
    why: "TensorFlow.js's own JavaScript needs no native library, and is hundreds of times slower",
    remedy: 'npm install @tensorflow/tfjs-backend-cpu',
  },
];

/**
 * Best first, as `auto` tries them. Measured on two cores at 0.4M to 10M parameters: TensorFlow's training step takes 0.75
 * of ONNX Runtime's time and its short decoding steps as much or more, in 0.3 GB more memory and 0.3 s more to start.
 */
const order: Readonly<Record<Work, readonly ExecutorName[]>> = {
  training: ['tensorflow', 'onnx', 'eager'],
  decoding: ['onnx', 'tensorflow', 'eager'],
};

/** Throws a TerminalError with the remedy where the backend asked for, or with `auto` every backend, does not work. */
export async function openExecutor(
  options: ExecutorOptions,
  from: readonly Candidate[] = candidates,
): Promise<OpenedExecutor> {
  const {backend, device = 'cpu', precision = 'float32', work = 'decoding'} = options;
  if (device === 'webgpu') return openWebgpu(options, from);
  if (precision === 'bfloat16') {
    if (backend !== 'auto' && backend !== 'tensorflow') {
      throw new TerminalError(
        `precision bfloat16 is of backend tensorflow only, not of ${backend}: ask for that one (npm run tensorflow), or for float32`,
      );
    }
    return {
      executor: await openNamed('tensorflow', options, from),
      reason: 'tensorflow: it alone has bfloat16',
    };
  }
  if (backend !== 'auto') {
    return {executor: await openNamed(backend, options, from), reason: `${backend}, as asked for`};
  }
  const failures: string[] = [];
  for (const name of order[work]) {
    const candidate = from.find((each) => each.name === name);
    if (candidate === undefined) continue;
    try {
      const executor = await candidate.open(options);
      return {executor, reason: [`${name}: ${candidate.why}`, ...failures].join('; ')};
    } catch (error) {
      failures.push(`${name} does not work here (${oneLine(error)})`);
    }
  }
  throw new TerminalError(`no tensor backend works here: ${failures.join('; ')}`);
}

/** One backend runs there; falling back to another, many times slower, would be a surprise to whoever asked for a GPU. */
async function openWebgpu(options: ExecutorOptions, from: readonly Candidate[]): Promise<OpenedExecutor> {
  const {backend, precision = 'float32'} = options;
  if (precision !== 'float32') {
    throw new TerminalError(
      `device webgpu has no precision ${precision}: set precision to float32, or device to cpu`,
    );
  }
  const candidate = from.find(({name}) => name === 'onnx');
  if (candidate === undefined || (backend !== 'auto' && backend !== 'onnx')) {
    throw new TerminalError(`backend ${backend} has no device webgpu: set backend to onnx, or device to cpu`);
  }
  const executor = await candidate.open(options).catch((error: unknown) => {
    throw new TerminalError(
      `device webgpu does not work here (${oneLine(error)}): install a GPU driver (on Linux with Vulkan and its ` +
        'loader, libvulkan.so.1), or set device to cpu',
    );
  });
  return {executor, reason: 'onnx on a GPU through WebGPU, as asked for'};
}

async function openNamed(
  name: ExecutorName,
  options: ExecutorOptions,
  from: readonly Candidate[],
): Promise<Executor> {
  const candidate = from.find((each) => each.name === name);
  if (candidate === undefined) throw new TerminalError(`there is no tensor backend ${name}`);
  try {
    return await candidate.open(options);
  } catch (error) {
    throw new TerminalError(`backend ${name} does not work here (${oneLine(error)}): ${candidate.remedy}`);
  }
}

const oneLine = (error: unknown): string => (messageOf(error).split('\n')[0] ?? '').slice(0, 160);

async function openCpu(): Promise<Executor> {
  await import('./cpu.js');
  return openEagerExecutor('cpu');
}
