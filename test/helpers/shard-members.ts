/** Members of a sharded learner in one process, and what they know of the same steps on the golden model. */
import type {ExecutionContext} from 'ava';
import {createLearner} from '../../runtime/learning/learner.js';
import type {StepMetrics} from '../../runtime/learning/metrics.js';
import type {TrainingPair} from '../../runtime/learning/pair.js';
import type {Exchange} from '../../runtime/learning/shards/shard-exchange.js';
import {
  createShardLearner,
  type ShardLearner,
  type ShardLearnerOptions,
} from '../../runtime/learning/shards/shard-learner.js';
import {initialAdapter} from '../../runtime/model/files/adapter.js';
import type {ModelCheckpoint} from '../../runtime/model/files/model-checkpoint.js';
import type {Executor, HostTensor} from '../../runtime/tensor/executor.js';
import type {ExecutorName} from '../../runtime/tensor/executors.js';
import {bitsOf} from './bits.js';
import {openOn} from './executors.js';
import {goldenModel, goldenTokens, withReference} from './goldens.js';
import {type MemoryOptions, memoryExchanges} from './memory-exchange.js';

export const OPTIONS = {beta: 0.1, learningRate: 1e-4};
const BATCH_SIZE = 5;

export type Tensors = ReadonlyMap<string, HostTensor>;

let referenced: Promise<TrainingPair[]> | undefined;

/** Pairs cut short, so that a step is quick; the reference is near what the policy says before training. */
export function shortPairs(): Promise<TrainingPair[]> {
  referenced ??= (async () => {
    const cut = (await goldenTokens()).slice(1, 16).map((pair, index) => ({
      ...pair,
      promptIds: pair.promptIds.slice(0, 3 + (index % 4)),
      chosenIds: pair.chosenIds.slice(-8),
      rejectedIds: pair.rejectedIds.slice(-10 + (index % 5)),
    }));
    const pairs = await withReference(cut, await goldenModel(), await openOn('onnx'));
    // Else a reward is 0 but for rounding, whose sign is by chance.
    return pairs.map((pair, index) => ({
      ...pair,
      referenceChosenLogps: pair.referenceChosenLogps - 0.1 * ((index % 3) - 1.5),
    }));
  })();
  return referenced;
}

/** The batch of a step: five pairs, every third step four. */
export async function batchOf(step: number): Promise<TrainingPair[]> {
  const pairs = await shortPairs();
  const begin = (BATCH_SIZE * step) % pairs.length;
  return pairs.slice(begin, begin + BATCH_SIZE - (step % 3 === 2 ? 1 : 0));
}

export const withLora = async (): Promise<ModelCheckpoint> => {
  const model = await goldenModel();
  const adapter = initialAdapter(
    model.config,
    {rank: 4, alpha: 8, dropout: 0.1, targetModules: 'all-linear'},
    0,
  );
  return {...model, adapter};
};

export interface Case extends Partial<ShardLearnerOptions> {
  readonly model?: () => Promise<ModelCheckpoint>;
  readonly backend?: ExecutorName;
}

export const optionsOf = ({model: _, backend: __, ...options}: Case): ShardLearnerOptions => ({
  objective: 'apo_zero',
  batchSize: BATCH_SIZE,
  maxGradNorm: 1,
  maxTokens: 64,
  parts: 2,
  ...options,
});

export const opened = async ({
  model = goldenModel,
  backend = 'onnx',
}: Case): Promise<[ModelCheckpoint, Executor]> => [await model(), await openOn(backend)];

/** Learners of as many members. */
export async function openMembers(
  t: ExecutionContext,
  members: number,
  of: Case = {},
): Promise<ShardLearner[]> {
  const learners: ShardLearner[] = [];
  for (let member = 0; member < members; member++) {
    const learner = await createShardLearner(...(await opened(of)), optionsOf(of));
    t.teardown(() => learner.dispose());
    learners.push(learner);
  }
  return learners;
}

/** The same on every member at once. */
export const together = <T>(
  learners: readonly ShardLearner[],
  act: (learner: ShardLearner, exchange: Exchange) => Promise<T>,
  options: MemoryOptions = {},
): Promise<T[]> => {
  const exchanges = memoryExchanges(learners.length, options);
  return Promise.all(
    exchanges.map((exchange, member) => {
      const learner = learners[member];
      if (learner === undefined) throw new Error(`there is no member ${member}`);
      return act(learner, exchange);
    }),
  );
};

/** The one value that all members have. */
export function alike<T>(t: ExecutionContext, values: readonly T[]): T {
  const [first] = values;
  if (first === undefined) throw new Error('nobody has a value');
  const bits = bitsOf(first);
  for (const value of values.slice(1)) t.deepEqual(bitsOf(value), bits);
  return first;
}

export const stepTogether = async (
  t: ExecutionContext,
  learners: readonly ShardLearner[],
  step: number,
  more = {},
) => {
  const pairs = await batchOf(step);
  const metrics = await together(learners, (learner, exchange) =>
    learner.step(pairs, {...OPTIONS, ...more}, exchange),
  );
  return alike(t, metrics);
};

export const weightsOf = (t: ExecutionContext, learners: readonly ShardLearner[]): Tensors =>
  alike(
    t,
    learners.map((learner) => learner.weights()),
  );

export const optimizerOf = async (t: ExecutionContext, learners: readonly ShardLearner[]): Promise<Tensors> =>
  alike(t, await together(learners, (learner, exchange) => learner.optimizerState(exchange)));

/** What members know after some steps, each the same on all of them. */
export async function trained(t: ExecutionContext, members: number, steps: number, of: Case = {}, more = {}) {
  return trainedBy(t, await openMembers(t, members, of), steps, more);
}

/** The same of members that are there, and that have taken no step. */
export async function trainedBy(
  t: ExecutionContext,
  learners: readonly ShardLearner[],
  steps: number,
  more = {},
) {
  const metrics: StepMetrics[] = [];
  for (let step = 0; step < steps; step++) metrics.push(await stepTogether(t, learners, step, more));
  return {metrics, weights: weightsOf(t, learners), optimizer: await optimizerOf(t, learners)};
}

/** ‖a − b‖ / ‖b‖ over all tensors. */
export function apart(a: Tensors, b: Tensors): number {
  let [square, whole] = [0, 0];
  for (const [name, {data}] of b) {
    const other = a.get(name)?.data ?? new Float32Array();
    for (const [i, value] of data.entries()) {
      square += (value - (other[i] ?? Number.NaN)) ** 2;
      whole += value ** 2;
    }
  }
  return Math.sqrt(square / whole);
}

/** A single learner's. */
export async function alone(t: ExecutionContext, steps: number, of: Case = {}, more = {}) {
  const learner = await createLearner(...(await opened(of)), optionsOf(of));
  t.teardown(() => learner.dispose());
  const metrics: StepMetrics[] = [];
  for (let step = 0; step < steps; step++)
    metrics.push(await learner.step(await batchOf(step), {...OPTIONS, ...more}));
  return {metrics, weights: await learner.weights(), optimizer: await learner.optimizerState()};
}
