/** Loss and gradients of a batch, against autograd in PyTorch, and against every sequence run whole in a row of its own. */
import * as tf from '@tensorflow/tfjs-core';
import test, {type ExecutionContext} from 'ava';
import * as z from 'zod';
import {anchoredLosses} from '../../../../runtime/learning/objectives/kto-pair.js';
import type {Objective} from '../../../../runtime/learning/objectives/objective-contract.js';
import {
  objectiveNames,
  objectiveOf,
  objectives,
  scalarsOf,
} from '../../../../runtime/learning/objectives/objectives.js';
import type {TrainingPair} from '../../../../runtime/learning/pair.js';
import {loadCheckpoint} from '../../../../runtime/model/files/model-checkpoint.js';
import {readSafetensors} from '../../../../runtime/model/files/safetensors/safetensors.js';
import type {Executor, HostTensor} from '../../../../runtime/tensor/executor.js';
import type {ExecutorName} from '../../../../runtime/tensor/executors.js';
import {openOn, presentExecutors} from '../../../helpers/executors.js';
import {
  goldenModel,
  goldenPath,
  goldenTokens,
  readGolden,
  tensorOf,
  withReference,
} from '../../../helpers/goldens.js';
import {
  BETA,
  type Measured,
  openPacked,
  type PackedProgram,
  packedGradients,
  plainGradients,
  worstDifference,
} from '../../../helpers/gradients.js';

const goldenSchema = z.record(
  z.string(),
  z.object({
    loss: z.number(),
    rewards_chosen: z.array(z.number()),
    rewards_rejected: z.array(z.number()),
    grad_norms: z.record(z.string(), z.number()),
  }),
);

/** Made once by the first who asks: to compile a program takes longer than to run it. */
function once<K, T>(make: (key: K) => Promise<T>): {(key: K): Promise<T>; made(): Promise<T[]>} {
  const made = new Map<K, Promise<T>>();
  const of = (key: K): Promise<T> => {
    const there = made.get(key) ?? make(key);
    made.set(key, there);
    return there;
  };
  return Object.assign(of, {made: () => Promise.all(made.values())});
}

const executorOf = once((backend: ExecutorName): Promise<Executor> => openOn(backend));
const goldenPairs = once(async (backend: ExecutorName) =>
  withReference((await goldenTokens()).slice(0, 16), await goldenModel(), await executorOf(backend)),
);
const graphExecutors = presentExecutors();

const fixedAnchor: Objective = {losses: ({rewards}) => anchoredLosses(rewards, tf.scalar(0.05))};
const cases: Record<string, Objective> = {
  dpo: objectives.dpo,
  apo_zero: objectives.apo_zero,
  apo_down: objectives.apo_down,
  'kto_pair_anchor_0.05': fixedAnchor,
};

type Golden = Readonly<{backend: ExecutorName; name: string; objective: Objective}>;
const goldenCases: readonly Golden[] = graphExecutors.flatMap((backend) =>
  Object.entries(cases).map(([name, objective]) => ({backend, name, objective})),
);
const goldenGradients = once(
  async ({backend, objective}: Golden): Promise<Measured> =>
    packedGradients({
      executor: await executorOf(backend),
      pairs: await goldenPairs(backend),
      model: await goldenModel('trained-apo_zero.safetensors'),
      objective,
    }),
);

function near(t: ExecutionContext, what: string, actual: number, wanted: number, tolerance: number): void {
  t.true(
    Math.abs(actual - wanted) <= tolerance,
    `${what}: ${actual} is not within ${tolerance} of ${wanted}`,
  );
}

for (const given of goldenCases) {
  const {backend, name} = given;
  test(`${name} on ${backend}: loss, rewards and the norm of every gradient are those of PyTorch`, async (t) => {
    const golden = tensorOf(
      new Map(Object.entries(await readGolden('expected-gradients.json', goldenSchema))),
      name,
    );
    const {loss, policyLogps, gradients} = await goldenGradients(given);
    near(t, 'loss', loss, golden.loss, 1e-4 * Math.abs(golden.loss));
    for (const [index, {referenceChosenLogps, referenceRejectedLogps}] of (
      await goldenPairs(backend)
    ).entries()) {
      const reward = (row: number, reference: number) =>
        BETA * ((policyLogps[row] ?? Number.NaN) - reference);
      const chosen = golden.rewards_chosen[index] ?? Number.NaN;
      const rejected = golden.rewards_rejected[index] ?? Number.NaN;
      // 1e-4 of a log-probability of up to 414 nats, times β.
      near(t, `chosen ${index}`, reward(index, referenceChosenLogps), chosen, 4e-3);
      near(t, `rejected ${index}`, reward(16 + index, referenceRejectedLogps), rejected, 4e-3);
    }
    t.is(gradients.size, Object.keys(golden.grad_norms).length);
    for (const [weight, norm] of Object.entries(golden.grad_norms)) {
      near(t, weight, Math.hypot(...tensorOf(gradients, weight).data), norm, 1e-4 * norm);
    }
  });
}

