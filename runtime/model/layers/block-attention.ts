/**
 * Attention within rows of several sequences, as training has it: by blocks of queries, each over the keys up to its own
 * end, so that nothing above the diagonal is computed and nothing of the size of heads · T² is kept.
 *
 * A row is cut into a fixed number of blocks, so that a graph for any length knows which keys a block of it sees: lengths
 * stand in reshapes only, one in each.
 *
 * Shapes: B rows of T tokens, in blocks of b; H query heads, h of them to each of G key heads, of width D.
 */
import * as tf from '@tensorflow/tfjs-core';
import {type HeadTensors, MASKED} from './layers.js';
import {after} from './recompute.js';

/**
 * Blocks of a row, whose length is a multiple of them, where the longest sequence has that many tokens. Measured on rows of
 * 512 and 960 tokens: eight take half the time of the whole, four a tenth more than eight; sixteen save a twentieth at 960
 * and lose as much at 512, in twice the operations. In short rows operations cost more than what they save.
 */
export function blocksFor(maxTokens: number): number {
  if (maxTokens <= 96) return 1;
  if (maxTokens <= 192) return 2;
  return maxTokens <= 384 ? 4 : 8;
}

/**
 * Which tokens of its row a token sees: those from `sharedBegin` to before `sharedEnd`, and those from `ownBegin` to
 * itself. Places are counted in the row, from 0.
 */
export interface Sight {
  /** [T] int32: 0 to T − 1; given, since a graph for any length cannot count so far. */
  readonly index: tf.Tensor1D;
  /** [B, T] int32 */
  readonly sharedBegin: tf.Tensor2D;
  readonly sharedEnd: tf.Tensor2D;
  readonly ownBegin: tf.Tensor2D;
}

/**
 * What is added to the scores of each block: 0 where a token is seen, else `MASKED`; [B, 1, h · b, keys], made once for all
 * layers.
 */
export function blockMasks(
  {index, sharedBegin, sharedEnd, ownBegin}: Sight,
  headsPerKeyHead: number,
  blocks: number,
): tf.Tensor4D[] {
  const [rows, length] = ownBegin.shape;
  const size = blockSize(length, blocks);
  const down = (x: tf.Tensor, rows: number): tf.Tensor4D[] =>
    cut<tf.Tensor4D>(tf.reshape(x, [rows, blocks, size, 1]), 1);
  const [begins, ends, owns] = [down(sharedBegin, rows), down(sharedEnd, rows), down(ownBegin, rows)];
  const across = cut<tf.Tensor4D>(tf.reshape(index, [1, blocks, 1, size]), 1);
  return down(index, 1).map((token, block) => {
    const keys = joined(across.slice(0, block + 1), 3);
    const within = (first: tf.Tensor | undefined, isBefore: tf.Tensor): tf.Tensor =>
      tf.logicalAnd(tf.greaterEqual(keys, first ?? token), isBefore);
    const shared = within(begins[block], tf.less(keys, ends[block] ?? token));
    const own = within(owns[block], tf.lessEqual(keys, token));
    const isSeen = tf.cast(tf.logicalOr(shared, own), 'float32');
    const mask: tf.Tensor4D = tf.mul(tf.sub(1, isSeen), MASKED);
    return joined(new Array<tf.Tensor4D>(headsPerKeyHead).fill(mask), 2);
  });
}

/**
 * softmax(q kᵀ + mask) v within each row. Query heads that share a key head are rows of one product.
 * @param masks of `blockMasks`
 * @param keepWeights from the forward to the backward pass, of all blocks, instead of computing them again one by one: for
 *   a layer whose passes follow each other at once
 * @returns [B, H, T, D]
 */
export function attendBlocks(
  {queries, keys, values}: HeadTensors,
  masks: readonly tf.Tensor4D[],
  keepWeights = false,
): tf.Tensor4D {
  const mix = tf.customGrad((...args) => {
    const [queries, keys, values, save] = args as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    const groups = keys.shape[1];
    const blocks = masks.length;
    const [seenKeys, seenValues] = [upToEach(keys, blocks), upToEach(values, blocks)];
    const weights = queryBlocks(queries, groups, blocks).map((block, i) =>
      weightsOf(block, at(seenKeys, i), at(masks, i)),
    );
    const mixed = joinQueries(
      weights.map((weights, i) => tf.matMul(weights, at(seenValues, i))),
      queries.shape,
    );
    save([queries, keys, values, mixed, ...(keepWeights ? weights : [])]);
    return {
      value: mixed,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        gradients(dy as tf.Tensor4D, saved as tf.Tensor4D[], masks),
    };
  });
  return mix(queries, keys, values) as tf.Tensor4D;
}

const weightsOf = (queries: tf.Tensor4D, keys: tf.Tensor4D, mask: tf.Tensor4D): tf.Tensor4D =>
  tf.softmax(tf.add(tf.matMul(queries, keys, false, true), mask));

/**
 * With w the weights and s = w ∘ (dy vᵀ − Σ dy ∘ mixed): dq = s k, dk = sᵀ q and dv = wᵀ dy. Σ_keys w ∘ dw is dy · mixed,
 * which is D wide.
 */
