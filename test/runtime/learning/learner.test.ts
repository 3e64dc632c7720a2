/** What a learner promises a run: changes between steps, exact resumption, and errors that say what to do. */
import {setImmediate} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {createLearner, type Learner, type LearnerOptions} from '../../../runtime/learning/learner.js';
import type {StepMetrics} from '../../../runtime/learning/metrics.js';
import type {TrainingPair} from '../../../runtime/learning/pair.js';
import type {Executor, HostTensor} from '../../../runtime/tensor/executor.js';
import {openExecutor} from '../../../runtime/tensor/open.js';
import {compileSized} from '../../../runtime/tensor/sized.js';
import {bitsOf} from '../../helpers/bits.js';
import {openOn, presentExecutors} from '../../helpers/executors.js';
import {goldenModel, goldenTokens, withReference} from '../../helpers/goldens.js';

const BETA = 0.1;
const RATE = 1e-4;

const openOnnx = async (): Promise<Executor> => (await openExecutor({backend: 'onnx', threads: 1})).executor;

async function openLearner(t: ExecutionContext, options: Partial<LearnerOptions> = {}): Promise<Learner> {
  const learner = await createLearner(await goldenModel(), await openOnnx(), {
    objective: 'apo_zero',
    batchSize: 16,
    maxGradNorm: 1,
    maxTokens: 192,
    ...options,
  });
  t.teardown(() => learner.dispose());
  return learner;
}

/** Pairs cut short, so that a step is quick; the reference is what the policy says before training. */
async function shortPairs(count: number): Promise<TrainingPair[]> {
  const cut = (await goldenTokens()).slice(1, 1 + count).map((pair, index) => ({
    ...pair,
    promptIds: pair.promptIds.slice(0, 3 + index),
    chosenIds: pair.chosenIds.slice(-8),
    rejectedIds: pair.rejectedIds.slice(-10 + index),
  }));
  return withReference(cut, await goldenModel(), await openOnnx());
}

function near(t: ExecutionContext, what: string, actual: number, wanted: number, tolerance: number): void {
  t.true(
    Math.abs(actual - wanted) <= tolerance,
    `${what}: ${actual} is not within ${tolerance} of ${wanted}`,
  );
}

const OPTIONS = {beta: BETA, learningRate: RATE};
/** A promise that is settled from outside. */
function gate(): {readonly opened: Promise<void>; open(): void} {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {opened, open: () => open()};
}

const softplus = (x: number): number => Math.log1p(Math.exp(x));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Whether a step on one pair was one of APO-zero or of DPO, from its loss and rewards. */
function objectiveOf(metrics: StepMetrics): 'apo_zero' | 'dpo' | 'neither' {
  const {loss, 'rewards/chosen': chosen, 'rewards/rejected': rejected} = metrics;
  if (Math.abs(loss - (sigmoid(rejected) - sigmoid(chosen))) < 1e-5) return 'apo_zero';
  return Math.abs(loss - softplus(rejected - chosen)) < 1e-5 ? 'dpo' : 'neither';
}

/** Notes what is compiled and released; `fails` says of which programs the compilation fails. */
function noting(executor: Executor, events: string[], fails = (_: string) => false): Executor {
  const noted = async <P extends {dispose(): Promise<void>}>(name: string, compile: () => Promise<P>) => {
    events.push(`compiled ${name}`);
    if (fails(name)) throw new Error(`no memory for ${name}`);
    const program = await compile();
    const dispose = (): Promise<void> => {
      events.push(`released ${name}`);
      return program.dispose();
    };
    return {...program, dispose};
  };
  return {
    ...executor,
    compile: (fn, state) => noted(fn.name, () => executor.compile(fn, state)),
    compileSized: (fn, state, options) => noted(fn.name, () => compileSized(executor, fn, state, options)),
  };
}

/** The names of what was compiled. */
const compiledOf = (events: readonly string[]): string[] =>
  events.flatMap((event) => /^compiled (.*)/.exec(event)?.[1] ?? []);

