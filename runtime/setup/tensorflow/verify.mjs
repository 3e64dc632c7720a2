/** Takes a gradient on the TensorFlow library with the addon in the folder named, and prints its version and device. */

import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {root} from '../root.mjs';

const built = (path) => import(pathToFileURL(join(root, 'dist/runtime/tensor', path)).href);
const tf = await import('@tensorflow/tfjs-core');
await built('tensorflow.js');
const {openTensorflowExecutor} = await built('tensorflow/executor.js');
const {loadAddon} = await built('tensorflow/addon.js');

try {
  const folder = process.argv[2];
  const addon = loadAddon(1, folder);
  const executor = openTensorflowExecutor({threads: 1}, folder);
  const state = executor.createState([]);
  const cube = {
    name: 'the gradient of a cube',
    inputs: {x: {shape: [2], dtype: 'float32'}},
    body: ({x}) => ({outputs: {slope: tf.grad((x) => tf.sum(tf.mul(x, tf.square(x))))(x)}}),
  };
  const program = await executor.compile(cube, state);
  const {slope} = await program.run({x: Float32Array.of(1, -2)});
  if (slope.data[0] !== 3 || slope.data[1] !== 12)
    throw new Error(`a gradient of [3, 12] came out as [${slope.data}]`);
  console.log(JSON.stringify({version: addon.TF_Version, device: addon.isUsingGpuDevice() ? 'GPU' : 'CPU'}));
} catch (error) {
  // One line, for the script that started this.
  console.error(String(error instanceof Error ? error.message : error).split('\n')[0]);
  process.exitCode = 1;
}
