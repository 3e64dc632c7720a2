/**
 * The parts of a decoder layer, in TensorFlow.js operations.
 *
 * Those with hand-written gradients have them because TensorFlow.js's own would write whole tensors of ones into a
 * recorded graph (reductions) or take apart and join what one call turns back (rotation).
 */
import * as tf from '@tensorflow/tfjs-core';

/** Tensors by Hugging Face name. */
export type Tensors = Readonly<Record<string, tf.Tensor>>;

/** A tensor of the state. Throws where the state was made without it. */
export function tensorOf(state: Tensors, name: string): tf.Tensor {
  const tensor = state[name];
  if (tensor === undefined) throw new Error(`the state has no tensor "${name}"`);
  return tensor;
}

/** y = x Wᵀ + b for rows [N, in]; the bias is there where the state has one. */
export function linear(state: Tensors, name: string, x: tf.Tensor2D): tf.Tensor2D {
  const weight = tensorOf(state, `${name}.weight`) as tf.Tensor2D;
  const product: tf.Tensor2D = tf.matMul(x, weight, false, true);
  const bias = state[`${name}.bias`];
  return bias === undefined ? product : tf.add(product, bias);
}

/** y = x / sqrt(mean(x²) + ε) · w over the last axis of [N, D]. */
export function rmsNorm(x: tf.Tensor2D, weight: tf.Tensor, epsilon: number): tf.Tensor2D {
  const normalize = tf.customGrad((...args) => {
    const [x, weight, save] = args as [tf.Tensor2D, tf.Tensor, tf.GradSaveFunc];
    const meanSquare = tf.mean(tf.mul(x, x), 1, true);
    const inverse = tf.rsqrt(tf.add(meanSquare, epsilon));
    const unit = tf.mul(x, inverse);
    save([unit, inverse, weight]);
    return {
      value: tf.mul(unit, weight),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [unit, inverse, weight] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
        const scaled = tf.mul(dy, weight);
        const along = tf.mean(tf.mul(scaled, unit), 1, true);
        const dx = tf.mul(inverse, tf.sub(scaled, tf.mul(unit, along)));
        return [dx, tf.sum(tf.mul(dy, unit), 0)];
      },
    };
  });
  return normalize(x, weight) as tf.Tensor2D;
}

/** silu(gate) · up, elementwise. */
export const gated = (gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D =>
  tf.mul(tf.mul(gate, tf.sigmoid(gate)), up);

/** The angles of positions, as tables that broadcast over heads: [..., 1, 2, headDim/2]. */
export interface Rotation {
  /** cos twice. */
  readonly cosines: tf.Tensor;
  /** −sin, then sin. */
  readonly sines: tf.Tensor;
}

/**
 * Rotary position embedding by halves, as Hugging Face stores it: (a, b) → (a cos − b sin, b cos + a sin) for x
 * [..., heads, headDim] with halves a and b. The gradient is the rotation back.
 */
export function rotate(x: tf.Tensor, rotation: Rotation): tf.Tensor {
  const {shape} = x;
  const headDim = shape[shape.length - 1] ?? 0;
  const halves = [...shape.slice(0, -1), 2, headDim / 2];
  const turn = tf.customGrad((...args) => {
    const [x, save] = args as [tf.Tensor, tf.GradSaveFunc];
    save([rotation.cosines, rotation.sines]);
    const swapped = tf.reverse(x, x.rank - 2);
    return {
      value: tf.add(tf.mul(x, rotation.cosines), tf.mul(swapped, rotation.sines)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [cosines, sines] = saved as [tf.Tensor, tf.Tensor];
        return [tf.sub(tf.mul(dy, cosines), tf.mul(tf.reverse(dy, dy.rank - 2), sines))];
      },
    };
  });
  return tf.reshape(turn(tf.reshape(x, halves)), shape);
}

/** Queries, keys and values of one layer, rotated: [B, heads, T, headDim], the last two with keyValueHeads. */
export interface HeadTensors {
  readonly queries: tf.Tensor4D;
  readonly keys: tf.Tensor4D;
  readonly values: tf.Tensor4D;
}

/** Added to scores that must not count; exp of it is exactly 0. */
export const MASKED = -1e9;

/**
 * softmax(q kᵀ / √headDim + mask) v.
 *
 * Query heads that share a key head are rows of one product, so keys and values are never copied.
 * @param queries [B, heads, T, headDim]
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
  const scaled = tf.mul(tf.reshape(queries, [groups, rows, headDim]), headDim ** -0.5);
  const scores = tf.reshape(tf.matMul(scaled, keys, false, true), [batch, heads, length, span]);
  const weights = tf.softmax(tf.add(scores, mask));
  const mixed = tf.matMul(tf.reshape(weights, [groups, rows, span]), values);
  return tf.reshape(mixed, [batch, heads, length, headDim]);
}

/**
 * The same for one new token a row, over its cache and itself: two products instead of a copy of the cache with the new
 * token in it.
 * @param heads of the new token, T = 1
 * @param keys and values of the cache [B · keyValueHeads, S, headDim]
 * @param mask [B, 1, 1, S]
 */
export function attendCached(
  heads: HeadTensors,
  keys: tf.Tensor3D,
  values: tf.Tensor3D,
  mask: tf.Tensor,
): tf.Tensor4D {
  const [batch, headCount, , headDim] = heads.queries.shape;
  const [groups, span] = keys.shape;
  const rows = (batch * headCount) / groups;
  const scaled = tf.mul(tf.reshape(heads.queries, [groups, rows, headDim]), headDim ** -0.5);
  const ownKeys: tf.Tensor3D = tf.reshape(heads.keys, [groups, 1, headDim]);
  const ownValues: tf.Tensor3D = tf.reshape(heads.values, [groups, 1, headDim]);
  const cached = tf.reshape(tf.matMul(scaled, keys, false, true), [batch, headCount, 1, span]);
  const own = tf.reshape(tf.matMul(scaled, ownKeys, false, true), [batch, headCount, 1, 1]);
  const weights = tf.reshape(tf.softmax(tf.concat([tf.add(cached, mask), own], 3)), [groups, rows, span + 1]);
  const fromCache = tf.matMul(tf.slice(weights, [0, 0, 0], [groups, rows, span]), values);
  const fromOwn = tf.mul(tf.slice(weights, [0, 0, span], [groups, rows, 1]), ownValues);
  return tf.reshape(tf.add(fromCache, fromOwn), [batch, headCount, 1, headDim]);
}
