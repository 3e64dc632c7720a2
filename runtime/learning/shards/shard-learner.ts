/**
 * A learner that trains as one with others: each works on some parts of every batch and holds the optimizer's state of some
 * slices of what learns. All have the weights. How they talk to each other is given with every step, so a member that went
 * or came is another `Exchange` and the same learner.
 */
import {TerminalError} from '../../errors.js';
import type {ModelCheckpoint} from '../../model/files/model-checkpoint.js';
import {assertLength} from '../../model/layers/transformer.js';
import type {Executor, HostTensor} from '../../tensor/executor.js';
import {programsByShape} from '../../tensor/programs.js';
import {adapterGraph, DEFAULT_KEPT_BYTES, keepsProbabilities, packingOf} from '../batch-memory.js';
import type {Learner, LearnerOptions} from '../learner.js';
import {checkSameTensors, floatsOf} from '../learner-tensors.js';
import {checkedFinite, pairMetrics, type StepMetrics} from '../metrics.js';
import {objectiveInUse} from '../objective-in-use.js';
import {optimizers} from '../optimizers/optimizers.js';
import {assertTrainable, type TrainingPair} from '../pair.js';
import {gradientName} from '../steps/step-functions.js';
import {type StepOptions, stepInputs} from '../steps/step-inputs.js';
import {type Arrays, scalarArrays} from '../steps/step-programs.js';
import {
  initialSlots,
  joinedSlots,
  lengthOfSlots,
  type Slots,
  slotPieces,
  slotsFrom,
} from './optimizer-slots.js';
import {packParts} from './parts.js';
import {type Exchange, gather, isOwn} from './shard-exchange.js';
import {applySliceFunction, CLIP} from './shard-functions.js';
import {added, shardPrograms} from './shard-programs.js';
import {gatherGradients, tagsOf} from './shard-step.js';
import {joined, pieceOf, type Slice, slicesOf, viewsOf} from './slices.js';

export interface ShardLearnerOptions extends LearnerOptions {
  /**
   * Parts of every batch, and slices of what learns. Part of what a run computes, as its batch size is: the same number
   * gives the same bits with any number of members, and no more members than that have work.
   */
  readonly parts: number;
}

export interface ShardLearner extends Pick<Learner, 'prepare' | 'forget' | 'setObjective' | 'dispose'> {
  /** Steps that the weights have seen. */
  readonly stepsDone: number;
  /** The slices whose optimizer state is here: all where none or all were ever restored, then those of the last step's membership. */
  readonly slices: readonly number[];
  /**
   * One optimizer step on 1 to `batchSize` pairs, which every member of `exchange` takes with the same arguments; the metrics
   * are the same on all. Where it is rejected, weights, optimizer and step count are as before, and it can be taken again with
   * another exchange; members that did finish it have `stepsDone` one higher.
   *
   * A slice that this member owns in `exchange` and whose optimizer state is elsewhere is an error before anything is sent:
   * membership changes by `restore`.
   */
  step(pairs: readonly TrainingPair[], options: StepOptions, exchange: Exchange): Promise<StepMetrics>;
  /** What learns: all weights, or the adapter's where the model has one. */
  weights(): Map<string, HostTensor>;
  /**
   * The optimizer's state of all members by the names that `Learner` gives it, the same on each: every member asks for it, at
   * most once between two steps of an exchange.
   */
  optimizerState(exchange: Exchange): Promise<Map<string, HostTensor>>;
  /** As `Learner.restore`, from any number of members or parts. */
  restore(
    weights: ReadonlyMap<string, HostTensor>,
    optimizerState: ReadonlyMap<string, HostTensor> | undefined,
    stepsDone: number,
  ): void;
}

