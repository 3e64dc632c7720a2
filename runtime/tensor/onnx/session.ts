/** An ONNX Runtime session of a model on the CPU. */
import {parse} from 'node:path';
import * as ort from 'onnxruntime-node';
import {countCompilation} from '../compilations.js';
import type {ExecutorOptions} from '../executor.js';
import {encodeModel, type OnnxModel} from './format.js';

export type Threading = Pick<ExecutorOptions, 'threads' | 'spin'>;

/**
 * Larger graphs are opened as they are, since `simplify` has been over them: a training step of 30 layers, 16,000 nodes, was
 * measured to take as long, and to open in 2.8 s instead of 4.5.
 */
const MANY_NODES = 5000;

/**
 * @param isArena whether memory that a run used is kept for the next. It is not new memory from the system each time then,
 * which the system clears page by page: decoding 32 rows of 150 tokens, attention took half the time, and a step of 12M
 * parameters on real lengths 83 to 94%, in 6% more memory. The memory of a session is then what its largest run needs.
 */
export const createSession = (
  model: OnnxModel,
  {threads, spin = false}: Threading,
  isArena = false,
): Promise<ort.InferenceSession> => {
  countCompilation();
  const [inFile] = model.inFiles ?? [];
  // What the files' paths in the model are relative to.
  const folder = inFile && {model_external_initializers_file_folder_path: parse(inFile.path).root};
  return ort.InferenceSession.create(encodeModel(model), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    graphOptimizationLevel: model.nodes.length > MANY_NODES ? 'disabled' : 'all',
    // A pattern is a second block of memory beside the arena of the first run, and no faster.
    enableMemPattern: false,
    enableCpuMemArena: isArena,
    logSeverityLevel: 3,
    externalData: (model.outside ?? []).map(({name, data}) => ({path: name, data})),
    // Between runs nobody spins: other sessions' threads and JavaScript want the cores then.
    extra: {session: {intra_op: {allow_spinning: spin ? '1' : '0'}, force_spinning_stop: '1', ...folder}},
  });
};
