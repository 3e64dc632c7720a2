/** An ONNX Runtime session of a model on the CPU. */
import * as ort from 'onnxruntime-node';
import {countCompilation} from '../compilations.js';
import type {ExecutorOptions} from '../executor.js';
import {encodeModel, type OnnxModel} from './format.js';

export type Threading = Pick<ExecutorOptions, 'threads' | 'spin'>;

/**
 * In larger graphs what is beyond the basic optimizations is left out: a training step of 30 layers, 15,000 nodes, was
 * measured to take as long without, and to open in 5.2 s instead of 6.8.
 */
const MANY_NODES = 5000;

export const createSession = (
  model: OnnxModel,
  {threads, spin = false}: Threading,
): Promise<ort.InferenceSession> => {
  countCompilation();
  return ort.InferenceSession.create(encodeModel(model), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    graphOptimizationLevel: model.nodes.length > MANY_NODES ? 'basic' : 'all',
    // A pattern is a second block of memory beside the arena of the first run, and no faster.
    enableMemPattern: false,
    enableCpuMemArena: false,
    logSeverityLevel: 3,
    // Between runs nobody spins: other sessions' threads and JavaScript want the cores then.
    extra: {session: {intra_op: {allow_spinning: spin ? '1' : '0'}, force_spinning_stop: '1'}},
  });
};
