/** One program for pairs of any lengths: what it computes, however a batch is cut, and how seldom it is compiled. */
import test from 'ava';
import {pairsOfLengths, realLengths} from '../../../runtime/bench/real/lengths.js';
import {createLearner} from '../../../runtime/learning/learner.js';
import type {Objective} from '../../../runtime/learning/objectives/objective-contract.js';
import {objectives} from '../../../runtime/learning/objectives/objectives.js';
import type {TrainingPair} from '../../../runtime/learning/pair.js';
import type {ModelCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {parameterShapes} from '../../../runtime/model/files/parameters.js';
import {compilations} from '../../../runtime/tensor/compilations.js';
import {recordSized} from '../../../runtime/tensor/graph/record-sized.js';
import {lower} from '../../../runtime/tensor/onnx/lower.js';
import {onnxFusions} from '../../../runtime/tensor/onnx/operators/fused.js';
import {openOn} from '../../helpers/executors.js';
import {goldenModel, goldenTokens} from '../../helpers/goldens.js';
import {
  batchGradients,
  type Measured,
  packedFunction,
  plainGradients,
  worstDifference,
} from '../../helpers/gradients.js';
import {wave} from '../tensor/both.js';

/** Whole and cut goldens, from a few tokens to over two hundred. */
async function pairsOfManyLengths(): Promise<TrainingPair[]> {
  return (await goldenTokens()).slice(0, 9).map((pair, index) => ({
    ...pair,
    chosenIds: index % 3 === 0 ? pair.chosenIds : pair.chosenIds.slice(-3 * index - 2),
    rejectedIds: index % 3 === 1 ? pair.rejectedIds : pair.rejectedIds.slice(-2 * index - 1),
    referenceChosenLogps: -20 - index,
    referenceRejectedLogps: -25 + 2 * index,
  }));
}

type WholeRows = readonly {readonly objective: Objective; readonly plain: Measured}[];
let wholeRows: Promise<WholeRows> | undefined;
/** Every sequence whole in a row of its own, which is the same for every cut; made by the first test that asks. */
const measuredWhole = (): Promise<WholeRows> => {
  wholeRows ??= (async () => {
    const given = {
      executor: await openOn('onnx'),
      model: await goldenModel(),
      pairs: await pairsOfManyLengths(),
    };
    const measured = [];
    for (const objective of [objectives.apo_zero, objectives.sft])
      measured.push({objective, plain: await plainGradients({...given, objective})});
    return measured;
  })();
  return wholeRows;
};

for (const [blocks, chunks, tokens, most] of [
  [1, 1, 2048, 16],
  [2, 3, 256, 3],
  [4, 1, 160, 2],
  [8, 4, 1, 1],
] as const) {
  for (const recompute of [false, true]) {
    test(`${blocks} blocks, ${chunks} chunks, runs of ${tokens} tokens and ${most} pairs${recompute ? ', layers computed again' : ''}: gradients are those of whole rows`, async (t) => {
      const executor = await openOn('onnx');
      const given = {executor, model: await goldenModel(), pairs: await pairsOfManyLengths()};
      for (const {objective, plain} of await measuredWhole()) {
        const limits = {tokens, pairs: most, blocks, chunks};
        const cut = await batchGradients({...given, objective, recompute}, limits);
        t.true(most === 16 ? cut.runs < 5 : cut.runs >= 3, `${cut.runs} runs`);
        t.true(Math.abs(cut.loss - plain.loss) <= 1e-5 * Math.max(1, Math.abs(plain.loss)));
        for (const [row, logp] of plain.policyLogps.entries())
          t.true(Math.abs((cut.policyLogps[row] ?? Number.NaN) / logp - 1) <= 1e-5, `row ${row}`);
        const worst = worstDifference(cut.gradients, plain.gradients);
        t.true(worst <= 1e-5, `${worst}`);
      }
    });
  }
}

/** A model whose weights are small and without pattern. */
async function deepModel(layerCount: number): Promise<ModelCheckpoint> {
  const golden = await goldenModel();
  const sizes = {hiddenSize: 16, intermediateSize: 24, headCount: 2, keyValueHeadCount: 1, headDim: 8};
  const config = {...golden.config, ...sizes, layerCount, vocabSize: 64};
  const weights = [...parameterShapes(config)].map(([name, shape], index) => {
    const isNorm = shape.length === 1;
    const {data, ...spec} = wave(shape, index, isNorm ? 0.1 : 0.3);
    return [name, {...spec, data: isNorm ? data.map((value) => 1 + value) : data}] as const;
  });
  return {...golden, config, weights: new Map(weights)};
}

test('a graph of so many operations that ONNX Runtime opens it as it is has the gradients of one run eagerly', async (t) => {
  const model = await deepModel(12);
  const parts = {blocks: 8, chunks: 2};
  const objective = objectives.apo_zero;
  const graph = recordSized(
    packedFunction({model, objective}, parts),
    Object.fromEntries(model.weights),
    onnxFusions,
  );
  const {nodes} = lower(graph, 'deep');
  t.true(nodes.length > 5000, `${nodes.length} nodes`);
  const pairs = [
    [7, 20, 30],
    [3, 9, 4],
  ].map(([prompt = 0, chosen = 0, rejected = 0], number) => {
    const ids = (length: number, step: number): number[] =>
      Array.from({length}, (_, i) => (i * step + 5 * number) % 64);
    const answers = {chosenIds: ids(chosen, 7), rejectedIds: ids(rejected, 11)};
    return {promptIds: ids(prompt, 3), ...answers, referenceChosenLogps: -40, referenceRejectedLogps: -60};
  });
  const plain = await plainGradients({executor: await openOn('eager'), model, objective, pairs});
  const packed = await batchGradients(
    {executor: await openOn('onnx'), model, objective, pairs},
    {tokens: 2048, pairs: 2, ...parts},
  );
  const worst = worstDifference(packed.gradients, plain.gradients);
  t.true(worst <= 1e-4, `${worst}`);
});

// Alone, since what is counted is the process's.
test.serial('forty steps on real lengths compile two graphs, and another objective one more', async (t) => {
  const model = await deepModel(1);
  const limits = {prompt: 128, completion: 256};
  const pairs = pairsOfLengths(realLengths('plain'), limits, model.config.vocabSize).map((pair) => ({
    ...pair,
    referenceChosenLogps: -500,
    referenceRejectedLogps: -500,
  }));
  const learner = await createLearner(model, await openOn('onnx'), {
    objective: 'apo_zero',
    batchSize: 4,
    maxGradNorm: 1,
    maxTokens: 384,
  });
  t.teardown(() => learner.dispose());
  const before = compilations();
  const options = {beta: 0.1, learningRate: 1e-5};
  const steps = async (from: number, to: number): Promise<void> => {
    for (let step = from; step < to; step++) await learner.step(pairs.slice(4 * step, 4 * step + 4), options);
  };
  await steps(0, 40);
  t.is(compilations() - before, 2);
  await learner.setObjective('dpo');
  await steps(40, 44);
  t.is(compilations() - before, 3);
});
