/** An ONNX Runtime session of a model on the CPU. */
import * as ort from 'onnxruntime-node';
import {encodeModel, type OnnxModel} from './format.js';

export const createSession = (model: OnnxModel, threads: number): Promise<ort.InferenceSession> =>
  ort.InferenceSession.create(encodeModel(model), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    // A pattern is a second block of memory beside the arena of the first run, and no faster.
    enableMemPattern: false,
    logSeverityLevel: 3,
    // Actors share the cores: a thread that spins for work takes them from another actor.
    extra: {session: {intra_op: {allow_spinning: '0'}}},
  });
