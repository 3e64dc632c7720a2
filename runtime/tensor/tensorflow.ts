/**
 * Makes TensorFlow.js differentiate. Its Node bundle registers no gradients by itself; the layers package registers them
 * all as it loads. Import this file for its effect wherever a gradient is taken.
 */
import '@tensorflow/tfjs-layers';
