/**
 * One step of a sharded learner, on one member. The batch has P parts and the vector of what learns P slices; member m of M
 * works out the parts p with p mod M = m and owns the slices s with s mod M = m:
 *
 *   g_p      the gradient of part p, each slice of it sent to the slice's owner
 *   g        Σ_p g_p, by the owner, in the order of parts
 *   ‖g‖²     Σ_s ‖g[s]‖², each by its owner, in the order of slices
 *   w[s]     the optimizer's step on slice s, by its owner, sent to all; where values are rounded on their way, what it adds
 *            to w[s], which all add as it came
 *
 * Nothing of it depends on M: P fixes every sum's terms and order, so the same bits come out whoever takes part.
 */

import type {PairLogps} from '../metrics.js';
import type {TrainingPair} from '../pair.js';
import type {StepInputs} from '../steps/step-inputs.js';
import type {Part} from './parts.js';
import {
  type Exchange,
  exactly,
  exactValue,
  gather,
  held,
  isOwn,
  memberOf,
  receiveValues,
} from './shard-exchange.js';
import {added, type BatchSlopes, type ShardPrograms} from './shard-programs.js';
import type {Slice} from './slices.js';

export interface ShardBatch {
  readonly pairs: readonly TrainingPair[];
  readonly parts: readonly Part[];
  readonly inputs: StepInputs;
}

export interface Gathered {
  /** Of the whole batch. */
  readonly loss: number;
  /** Of all gradients together, before clipping. */
  readonly gradNorm: number;
  readonly policyLogps: readonly PairLogps[];
  /** g of each slice that is this member's, by the slice's number. */
  readonly gradients: ReadonlyMap<number, Float32Array>;
}

/** The gradient of a batch on all members of an exchange: each has its own slices of it in the end, and all the rest alike. */
export async function gatherGradients(
  programs: ShardPrograms,
  slices: readonly Slice[],
  {pairs, parts, inputs}: ShardBatch,
  exchange: Exchange,
): Promise<Gathered> {
  const tag = tagsOf(inputs.stepsDone);
  const partOf = (index: number) => parts.find((part) => part.index === index) ?? raise(index);
  const indices = parts.map(({index}) => index);
  const gatherParts = (kind: string, extra: number, own: (index: number) => Promise<Float32Array>) =>
    gather(exchange, {
      indices,
      tagOf: (index) => tag(kind, index),
      lengthOf: (index) => extra + 2 * partOf(index).pairs.length,
      own,
    });

  let batch: (BatchSlopes & {readonly logps: Float32Array}) | undefined;
  if (programs.mixesPairs) {
    const logps = joinHalves(
      await gatherParts('logps', 0, (index) => programs.forward(partOf(index), inputs)),
    );
    batch = {...(await programs.slopes(pairs, logps, inputs)), logps};
  }

  const contributions = new Map<string, Float32Array>();
  const sending: Promise<void>[] = [];
  const key = (part: number, slice: number): string => tag('gradient', part, slice);
  const measured = await gatherParts('measured', 1, async (index) => {
    const {loss, logps, slices} = await programs.gradient(partOf(index), inputs, batch?.slopes);
    // Sent while other parts are worked out.
    for (const [slice, values] of slices.entries()) {
      if (isOwn(slice, exchange)) contributions.set(key(index, slice), exchange.asSent?.(values) ?? values);
      else sending.push(held(exchange.send(memberOf(slice, exchange), key(index, slice), values)));
    }
    return Float32Array.of(loss, ...logps);
  });

  const gradients = new Map<number, Float32Array>();
  const receiving = slices.map((slice, index) =>
    isOwn(index, exchange)
      ? indices.map(
          async (part) =>
            contributions.get(key(part, index)) ??
            held(receiveValues(exchange, memberOf(part, exchange), key(part, index), slice.length)),
        )
      : [],
  );
  receiving.flat().map(held);
  for (const [index, values] of receiving.entries()) {
    // In the order of parts, each as it comes.
    let sum: Float32Array | undefined;
    for (const value of values) sum = sum === undefined ? await value : added(sum, await value);
    if (sum !== undefined) gradients.set(index, sum);
  }
  const squares = await gather(exchange, {
    indices: [...slices.keys()],
    tagOf: (index) => tag('squares', index),
    lengthOf: () => 3,
    own: (index) => exactly(sumOfSquares(gradients.get(index) ?? raise(index))),
  });
  await Promise.all(sending);
  const logps = batch?.logps ?? joinHalves(measured.map((values) => values.subarray(1)));
  return {
    loss: batch?.loss ?? measured.reduce((sum, [loss = Number.NaN]) => sum + loss, 0),
    gradNorm: Math.sqrt(squares.reduce((sum, square) => sum + exactValue(square), 0)),
    policyLogps: pairs.map((_, pair) => ({
      chosen: logps[pair] ?? Number.NaN,
      rejected: logps[pairs.length + pair] ?? Number.NaN,
    })),
    gradients,
  };
}

/** What a message of a step is about: unique while steps are counted on. */
export const tagsOf =
  (stepsDone: number) =>
  (kind: string, ...at: readonly number[]): string =>
    [stepsDone, kind, ...at].join('.');

/** [2n] values of parts as one [2B]: all first halves, then all second ones. */
function joinHalves(parts: readonly Float32Array[]): Float32Array {
  const halves = parts.map((part) => part.length / 2);
  const total = halves.reduce((sum, half) => sum + half, 0);
  const all = new Float32Array(2 * total);
  let begin = 0;
  for (const [index, half] of halves.entries()) {
    const part = parts[index] ?? raise(index);
    all.set(part.subarray(0, half), begin);
    all.set(part.subarray(half), total + begin);
    begin += half;
  }
  return all;
}

/** In float64, four sums side by side: the next need not wait for the one before. */
export function sumOfSquares(values: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const fours = values.length - (values.length % 4);
  for (let i = 0; i < fours; i += 4) {
    a += (values[i] ?? 0) ** 2;
    b += (values[i + 1] ?? 0) ** 2;
    c += (values[i + 2] ?? 0) ** 2;
    d += (values[i + 3] ?? 0) ** 2;
  }
  for (let i = fours; i < values.length; i++) a += (values[i] ?? 0) ** 2;
  return a + b + (c + d);
}

function raise(index: number): never {
  throw new Error(`part or slice ${index} is missing`);
}