/** A learner that starts from a checkpoint's weights, or its adapter's, and an empty optimizer. */
export async function createShardLearner(
  model: ModelCheckpoint,
  executor: Executor,
  options: ShardLearnerOptions,
): Promise<ShardLearner> {
  const {batchSize, maxTokens, maxGradNorm, parts, optimizer: optimizerName = 'rmsprop'} = options;
  const {keptBytes = DEFAULT_KEPT_BYTES, recompute = false} = options;
  // Nothing below may hold on to `model` or `learned`: their arrays are as much memory as the weights once more.
  const {config} = model;
  assertLength(config, maxTokens);
  const optimizer = optimizers[optimizerName];
  const learned = model.adapter?.tensors ?? model.weights;
  const shapes = new Map([...learned].map(([name, {shape}]) => [name, shape]));
  const {length, slices} = slicesOf(shapes, parts);
  const state = executor.createState(model.adapter === undefined ? [] : model.weights, true);
  let vector = joined(shapes, learned);
  const write = (next: typeof vector): void => {
    vector = next;
    // Never written to again: the executor may keep it.
    for (const [name, tensor] of viewsOf(shapes, next)) state.write(name, tensor, true);
  };
  write(vector);
  let slots = new Map<number, Slots>(slices.map((slice, index) => [index, initialSlots(slice, optimizer)]));
  let stepsDone = 0;
  let running: Promise<unknown> = Promise.resolve();

  const packing = packingOf(config, options);
  const graph = {
    config,
    learned: [...shapes.keys()],
    adapter: adapterGraph(model.adapter),
    places: maxTokens,
    parts: packing,
    keepsProbabilities: keepsProbabilities(config, packing, {maxTokens, keptBytes}),
  };
  const objective = objectiveInUse(
    options.objective,
    (expression) =>
      shardPrograms({executor, state, graph, slices, keptBytes, keepMemory: !recompute}, expression),
    () => running,
  );
  const nothing = executor.createState([]);
  const applications = programsByShape(
    (index: number) =>
      executor.compile(applySliceFunction(sliceAt(index), optimizer, slotsAt(index)), nothing),
    parts,
  );
  const sliceAt = (index: number): Slice => slices[index] ?? raise(`there is no slice ${index}`);
  const slotsAt = (index: number): Slots =>
    slots.get(index) ??
    raise(`the optimizer's state of slice ${index} is with another member: restore all of it first`);

  /** Weights and optimizer of an own slice after a step. */
  async function applied(index: number, gradient: Float32Array, scalars: Arrays) {
    const slice = sliceAt(index);
    const inputs: Record<string, Float32Array | Int32Array> = {...scalars};
    for (const [name, {data}] of slotsAt(index)) inputs[name] = data;
    for (const piece of slice.pieces) {
      const begin = piece.offset - slice.begin;
      inputs[piece.name] = pieceOf(vector, piece);
      inputs[gradientName(piece.name)] = gradient.subarray(begin, begin + piece.length);
    }
    const outputs = await (await applications.at(index)).run(inputs);
    const next = (name: string): HostTensor => outputs[name] ?? raise(`the optimizer gave no ${name}`);
    return {next, slots: new Map([...slotsAt(index).keys()].map((name) => [name, next(name)]))};
  }

  async function runStep(pairs: readonly TrainingPair[], options: StepOptions, exchange: Exchange) {
    const {expression, programs} = objective.current();
    const {beta, learningRate} = options;
    const inputs = stepInputs(pairs, options, {expression, optimizer, stepsDone});
    const batch = {pairs, inputs, parts: packParts(pairs, parts, packing)};
    const {loss, gradNorm, policyLogps, gradients} = await gatherGradients(programs, slices, batch, exchange);
    const metrics = checkedFinite({loss, grad_norm: gradNorm, learning_rate: learningRate});
    const clip = Float32Array.of(Math.min(1, maxGradNorm / (gradNorm + 1e-6)));
    const scalars = {...scalarArrays(inputs.optimizer), [CLIP]: clip};
    const [next, nextSlots] = [new Float32Array(length), new Map<number, Slots>()];
    const {asSent} = exchange;
    const tag = tagsOf(stepsDone);
    const updated = await gather(exchange, {
      indices: [...slices.keys()],
      tagOf: (index) => tag(asSent === undefined ? 'weights' : 'updates', index),
      lengthOf: (index) => sliceAt(index).length,
      share: asSent !== undefined,
      async own(index) {
        const {begin, length, pieces} = sliceAt(index);
        const result = await applied(index, gradients.get(index) ?? raise(`no gradient ${index}`), scalars);
        for (const {name, offset} of pieces) next.set(floatsOf(result.next(name)), offset);
        nextSlots.set(index, result.slots);
        const values = next.subarray(begin, begin + length);
        return asSent === undefined ? values : asSent(change(vector.subarray(begin), values));
      },
    });
    for (const [index, values] of updated.entries()) {
      const {begin} = sliceAt(index);
      // The owner, too, goes on from what all have.
      if (asSent !== undefined) next.set(added(vector.subarray(begin, begin + values.length), values), begin);
      else if (!isOwn(index, exchange)) next.set(values, begin);
    }
    // All has come: from here on nothing fails.
    write(next);
    slots = nextSlots;
    stepsDone += 1;
    return {...metrics, ...pairMetrics(pairs, policyLogps, beta)};
  }

  return {
    get stepsDone() {
      return stepsDone;
    },
    get slices() {
      return [...slots.keys()];
    },
    async step(pairs, stepOptions, exchange) {
      if (pairs.length === 0 || pairs.length > batchSize) {
        throw new TerminalError(`a step takes 1 to ${batchSize} pairs, not ${pairs.length}`);
      }
      for (const [index, pair] of pairs.entries()) assertTrainable(pair, index, maxTokens);
      for (const index of slices.keys()) if (isOwn(index, exchange)) slotsAt(index);
      const run = runStep(pairs, stepOptions, exchange);
      running = run;
      return run;
    },
    prepare: (expression) => objective.prepare(expression),
    forget: (expression) => objective.forget(expression),
    setObjective: (expression) => objective.switchTo(expression),
    weights: () =>
      new Map(
        [...viewsOf(shapes, vector)].map(([name, tensor]) => [name, {...tensor, data: tensor.data.slice()}]),
      ),
    async optimizerState(exchange) {
      const tag = tagsOf(stepsDone);
      const all = await gather(exchange, {
        indices: [...slices.keys()],
        tagOf: (index) => tag('slots', index),
        lengthOf: (index) => lengthOfSlots(sliceAt(index), optimizer),
        own: (index) => joinedSlots(sliceAt(index), optimizer, slotsAt(index)),
      });
      const tensors = new Map(optimizer.initial(new Map(viewsOf(shapes, vector))));
      for (const [index, values] of all.entries()) {
        let begin = 0;
        for (const [slot, piece] of slotPieces(sliceAt(index), optimizer)) {
          tensors.get(slot)?.data.set(values.subarray(begin, begin + piece.length), piece.begin);
          begin += piece.length;
        }
      }
      return tensors;
    },
    restore(weights, slotTensors, steps) {
      const empty = new Map(optimizer.initial(new Map(viewsOf(shapes, vector))));
      const optimizerState = slotTensors ?? empty;
      const all = new Map([...shapes, ...[...empty].map(([name, {shape}]) => [name, shape] as const)]);
      // Before anything is changed: half a checkpoint would train on without a word.
      checkSameTensors(all, new Map([...weights, ...optimizerState]));
      write(joined(shapes, weights));
      slots = new Map(slices.map((slice, index) => [index, slotsFrom(slice, optimizer, optimizerState)]));
      stepsDone = steps;
    },
    async dispose() {
      await Promise.allSettled([running]);
      await objective.dispose();
      await applications.dispose();
      nothing.dispose();
      state.dispose();
    },
  };
}

/** What is added to `before`, which may be longer, to have `after`. */
function change(before: Float32Array, after: Float32Array): Float32Array {
  const values = new Float32Array(after.length);
  for (let i = 0; i < values.length; i++) values[i] = (after[i] ?? 0) - (before[i] ?? 0);
  return values;
}

function raise(message: string): never {
  throw new Error(message);
}
