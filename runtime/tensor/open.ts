/** Finds an executor that works on this machine. */
import {messageOf, TerminalError} from '../errors.js';
import {openEagerExecutor} from './eager.js';
import type {Executor, ExecutorOptions, OpenedExecutor} from './executor.js';
import {type ExecutorName, executorNames, executors, executorsWith, inOrderFor} from './executors.js';

export interface Candidate {
  readonly name: ExecutorName;
  /** Throws where it does not work here. */
  readonly open: (options: ExecutorOptions) => Promise<Executor>;
  readonly why: string;
  readonly remedy: string;
}

/** A library is loaded by whoever asks for its executor alone. */
const openers: Readonly<Record<ExecutorName, Candidate['open']>> = {
  onnx: async (options) => (await import('./onnx/executor.js')).openOnnxExecutor(options),
  tensorflow: async (options) => (await import('./tensorflow/executor.js')).openTensorflowExecutor(options),
  eager: openCpu,
};

const candidates: readonly Candidate[] = executorNames.map((name) => ({
  name,
  open: openers[name],
  ...executors[name],
}));

/** Throws a TerminalError with the remedy where the backend asked for, or with `auto` every backend, does not work. */
export async function openExecutor(
  options: ExecutorOptions,
  from: readonly Candidate[] = candidates,
): Promise<OpenedExecutor> {
  const {backend, device = 'cpu', precision = 'float32', work = 'decoding'} = options;
  if (device === 'webgpu') return openWebgpu(options, from);
  const able = executorsWith({device, precision});
  if (backend !== 'auto' && !able.includes(backend)) {
    const remedies = able.map((name) => executors[name].remedy);
    throw new TerminalError(
      `precision ${precision} is of backend ${able.join(' or ')} only, not of ${backend}: ask for that one (${remedies.join(', ')}), or for float32`,
    );
  }
  if (backend !== 'auto') {
    return {executor: await openNamed(backend, options, from), reason: `${backend}, as asked for`};
  }
  const [only, ...others] = able;
  if (only !== undefined && others.length === 0)
    return {executor: await openNamed(only, options, from), reason: `${only}: it alone has ${precision}`};
  const failures: string[] = [];
  for (const name of inOrderFor(work).filter((each) => able.includes(each))) {
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
  const able = executorsWith({device: 'webgpu', precision});
  const wanted = backend === 'auto' ? able[0] : able.find((name) => name === backend);
  const candidate = from.find(({name}) => name === wanted);
  if (candidate === undefined) {
    throw new TerminalError(
      `backend ${backend} has no device webgpu: set backend to ${able.join(' or ')}, or device to cpu`,
    );
  }
  const executor = await candidate.open(options).catch((error: unknown) => {
    throw new TerminalError(
      `device webgpu does not work here (${oneLine(error)}): install a GPU driver (on Linux with Vulkan and its ` +
        'loader, libvulkan.so.1), or set device to cpu',
    );
  });
  return {executor, reason: `${candidate.name} on a GPU through WebGPU, as asked for`};
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