for (const given of goldenCases.filter(({name}) => name === 'apo_zero')) {
  test(`every entry of APO-zero’s gradients on ${given.backend} is that of PyTorch to 1e-4 of its tensor’s largest`, async (t) => {
    const wanted = await readSafetensors(goldenPath('gradient-apo_zero.safetensors'));
    const {gradients} = await goldenGradients(given);
    const worst = worstDifference(gradients, wanted);
    t.true(worst < 1e-4, `${worst}`);
  });
}

/** Short sequences cut from the goldens: what runs operation by operation in reasonable time. */
async function shortPairs(lengths: readonly (readonly [number, number, number])[]): Promise<TrainingPair[]> {
  const tokens = await goldenTokens();
  return lengths.map(([prompt, chosen, rejected], index) => {
    const {promptIds, chosenIds, rejectedIds} = tokens[index + 1] as TrainingPair;
    return {
      promptIds: promptIds.slice(0, prompt),
      chosenIds: chosenIds.slice(0, chosen),
      rejectedIds: rejectedIds.slice(0, rejected),
      referenceChosenLogps: -20 - index,
      referenceRejectedLogps: -25 + 2 * index,
    };
  });
}

/** Between them they read everything that a batch has. Each objective by itself is tested beside its file. */
const varied = ['apo_zero', 'sft', 'kto_pair', 'ipo', 'aot_unpaired', 'apo_zero+0.1*sft', 'cpo+0.5*robust'];
/** The objective of an expression, with its default settings. */
const expressed = (expression: string) => ({
  objective: objectiveOf(expression),
  settings: scalarsOf(expression),
});

/** Of the first model on ONNX Runtime, for every batch of this file. */
const programOf = once(
  async (name: string): Promise<PackedProgram> =>
    openPacked({executor: await executorOf('onnx'), model: await goldenModel(), ...expressed(name)}),
);
test.after.always(async () => {
  for (const program of await programOf.made()) await program.dispose();
});

for (const name of varied) {
  test.serial(
    `${name}: packed and run as a graph, gradients equal those of whole rows run by TensorFlow.js eagerly`,
    async (t) => {
      const model = await goldenModel();
      const pairs = await shortPairs([
        [5, 6, 4],
        [3, 4, 7],
      ]);
      const given = {pairs, ...expressed(name)};
      const plain = await plainGradients({...given, model, executor: await executorOf('eager')});
      const packed = await (await programOf(name)).gradients(given);
      near(t, 'loss', packed.loss, plain.loss, 1e-5 * Math.max(1, Math.abs(plain.loss)));
      const worst = worstDifference(packed.gradients, plain.gradients);
      t.true(worst < 1e-5, `${worst}`);
    },
  );
}

/** Completions that begin alike to different lengths: not at all, partly, one within the other, altogether. */
async function overlappingPairs(): Promise<TrainingPair[]> {
  const pairs = await shortPairs([
    [5, 9, 7],
    [3, 8, 12],
    [9, 6, 6],
    [1, 30, 12],
    [2, 5, 5],
  ]);
  const common = [0, 5, 6, 12, 5];
  return pairs.map((pair, index) => ({
    ...pair,
    rejectedIds: [...pair.chosenIds.slice(0, common[index]), ...pair.rejectedIds.slice(common[index] ?? 0)],
  }));
}

const overlappingPlain = once(
  async (name: string): Promise<Measured> =>
    plainGradients({
      executor: await executorOf('onnx'),
      model: await goldenModel(),
      pairs: await overlappingPairs(),
      ...expressed(name),
    }),
);