test('a new objective takes effect at the first step after it is compiled, steps going on meanwhile', async (t) => {
  const learner = await openLearner(t, {batchSize: 1});
  const pairs = await shortPairs(1);
  t.is(objectiveOf(await learner.step(pairs, OPTIONS)), 'apo_zero');
  const stepping = learner.step(pairs, OPTIONS);
  const switching = learner.setObjective('dpo');
  t.is(objectiveOf(await stepping), 'apo_zero');
  await switching;
  t.is(objectiveOf(await learner.step(pairs, OPTIONS)), 'dpo');
});

test('of two objectives asked for at once the later one stays', async (t) => {
  const learner = await openLearner(t, {batchSize: 1});
  const pairs = await shortPairs(1);
  await learner.step(pairs, OPTIONS);
  await Promise.all([learner.setObjective('dpo'), learner.setObjective('apo_zero')]);
  t.is(objectiveOf(await learner.step(pairs, OPTIONS)), 'apo_zero');
});

test('a change of objective keeps weights and optimizer', async (t) => {
  const learner = await openLearner(t, {batchSize: 2});
  await learner.step(await shortPairs(2), OPTIONS);
  const before = [await learner.weights(), await learner.optimizerState()];
  await learner.setObjective('kto_pair');
  t.deepEqual(bitsOf([await learner.weights(), await learner.optimizerState()]), bitsOf(before));
});

test('new weights of a sum and new settings take effect at the next step, with no new graph', async (t) => {
  const events: string[] = [];
  const options = {objective: 'sft+robust', batchSize: 2, maxGradNorm: 1, maxTokens: 64};
  const learner = await createLearner(await goldenModel(), noting(await openOnnx(), events), options);
  t.teardown(() => learner.dispose());
  // Chosen completions that are likelier than with the reference: margins are not 0.
  const pairs = (await shortPairs(2)).map((pair) => ({
    ...pair,
    referenceChosenLogps: pair.referenceChosenLogps - 5,
  }));
  const lossWith = async (expression: string, settings?: Readonly<Record<string, number>>) => {
    await learner.setObjective(expression);
    const step = {...OPTIONS, learningRate: 0, ...(settings === undefined ? {} : {settings})};
    return (await learner.step(pairs, step)).loss;
  };
  const [sft, both] = [await lossWith('1e-9*robust+sft'), await lossWith('sft+robust')];
  const robust = both - sft;
  const doubled = await lossWith('0.5*sft + 2*robust');
  t.true(Math.abs(doubled - (0.5 * sft + 2 * robust)) < 1e-4, `${doubled}`);
  const usual = await lossWith('sft+robust', {label_smoothing: 0.1});
  t.is(usual, both);
  t.true(Math.abs((await lossWith('sft+robust', {label_smoothing: 0.3})) - both) > 1e-4);
  t.is(compiledOf(events).length, 2);
  await lossWith('sft');
  t.is(compiledOf(events).length, 3);
});

test('a setting that the objective does not read is refused before the step', async (t) => {
  const learner = await openLearner(t, {batchSize: 1});
  const before = await learner.weights();
  await t.throwsAsync(learner.step(await shortPairs(1), {...OPTIONS, settings: {tau: 1}}), {
    instanceOf: TerminalError,
    message: 'objective setting tau: unknown setting; apo_zero has none',
  });
  t.deepEqual(bitsOf(await learner.weights()), bitsOf(before));
});

test('a learner with an objective that is none does not start', async (t) => {
  const options = {objective: 'dpo+', batchSize: 1, maxGradNorm: 1, maxTokens: 64};
  await t.throwsAsync(createLearner(await goldenModel(), await openOnnx(), options), {
    instanceOf: TerminalError,
    message: /^"dpo\+" is not an objective/,
  });
});

