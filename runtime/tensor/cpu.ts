/**
 * TensorFlow.js's backend in plain JavaScript, in use until another is set, and without the advertisement that its first
 * use would print. Import this file for its effect.
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

await tf.setBackend('cpu');
Object.assign(tf.backend(), {firstUse: false});
