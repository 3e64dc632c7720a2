/** Training steps of ours on pairs of real lengths, to be measured. */
import {createLearner} from '../../../learning/learner.js';
import {defaultMemoryBytes, memoryLine, memoryNeeds, memoryPlan} from '../../../learning/memory-plan.js';
import type {TrainingPair} from '../../../learning/pair.js';
import {initialAdapter} from '../../../model/files/adapter.js';
import {shuffled} from '../../../seed.js';
import {compilations} from '../../../tensor/compilations.js';
import type {Executor} from '../../../tensor/executor.js';
import {peakFlopPerSecond} from '../../../tensor/peak.js';
import type {Work} from '../../contenders/work.js';
import type {TokenPair} from '../../workload/workload.js';
import type {RealTrainingJob} from '../job.js';
import {readModel} from '../model.js';
import {longestRow, longestSequence, neededTokens} from '../needed.js';
import {countingTokens} from './counting.js';

export async function openRealTraining(job: RealTrainingJob, executor: Executor): Promise<Work> {
  const counting = countingTokens(executor);
  const {learner, plan} = await openLearner(job, counting.executor);
  const {beta, learningRate} = job;
  const nextBatch = batchesOf(job);
  const losses: number[] = [];
  const gradNorms: number[] = [];
  let needed = 0;
  let warmedUp = {computed: 0, compilations: 0};
  const step = (pairs: readonly TokenPair[]) =>
    learner.step(
      pairs.map((pair) => withReference(pair, job.referenceTokenLogp)),
      {beta, learningRate},
    );
  return {
    async warmUp() {
      await step(job.warmUpPairs);
      warmedUp = {computed: counting.tokens(), compilations: compilations()};
    },
    async once() {
      const pairs = nextBatch();
      const {loss, grad_norm} = await step(pairs);
      losses.push(loss);
      gradNorms.push(grad_norm);
      needed += neededTokens(pairs);
    },
    about: async () => {
      const computed = counting.tokens() - warmedUp.computed;
      return {
        plan,
        steps: losses.length,
        neededTokens: needed,
        computedTokens: computed,
        neededShare: needed / computed,
        compilations: compilations(),
        compilationsAfterWarmUp: compilations() - warmedUp.compilations,
        losses,
        gradNorms,
        peakFlopPerSecond: await peakFlopPerSecond(executor),
      };
    },
  };
}

/** As `train` makes one. The model is not kept beyond: its arrays are as much memory as the weights once more. */
async function openLearner(job: RealTrainingJob, executor: Executor) {
  const {loraRank, memoryBytes, batchSize, objective, maxGradNorm} = job;
  const model = await readModel(job.model);
  const adapter =
    loraRank === undefined
      ? undefined
      : initialAdapter(
          model.config,
          {rank: loraRank, alpha: 2 * loraRank, dropout: 0, targetModules: 'all-linear'},
          0,
        );
  const all = [...job.pairs, ...job.warmUpPairs];
  const needs = memoryNeeds(model.config, adapter, {backend: executor.name, longestPair: longestRow(all)});
  const plan = memoryPlan(memoryBytes ?? defaultMemoryBytes(needs), needs);
  const learner = await createLearner({...model, ...(adapter && {adapter})}, executor, {
    objective,
    batchSize,
    maxGradNorm,
    maxTokens: longestSequence(all),
    keptBytes: plan.keptBytes,
    recompute: plan.recompute,
  });
  return {learner, plan: memoryLine(plan)};
}

function batchesOf({pairs, batchSize, shuffle = false}: RealTrainingJob): () => readonly TokenPair[] {
  const perEpoch = Math.floor(pairs.length / batchSize);
  let taken = 0;
  let order = pairs;
  return () => {
    const place = taken % perEpoch;
    if (place === 0 && shuffle) order = shuffled(pairs, 'epoch', taken / perEpoch);
    taken += 1;
    return order.slice(place * batchSize, (place + 1) * batchSize);
  };
}

const withReference = (pair: TokenPair, tokenLogp: number): TrainingPair => ({
  ...pair,
  referenceChosenLogps: tokenLogp * pair.chosenIds.length,
  referenceRejectedLogps: tokenLogp * pair.rejectedIds.length,
});