for (const recompute of [false, true]) {
  const how = recompute ? 'computed again in the backward pass' : 'kept';
  test.serial(
    `what the completions of a pair begin with is run once, layers ${how}, and every gradient is as of whole rows`,
    async (t) => {
      const pairs = await overlappingPairs();
      for (const name of varied) {
        const given = {pairs, ...expressed(name)};
        const plain = await overlappingPlain(name);
        const packed = recompute
          ? await packedGradients({
              ...given,
              executor: await executorOf('onnx'),
              model: await goldenModel(),
              recompute,
            })
          : await (await programOf(name)).gradients(given);
        near(t, `${name} loss`, packed.loss, plain.loss, 1e-5 * Math.max(1, Math.abs(plain.loss)));
        for (const [row, logps] of plain.policyLogps.entries()) {
          near(t, `${name} row ${row}`, packed.policyLogps[row] ?? Number.NaN, logps, 1e-5 * Math.abs(logps));
        }
        const worst = worstDifference(packed.gradients, plain.gradients);
        t.true(worst < 1e-5, `${name}: ${worst}`);
      }
    },
  );
}

for (const family of ['llama3-rope', 'mistral', 'qwen2', 'qwen3']) {
  test(`${family}: packed gradients are those of whole rows`, async (t) => {
    const executor = await executorOf('onnx');
    const model = await loadCheckpoint(goldenPath(family));
    const given = {executor, model, pairs: await overlappingPairs(), objective: objectives.dpo};
    const [plain, packed] = [await plainGradients(given), await packedGradients(given)];
    const worst = worstDifference(packed.gradients, plain.gradients);
    t.true(worst < 1e-5, `${worst}`);
  });
}

test.serial('fillers, long neighbours and the order of the pairs change nothing', async (t) => {
  const pairs = await shortPairs([
    [5, 6, 4],
    [3, 4, 7],
    [9, 2, 5],
    [1, 30, 12],
  ]);
  const [a, b, c, long] = pairs as [TrainingPair, TrainingPair, TrainingPair, TrainingPair];
  for (const name of varied) {
    const {settings} = expressed(name);
    const program = await programOf(name);
    const plain = await program.gradients({settings, pairs: [a, b, c]});
    const filled = await program.gradients({settings, pairs: [c, a, b]});
    t.true(worstDifference(filled.gradients, plain.gradients) < 1e-5, name);
    near(t, name, filled.loss, plain.loss, 1e-5 * Math.max(1, Math.abs(plain.loss)));
    // A long neighbour lengthens the rows and moves the others: their log-probabilities stay.
    const longer = await program.gradients({settings, pairs: [a, b, c, long]});
    for (const row of [0, 1, 2]) {
      for (const [other, before] of [
        [row, row],
        [4 + row, 3 + row],
      ] as const) {
        const [now, then] = [longer.policyLogps[other] ?? Number.NaN, plain.policyLogps[before] ?? 0];
        near(t, `${name} row ${other}`, now, then, 1e-4);
      }
    }
  }
});

test.serial('where pairs do not mix, a batch’s gradient is the mean of its pairs’', async (t) => {
  const pairs = await shortPairs([
    [5, 6, 4],
    [1, 30, 12],
  ]);
  // `sft` averages over the batch's tokens, and so is no mean over its pairs.
  const separable = objectiveNames.filter((name) => !objectiveOf(name).mixesPairs && !tokenMeans.has(name));
  for (const name of separable) {
    const {settings} = expressed(name);
    const program = await programOf(name);
    const together = await program.gradients({settings, pairs});
    const alone: Measured[] = [];
    for (const pair of pairs) alone.push(await program.gradients({settings, pairs: [pair]}));
    const mean = meanOf(alone.map(({gradients}) => gradients));
    const worst = worstDifference(together.gradients, mean);
    t.true(worst < 1e-5, `${name} ${worst}`);
  }
});
const tokenMeans = new Set(['sft', 'cpo', 'orpo']);

const meanOf = (all: readonly ReadonlyMap<string, HostTensor>[]): Map<string, HostTensor> =>
  new Map(
    [...tensorsOf(all[0])].map(([name, tensor]) => {
      const sum = (index: number): number =>
        all.reduce((total, gradients) => total + (tensorOf(gradients, name).data[index] ?? Number.NaN), 0);
      return [name, {...tensor, data: Float32Array.from(tensor.data, (_, index) => sum(index) / all.length)}];
    }),
  );

function tensorsOf(first: ReadonlyMap<string, HostTensor> | undefined): ReadonlyMap<string, HostTensor> {
  if (first === undefined) throw new Error('no gradients');
  return first;
}
