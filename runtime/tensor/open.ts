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
    name: 'tensorflow',
    open: async (options) => (await import('./tensorflow/executor.js')).openTensorflowExecutor(options),
    why: 'the TensorFlow library runs whole recorded graphs, and the fastest here',
    remedy: 'npm run tensorflow',
  },
  {
    name: 'onnx',
    open: async (options) => (await import('./onnx/executor.js')).openOnnxExecutor(options),
    why: 'ONNX Runtime runs whole recorded graphs and its native library is in its npm package',
    remedy: 'npm install onnxruntime-node on Linux (glibc), macOS arm64 or Windows',
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
  const {backend} = options;
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

const oneLine = (error: unknown): string => (messageOf(error).split('\n')[0] ?? '').slice(0, 160);

async function openCpu(): Promise<Executor> {
  await import('./cpu.js');
  return openEagerExecutor('cpu');
}