test('the old objective’s programs are released when their last step has ended, not before', async (t) => {
  const executor = await openOnnx();
  const events: string[] = [];
  const [released, compiled] = [gate(), gate()];
  const held: Executor = {
    name: executor.name,
    createState: (tensors) => executor.createState(tensors),
    compile: (fn, state) => executor.compile(fn, state),
    async compileSized(fn, state, options) {
      const program = await compileSized(executor, fn, state, options);
      if (fn.name.includes('dpo')) compiled.open();
      return {
        isSteady: program.isSteady,
        async run(sizes, inputs) {
          await released.opened;
          const outputs = await program.run(sizes, inputs);
          events.push(`ran ${fn.name}`);
          return outputs;
        },
        dispose() {
          events.push(`released ${fn.name}`);
          return program.dispose();
        },
      };
    },
  };
  const options = {objective: 'apo_zero', batchSize: 1, maxGradNorm: 1, maxTokens: 64} as const;
  const learner = await createLearner(await goldenModel(), held, options);
  t.teardown(() => learner.dispose());
  const stepping = learner.step(await shortPairs(1), OPTIONS);
  const switching = learner.setObjective('dpo');
  await compiled.opened;
  await setImmediate();
  released.open();
  await Promise.all([stepping, switching]);
  t.deepEqual(events, ['ran accumulate apo_zero', 'released accumulate apo_zero']);
});

test('one program serves batches of any lengths: β, rate and the objective’s weights and settings are inputs', async (t) => {
  const events: string[] = [];
  const options = {objective: 'apo_zero+0.1*sft', batchSize: 3, maxGradNorm: 1, maxTokens: 64} as const;
  const learner = await createLearner(await goldenModel(), noting(await openOnnx(), events), options);
  t.teardown(() => learner.dispose());
  const pairs = await shortPairs(3);
  await learner.step(pairs, OPTIONS);
  await learner.step(pairs.slice(1), {beta: 0.5, learningRate: 1e-5});
  await learner.setObjective('2*apo_zero+sft');
  await learner.step(pairs, OPTIONS);
  t.deepEqual(compiledOf(events), ['accumulate apo_zero+0.1*sft', 'apply']);
  await learner.setObjective('robust');
  t.deepEqual(compiledOf(events).slice(2), ['accumulate robust']);
  await learner.step(pairs.slice(2), {...OPTIONS, settings: {label_smoothing: 0.2}});
  t.is(compiledOf(events).length, 3);
});

/** The metrics and the optimizer's state of two steps. */
async function twoSteps(t: ExecutionContext, options: Partial<LearnerOptions>) {
  const learner = await openLearner(t, {batchSize: 5, ...options});
  // Off what the policy says: else a reward is 0 but for rounding, whose sign is by chance.
  const pairs = (await shortPairs(5)).map((pair, index) => ({
    ...pair,
    referenceChosenLogps: pair.referenceChosenLogps - 0.5 * (index - 1.7),
    referenceRejectedLogps: pair.referenceRejectedLogps + 0.4 * (index - 2.2),
  }));
  const metrics = [await learner.step(pairs, OPTIONS), await learner.step(pairs, OPTIONS)];
  return {metrics, squares: await learner.optimizerState()};
}

for (const objective of 'apo_zero sft kto_pair aot aot_unpaired dpo+0.1*sft orpo cpo'.split(' ')) {
  test(`${objective}: a step in several runs is the step of one`, (t) =>
    sameSteps(t, objective, {microBatchSize: 2}));
}

test('a learner that may keep nothing takes the same steps, a pair at a time and its layers twice', (t) =>
  sameSteps(t, 'apo_zero', {keptBytes: 1}));

