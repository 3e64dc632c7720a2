/**
 * The parts of a decoder layer, in TensorFlow.js operations.
 *
 * Their gradients are written by hand: TensorFlow.js's own take more passes over memory, keep more between the forward and
 * the backward pass, and write whole tensors of ones into a recorded graph.
 */
import * as tf from '@tensorflow/tfjs-core';
import {fused, like} from '../../tensor/graph/fused.js';

/** Tensors by Hugging Face name. */
export type Tensors = Readonly<Record<string, tf.Tensor>>;

/** A tensor of the state. Throws where the state was made without it. */
export function tensorOf(state: Tensors, name: string): tf.Tensor {
  const tensor = state[name];
  if (tensor === undefined) throw new Error(`the state has no tensor "${name}"`);
  return tensor;
}

/** y = x / sqrt(mean(x²) + ε) · w over the last axis of [N, D]. */
export function rmsNorm(x: tf.Tensor2D, weight: tf.Tensor, epsilon: number): tf.Tensor2D {
  const normalize = tf.customGrad((...args) => {
    const [x, weight, save] = args as [tf.Tensor2D, tf.Tensor, tf.GradSaveFunc];
    const rows = x.shape[0];
    const perRow = {shape: [rows, 1], dtype: 'float32'} as const;
    const [y, inverse] = fused('RmsNorm', [x, weight], {epsilon}, [like(x), perRow], () => {
      const meanSquare = tf.mean(tf.mul(x, x), 1, true);
      const inverse = tf.rsqrt(tf.add(meanSquare, epsilon));
      return [tf.mul(tf.mul(x, inverse), weight), inverse];
    }) as [tf.Tensor2D, tf.Tensor2D];
    save([x, weight, inverse]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => rmsNormGradients(dy as tf.Tensor2D, saved),
    };
  });
  return normalize(x, weight) as tf.Tensor2D;
}

/** With r = 1 / sqrt(mean(x²) + ε) and p = dy ∘ x: dx = r (dy ∘ w) − r³ (p w / D) x and dw = rᵀ p. */
function rmsNormGradients(dy: tf.Tensor2D, saved: readonly tf.Tensor[]): [tf.Tensor, tf.Tensor] {
  const [x, weight, inverse] = saved as [tf.Tensor2D, tf.Tensor, tf.Tensor2D];
  const width = x.shape[1];
  const along: tf.Tensor2D = tf.mul(dy, x);
  const column: tf.Tensor2D = tf.reshape(weight, [width, 1]);
  const cubes = tf.mul(tf.mul(inverse, inverse), inverse);
  const pull = tf.mul(tf.matMul(along, column), tf.mul(cubes, 1 / width));
  const dx = tf.sub(tf.mul(tf.mul(dy, weight), inverse), tf.mul(x, pull));
  const row: tf.Tensor2D = tf.reshape(inverse, [1, x.shape[0]]);
  return [dx, tf.reshape(tf.matMul(row, along), weight.shape)];
}

/** silu(gate) ∘ up, with silu(x) = x · sigmoid(x). */
export function gated(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
  const multiply = tf.customGrad((...args) => {
    const [gate, up, save] = args as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    const [active] = fused('Silu', [gate], {}, [like(gate)], () => [tf.mul(gate, tf.sigmoid(gate))]) as [
      tf.Tensor2D,
    ];
    save([gate, up, active]);
    return {
      value: tf.mul(active, up),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [gate, up, active] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
        const share = tf.sigmoid(gate);
        // silu' = s + silu (1 − s)
        const slope = tf.add(share, tf.mul(active, tf.sub(1, share)));
        return [tf.mul(tf.mul(dy, up), slope), tf.mul(dy, active)];
      },
    };
  });
  return multiply(gate, up) as tf.Tensor2D;
}

/** Where tokens stand, and the angles of all places that a sequence has. */
export interface Rotation {
  /** [N] int32: the place of each token in its sequence. */
  readonly positions: tf.Tensor1D;
  /** [P, headDim/2] */
  readonly cosines: tf.Tensor2D;
  readonly sines: tf.Tensor2D;
}