function gradients(
  dy: tf.Tensor4D,
  saved: readonly tf.Tensor4D[],
  masks: readonly tf.Tensor4D[],
): tf.Tensor[] {
  const [queries = dy, keys = dy, values = dy, mixed = dy, ...kept] = saved;
  const [groups, blocks] = [keys.shape[1], masks.length];
  // Copies that were equal to the forward pass's would be kept from there.
  const later = (x: tf.Tensor4D): tf.Tensor4D => (kept.length > 0 ? x : after(x, [dy]));
  const queryParts = queryBlocks(later(queries), groups, blocks);
  const slopeParts = queryBlocks(dy, groups, blocks);
  const expected = queryBlocks(tf.sum<tf.Tensor4D>(tf.mul(dy, mixed), 3, true), groups, blocks);
  const [seenKeys, seenValues] = [upToEach(later(keys), blocks), upToEach(later(values), blocks)];
  const [dKeys, dValues] = [sumOverBlocks(keys.shape, blocks), sumOverBlocks(values.shape, blocks)];
  const dQueries: tf.Tensor4D[] = [];
  // A block is begun once the one before has given its part, so that the weights of one at a time are in memory.
  let done: tf.Tensor[] = [];
  for (let i = blocks - 1; i >= 0; i--) {
    const query = after(at(queryParts, i), done);
    const slope = at(slopeParts, i);
    const weights = kept[i] ?? weightsOf(query, at(seenKeys, i), at(masks, i));
    const change: tf.Tensor4D = tf.sub(tf.matMul(slope, at(seenValues, i), false, true), at(expected, i));
    const scores: tf.Tensor4D = tf.mul(weights, change);
    dQueries.unshift(tf.matMul(scores, at(seenKeys, i)));
    const dKey = dKeys.add(tf.matMul(scores, query, true, false));
    const dValue = dValues.add(tf.matMul(weights, slope, true, false));
    done = [dKey, dValue];
  }
  return [joinQueries(dQueries, queries.shape), dKeys.total(), dValues.total()];
}

/** [B, H, T, W] as blocks of [B, G, h · b, W]. */
function queryBlocks(x: tf.Tensor4D, groups: number, blocks: number): tf.Tensor4D[] {
  const [rows, heads, length, width] = x.shape;
  const size = blockSize(length, blocks);
  const perGroup = heads / groups;
  const parts = cut(tf.reshape(x, [rows * groups, perGroup, blocks, size, width]), 2);
  return parts.map((part) => tf.reshape(part, [rows, groups, perGroup * size, width]));
}

/** The way back from `queryBlocks`. */
function joinQueries(
  parts: readonly tf.Tensor4D[],
  shape: readonly [number, number, number, number],
): tf.Tensor4D {
  const [rows, heads, length, width] = shape;
  const size = blockSize(length, parts.length);
  const byHead = parts.map((part): tf.Tensor3D => tf.reshape(part, [rows * heads, size, width]));
  return tf.reshape(joined(byHead, 1), [rows, heads, length, width]);
}

/** [B, G, T, D] up to the end of each block, b to T long. */
function upToEach(x: tf.Tensor4D, blocks: number): tf.Tensor4D[] {
  const [rows, groups, length, width] = x.shape;
  const size = blockSize(length, blocks);
  const parts = cut<tf.Tensor4D>(tf.reshape(x, [rows * groups, blocks, size, width]), 1);
  return parts.map((_, i) =>
    tf.reshape(joined(parts.slice(0, i + 1), 1), [rows, groups, (i + 1) * size, width]),
  );
}

/** Adds up what blocks give for the keys that they see, the last block first: its own keys are seen by no other. */
function sumOverBlocks(
  [rows, groups, length, width]: readonly [number, number, number, number],
  blocks: number,
) {
  const size = blockSize(length, blocks);
  const own: tf.Tensor4D[] = [];
  let before: tf.Tensor4D | undefined;
  return {
    /** @returns the sum for the block's own keys, which is whole */
    add(part: tf.Tensor4D): tf.Tensor4D {
      const sum = before === undefined ? part : tf.add<tf.Tensor4D>(part, before);
      const others = blocks - own.length - 1;
      const byBlock: tf.Tensor4D = tf.reshape(sum, [rows * groups, others + 1, size, width]);
      if (others === 0) {
        own.unshift(byBlock);
        return byBlock;
      }
      const [rest, last] = tf.split<tf.Tensor4D>(byBlock, [others, 1], 1);
      if (rest === undefined || last === undefined) throw new Error('a split has two parts');
      before = tf.reshape(rest, [rows, groups, others * size, width]);
      own.unshift(last);
      return last;
    },
    total: (): tf.Tensor4D => tf.reshape(joined(own, 1), [rows, groups, length, width]),
  };
}

function blockSize(length: number, blocks: number): number {
  if (length % blocks !== 0) throw new Error(`a row of ${length} tokens is not ${blocks} blocks`);
  return length / blocks;
}

/** As parts of length 1 on an axis. */
const cut = <T extends tf.Tensor>(x: T, axis: number): T[] => {
  const count = x.shape[axis] ?? 1;
  return count === 1 ? [x] : (tf.split(x, count, axis) as T[]);
};

const joined = <T extends tf.Tensor>(parts: readonly T[], axis: number): T => {
  const [only, ...others] = parts;
  return only !== undefined && others.length === 0 ? only : (tf.concat([...parts], axis) as T);
};

function at<T>(parts: readonly T[], index: number): T {
  const part = parts[index];
  if (part === undefined) throw new Error(`there is no block ${index}`);
  return part;
}