async function sameSteps(
  t: ExecutionContext,
  objective: string,
  limit: Partial<LearnerOptions>,
): Promise<void> {
  const whole = await twoSteps(t, {objective});
  const parts = await twoSteps(t, {objective, ...limit});
  for (const [step, row] of whole.metrics.entries()) {
    for (const [name, value] of Object.entries(row)) {
      const other = parts.metrics[step]?.[name as keyof StepMetrics] ?? Number.NaN;
      near(t, `${name} of step ${step}`, other, value, 2e-4 * Math.max(0.1, Math.abs(value)));
    }
  }
  // The squares of two steps' gradients: of the second step's weights too.
  for (const [name, {data}] of whole.squares) {
    const other = parts.squares.get(name)?.data ?? new Float32Array();
    const largest = Math.max(...data);
    const worst = Math.max(...Array.from(data, (value, i) => Math.abs(value - (other[i] ?? Number.NaN))));
    t.true(worst <= 1e-3 * largest, `${name}: ${worst} of ${largest}`);
  }
}

test('a batch that is not full trains as a full one of that many pairs', async (t) => {
  const pairs = await shortPairs(3);
  const [filled, full] = [await openLearner(t, {batchSize: 8}), await openLearner(t, {batchSize: 3})];
  for (let step = 0; step < 2; step++) {
    const [a, b] = [await filled.step(pairs, OPTIONS), await full.step(pairs, OPTIONS)];
    for (const [name, value] of Object.entries(b)) {
      near(t, name, a[name as keyof StepMetrics], value, 1e-4 * Math.max(1, Math.abs(value)));
    }
  }
});

for (const backend of presentExecutors()) {
  test(`the same pairs in the same order give the same weights, bit for bit, on two threads of ${backend}`, async (t) => {
    const pairs = await shortPairs(4);
    const run = async (): Promise<ReadonlyMap<string, HostTensor>> => {
      const options = {objective: 'apo_zero', batchSize: 4, maxGradNorm: 1, maxTokens: 192};
      const learner = await createLearner(await goldenModel(), await openOn(backend, 2), options);
      t.teardown(() => learner.dispose());
      for (let step = 0; step < 3; step++) await learner.step(pairs, OPTIONS);
      return learner.weights();
    };
    t.deepEqual(await run(), await run());
  });
}

test('restored weights and optimizer state go on exactly where they were', async (t) => {
  const pairs = await shortPairs(4);
  const first = await openLearner(t, {batchSize: 4});
  for (let step = 0; step < 2; step++) await first.step(pairs, OPTIONS);
  const [weights, optimizerState] = [await first.weights(), await first.optimizerState()];
  t.deepEqual(
    [...optimizerState.keys()],
    [...weights.keys()].map((name) => `optimizer.square_avg.${name}`),
  );
  const second = await openLearner(t, {batchSize: 4});
  await second.step(pairs.slice(0, 2), OPTIONS);
  second.restore(weights, optimizerState, 2);
  t.deepEqual(await second.step(pairs, OPTIONS), await first.step(pairs, OPTIONS));
  t.deepEqual(bitsOf(await second.weights()), bitsOf(await first.weights()));
});

test('tensors of another model are refused, by name, before anything is written', async (t) => {
  const learner = await openLearner(t);
  const [weights, optimizerState] = [await learner.weights(), await learner.optimizerState()];
  const one: HostTensor = {shape: [1], dtype: 'float32', data: Float32Array.of(7)};
  const refused = (given: ReadonlyMap<string, HostTensor>, message: RegExp): void => {
    t.throws(() => learner.restore(given, optimizerState, 2), {instanceOf: TerminalError, message});
  };
  refused(
    new Map([...weights].filter(([name]) => name !== 'model.norm.weight')),
    /lacks model\.norm\.weight/,
  );
  refused(
    new Map([...weights, ['model.norm.weight', one]]),
    /model\.norm\.weight is \[1\], the model's \[64\]/,
  );
  refused(new Map([...weights, ['lm_head.weight', one]]), /lm_head\.weight is not in the model/);
  t.deepEqual(bitsOf(await learner.weights()), bitsOf(weights));
});

