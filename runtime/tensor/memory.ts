/** What TensorFlow.js holds in this process. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * Tensors that were made and not disposed of; it must not grow from step to step. Not `tf.memory()`, which wants a backend
 * of TensorFlow.js's own to be in use.
 */
export const liveTensors = (): number => tf.engine().state.numTensors;