/**
 * Rotary position embedding by halves, as Hugging Face stores it: (a, b) → (a cos − b sin, b cos + a sin) for every head
 * of x [N, heads · headDim], with halves a and b. The gradient is the rotation back.
 */
export function rotate(x: tf.Tensor2D, {positions, cosines, sines}: Rotation): tf.Tensor2D {
  const turn = tf.customGrad((...args) => {
    const [x, save] = args as [tf.Tensor2D, tf.GradSaveFunc];
    save([positions, cosines, sines]);
    return {
      value: turned(x, {positions, cosines, sines}),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [positions, cosines, sines] = saved as [tf.Tensor1D, tf.Tensor2D, tf.Tensor2D];
        return turned(dy as tf.Tensor2D, {positions, cosines, sines: tf.neg(sines)});
      },
    };
  });
  return turn(x) as tf.Tensor2D;
}

function turned(x: tf.Tensor2D, {positions, cosines, sines}: Rotation): tf.Tensor2D {
  const [rows, width] = x.shape;
  const half = cosines.shape[1];
  const [result] = fused('Rotary', [x, positions, cosines, sines], {}, [like(x)], () => {
    const at = (first: tf.Tensor2D, second: tf.Tensor2D): tf.Tensor =>
      tf.reshape(tf.gather(tf.concat([first, second], 1), positions), [rows, 1, 2, half]);
    const halves = tf.reshape(x, [rows, width / (2 * half), 2, half]);
    const straight = tf.mul(halves, at(cosines, cosines));
    const crossed = tf.mul(tf.reverse(halves, 2), at(tf.neg(sines), sines));
    return [tf.reshape(tf.add(straight, crossed), [rows, width])];
  });
  return result as tf.Tensor2D;
}

/** Queries, keys and values of one layer, rotated: [B, heads, T, headDim], the last two with keyValueHeads. */
export interface HeadTensors {
  /** Divided by √headDim. */
  readonly queries: tf.Tensor4D;
  readonly keys: tf.Tensor4D;
  readonly values: tf.Tensor4D;
}

/** Added to scores that must not count; exp of it is exactly 0. */
export const MASKED = -1e9;

/**
 * softmax(q kᵀ + mask) v.
 *
 * Query heads that share a key head are rows of one product, so keys and values are never copied.
 * @param queries [B, heads, T, headDim], divided by √headDim
 * @param keys and values [B · keyValueHeads, S, headDim]
 * @param mask broadcasts to [B, heads, T, S]
 * @returns [B, heads, T, headDim]
 */
export function attend(
  queries: tf.Tensor4D,
  keys: tf.Tensor3D,
  values: tf.Tensor3D,
  mask: tf.Tensor,
): tf.Tensor4D {
  const [batch, heads, length, headDim] = queries.shape;
  const [groups, span] = keys.shape;
  const rows = (batch * heads * length) / groups;
  const mix = tf.customGrad((...args) => {
    const [queries, keys, values, save] = args as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D, tf.GradSaveFunc];
    const scores = tf.reshape(tf.matMul(queries, keys, false, true), [batch, heads, length, span]);
    const weights: tf.Tensor3D = tf.reshape(tf.softmax(tf.add(scores, mask)), [groups, rows, span]);
    const mixed = tf.matMul(weights, values);
    save([queries, keys, values, weights, mixed]);
    return {
      value: mixed,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [queries, keys, values, weights, mixed] = saved as [
          tf.Tensor3D,
          tf.Tensor3D,
          tf.Tensor3D,
          tf.Tensor3D,
          tf.Tensor3D,
        ];
        // Σ_s weights · dweights is dy · mixed, which is headDim wide and not S.
        const expected = tf.sum(tf.mul(dy, mixed), 2, true);
        const slopes = tf.mul(weights, tf.sub(tf.matMul(dy as tf.Tensor3D, values, false, true), expected));
        return [
          tf.matMul(slopes, keys),
          tf.matMul(slopes, queries, true, false),
          tf.matMul(weights, dy as tf.Tensor3D, true, false),
        ];
      },
    };
  });
  const mixed = mix(tf.reshape(queries, [groups, rows, headDim]), keys, values);
  return tf.reshape(mixed, [batch, heads, length, headDim]) as tf.Tensor4D;
}