test('the optimizer sees clipped gradients and the metric the norm before', async (t) => {
  const learner = await openLearner(t, {batchSize: 2, maxGradNorm: 0.01});
  const {grad_norm} = await learner.step(await shortPairs(2), OPTIONS);
  t.true(grad_norm > 0.1, `${grad_norm}`);
  // v = .01 g² after one step.
  let squares = 0;
  for (const {data} of (await learner.optimizerState()).values()) {
    for (const value of data) squares += value / 0.01;
  }
  near(t, 'norm after clipping', Math.sqrt(squares), 0.01, 1e-5);
});

test('the KL reported grows while apo_down takes all answers down', async (t) => {
  const [learner, pairs] = [await openLearner(t, {batchSize: 1, objective: 'apo_down'}), await shortPairs(1)];
  const kls: number[] = [];
  for (let step = 0; step < 3; step++) kls.push((await learner.step(pairs, OPTIONS)).kl);
  t.true(Math.abs(kls[0] ?? 1) < 1e-6 && Number(kls[2]) > Number(kls[1]) && Number(kls[1]) > 0, `${kls}`);
});

test('a checkpoint restored after training diverged goes on, in several runs too', async (t) => {
  const pairs = await shortPairs(4);
  const options = {batchSize: 4, microBatchSize: 2};
  const [diverged, whole] = [await openLearner(t, options), await openLearner(t, options)];
  const [weights, optimizerState] = [await diverged.weights(), await diverged.optimizerState()];
  await diverged.step(pairs, {beta: BETA, learningRate: 1e30});
  await t.throwsAsync(diverged.step(pairs, OPTIONS), {message: /^training diverged/});
  diverged.restore(weights, optimizerState, 0);
  t.deepEqual(await diverged.step(pairs, OPTIONS), await whole.step(pairs, OPTIONS));
});

for (const [from, to] of [
  ['apo_zero', 'dpo'],
  ['aot', 'kto_pair'],
  ['apo_zero', 'kto_pair'],
  ['kto_pair', 'apo_zero'],
] as const) {
  test(`from ${from} to ${to} nothing but a batch's slopes is left to compile where batches have several runs`, async (t) => {
    const events: string[] = [];
    const options = {objective: from, batchSize: 4, microBatchSize: 2, maxGradNorm: 1, maxTokens: 64};
    const learner = await createLearner(await goldenModel(), noting(await openOnnx(), events), options);
    t.teardown(() => learner.dispose());
    const pairs = await shortPairs(4);
    await learner.step(pairs, OPTIONS);
    await learner.setObjective(to);
    t.true(events.some((event) => event.startsWith('released')));
    const before = events.length;
    await learner.step(pairs, OPTIONS);
    t.deepEqual(events.slice(before), to === 'kto_pair' ? ['compiled slopes of kto_pair'] : []);
  });
}

test('an objective that cannot be compiled leaves the old one in use and nothing of its own', async (t) => {
  const events: string[] = [];
  const fails = (name: string) => name === 'forward';
  const options = {objective: 'apo_zero', batchSize: 2, microBatchSize: 1, maxGradNorm: 1, maxTokens: 64};
  const learner = await createLearner(await goldenModel(), noting(await openOnnx(), events, fails), options);
  t.teardown(() => learner.dispose());
  const pairs = await shortPairs(2);
  await learner.step(pairs, OPTIONS);
  const before = events.length;
  await t.throwsAsync(learner.setObjective('kto_pair'), {message: /^no memory for forward/});
  t.deepEqual(events.slice(before), [
    'compiled accumulate slopes',
    'compiled forward',
    'released accumulate slopes',
  ]);
  t.is(objectiveOf(await learner.step(pairs.slice(0, 1), OPTIONS)), 'apo_zero');
});

test('training that diverges ends with one line that says what to do', async (t) => {
  const learner = await openLearner(t, {batchSize: 1});
  const pairs = await shortPairs(1);
  await learner.step(pairs, {beta: BETA, learningRate: 1e30});
  await t.throwsAsync(learner.step(pairs, OPTIONS), {
    instanceOf: TerminalError,
    message: /^training diverged: loss .*; lower the learning rate and go on from the last checkpoint$/,
  });
});
