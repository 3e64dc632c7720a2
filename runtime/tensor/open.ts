/** Finds an executor that works on this machine. */
import {messageOf, TerminalError} from '../errors.js';
import {openEagerExecutor} from './eager.js';
import type {Executor, ExecutorName, ExecutorOptions, OpenedExecutor} from './executor.js';

export interface Candidate {
  readonly name: ExecutorName;
  /** Throws where it does not work here. */
  readonly open: (options: ExecutorOptions) => Promise<Executor>;
  readonly why: string;
  readonly remedy: string;
}

/** Best first, as `auto` tries them. */
const candidates: readonly Candidate[] = [
  {
    name: 'onnx',
    open: async (options) => (await import('./onnx/executor.js')).openOnnxExecutor(options),
    why: 'ONNX Runtime runs whole recorded graphs and its native library is in its npm package',
    remedy: 'npm install onnxruntime-node on Linux (glibc), macOS arm64 or Windows',
  },
  {
    name: 'tensorflow',
    open: openTensorflow,
    why: 'the TensorFlow library loads',
    remedy:
      'build the addon of @tensorflow/tfjs-node-gpu (npm rebuild @tensorflow/tfjs-node-gpu --ignore-scripts=false)',
  },
  {
    name: 'eager',
    open: openCpu,
    why: "TensorFlow.js's own JavaScript needs no native library, and is hundreds of times slower",
    remedy: 'npm install @tensorflow/tfjs-backend-cpu',
  },
];

/** Throws a TerminalError with the remedy where the backend asked for, or with `auto` every backend, does not work. */
export async function openExecutor(
  options: ExecutorOptions,
  from: readonly Candidate[] = candidates,
): Promise<OpenedExecutor> {
  const {backend, device = 'cpu'} = options;
  if (device === 'webgpu') return openWebgpu(options, from);
  if (backend !== 'auto') {
    const [candidate] = from.filter(({name}) => name === backend);
    if (candidate === undefined) throw new TerminalError(`there is no tensor backend ${backend}`);
    const executor = await candidate.open(options).catch((error: unknown) => {
      throw new TerminalError(
        `backend ${backend} does not work here (${oneLine(error)}): ${candidate.remedy}`,
      );
    });
    return {executor, reason: `${backend}, as asked for`};
  }
  const failures: string[] = [];
  for (const {name, open, why} of from) {
    try {
      const executor = await open(options);
      return {executor, reason: [`${name}: ${why}`, ...failures].join('; ')};
    } catch (error) {
      failures.push(`${name} does not work here (${oneLine(error)})`);
    }
  }
  throw new TerminalError(`no tensor backend works here: ${failures.join('; ')}`);
}

/** One backend runs there; falling back to another, many times slower, would be a surprise to whoever asked for a GPU. */
async function openWebgpu(options: ExecutorOptions, from: readonly Candidate[]): Promise<OpenedExecutor> {
  const {backend} = options;
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

const oneLine = (error: unknown): string => (messageOf(error).split('\n')[0] ?? '').slice(0, 160);

/** For now it runs operation by operation; the library's own threads are all the machine's cores. */
async function openTensorflow(): Promise<Executor> {
  // A name the compiler does not follow: the package is optional and may not be installed.
  const packageName: string = '@tensorflow/tfjs-node-gpu';
  await import(packageName);
  return openEagerExecutor('tensorflow', 'tensorflow');
}

async function openCpu(): Promise<Executor> {
  await import('./cpu.js');
  return openEagerExecutor('cpu');
}
