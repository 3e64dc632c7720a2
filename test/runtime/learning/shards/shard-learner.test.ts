/** Members that train as one: the bits of any membership, a single learner's steps, and steps that fail and are taken again. */
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {createLearner} from '../../../../runtime/learning/learner.js';
import type {StepMetrics} from '../../../../runtime/learning/metrics.js';
import {narrowToBfloat16, widenBfloat16} from '../../../../runtime/tensor/half-precision.js';
import {bitsOf} from '../../../helpers/bits.js';
import {presentExecutors} from '../../../helpers/executors.js';
import {
  alike,
  alone,
  apart,
  batchOf,
  type Case,
  OPTIONS,
  opened,
  openMembers,
  optimizerOf,
  optionsOf,
  shortPairs,
  stepTogether,
  type Tensors,
  together,
  trained,
  trainedBy,
  weightsOf,
  withLora,
} from '../../../helpers/shard-members.js';

for (const objective of ['apo_zero', 'sft', 'kto_pair', 'aot']) {
  test(`${objective}: twelve steps of two members are those of a single learner`, async (t) => {
    const [one, two] = [await alone(t, 12, {objective}), await trained(t, 2, 12, {objective})];
    t.log('weights', apart(two.weights, one.weights), 'optimizer', apart(two.optimizer, one.optimizer));
    for (const [step, row] of one.metrics.entries()) {
      for (const [name, value] of Object.entries(row)) {
        const other = two.metrics[step]?.[name as keyof StepMetrics] ?? Number.NaN;
        const off = Math.abs(other - value) / Math.max(1, Math.abs(value));
        t.true(off <= 1e-5, `${name} of step ${step}: ${other}, ${value} alone`);
      }
    }
    t.true(apart(two.weights, one.weights) <= 1e-5);
  });
}

const cases: Readonly<Record<string, Case>> = {
  apo_zero: {},
  'a sum of objectives of which one mixes pairs': {objective: 'aot+0.1*sft'},
  'the low-rank adapter alone, with dropout': {model: withLora},
  'runs of one pair': {microBatchSize: 1},
  'AdamW with weight decay': {optimizer: 'adamw'},
  SGD: {optimizer: 'sgd'},
};

for (const [what, of] of Object.entries(cases)) {
  test(`any membership gives the same bits: ${what}`, async (t) => {
    for (const parts of [2, 3]) {
      const more = {weightDecay: 0.1};
      const learners = await openMembers(t, parts, {...of, parts});
      const start = [weightsOf(t, learners), await optimizerOf(t, learners)] as const;
      const wanted = bitsOf(await trainedBy(t, learners, 4, more));
      // Their programs took longer to compile than all of this takes to run.
      for (let members = parts - 1; members > 0; members--) {
        const some = learners.slice(0, members);
        for (const learner of some) learner.restore(...start, 0);
        t.deepEqual(bitsOf(await trainedBy(t, some, 4, more)), wanted, `${members} members, ${parts} parts`);
      }
    }
  });
}

for (const backend of presentExecutors()) {
  test(`three members on ${backend} have the bits of one, twice over`, async (t) => {
    const of = {backend, parts: 3, objective: 'apo_zero'};
    const wanted = bitsOf(await trained(t, 1, 2, of));
    for (let run = 0; run < 2; run++) t.deepEqual(bitsOf(await trained(t, 3, 2, of)), wanted);
  });
}

test('a member has the optimizer’s state of its own slices and no other after a step', async (t) => {
  const learners = await openMembers(t, 2, {parts: 3});
  await stepTogether(t, learners, 0);
  t.deepEqual(
    learners.map(({slices}) => slices),
    [[0, 2], [1]],
  );
  const names = [...(await optimizerOf(t, learners)).keys()];
  t.deepEqual(
    names,
    [...weightsOf(t, learners).keys()].map((name) => `optimizer.square_avg.${name}`),
  );
});

test('members come and go between steps by a checkpoint, and the bits are those of one membership', async (t) => {
  const of: Case = {parts: 3, optimizer: 'adamw'};
  const wanted = await trained(t, 1, 4, of);
  let checkpoint: readonly [Tensors, Tensors] | undefined;
  for (const [step, members] of [3, 1, 2, 3].entries()) {
    const learners = await openMembers(t, members, of);
    if (checkpoint !== undefined) for (const learner of learners) learner.restore(...checkpoint, step);
    t.deepEqual(await stepTogether(t, learners, step), wanted.metrics[step]);
    checkpoint = [weightsOf(t, learners), await optimizerOf(t, learners)];
  }
  t.deepEqual(bitsOf(checkpoint), bitsOf([wanted.weights, wanted.optimizer]));
});

test('a single learner’s checkpoint is the members’, and theirs a single learner’s', async (t) => {
  const of: Case = {optimizer: 'adamw'};
  const one = await createLearner(...(await opened(of)), optionsOf(of));
  t.teardown(() => one.dispose());
  await one.step(await batchOf(0), OPTIONS);
  const learners = await openMembers(t, 2, of);
  const [weights, optimizer] = [await one.weights(), await one.optimizerState()];
  for (const learner of learners) learner.restore(weights, optimizer, 1);
  t.deepEqual(bitsOf(await optimizerOf(t, learners)), bitsOf(optimizer));
  t.deepEqual([...(await optimizerOf(t, learners)).keys()], [...optimizer.keys()]);
  await stepTogether(t, learners, 1);
  one.restore(weightsOf(t, learners), await optimizerOf(t, learners), 2);
  t.deepEqual(
    bitsOf([await one.weights(), await one.optimizerState()]),
    bitsOf([weightsOf(t, learners), await optimizerOf(t, learners)]),
  );
});

/** Three steps that nobody failed. */
const unfailed = new Map<string, ReturnType<typeof trained>>();
const unfailedOf = (t: ExecutionContext, of: Case & {readonly objective: string}) => {
  const there = unfailed.get(of.objective) ?? trained(t, 2, 3, of);
  unfailed.set(of.objective, there);
  return there;
};

const kinds = ['measured', 'logps', 'gradient', 'squares', 'weights'] as const;
for (const kind of kinds) {
  test(`a step in which ${kind} are lost leaves both members as they were, and taken again has the same bits`, async (t) => {
    const of = {objective: kind === 'logps' ? 'aot' : 'apo_zero', optimizer: 'adamw'} as const;
    const wanted = await unfailedOf(t, of);
    const learners = await openMembers(t, 2, of);
    await stepTogether(t, learners, 0);
    const [weights, optimizer] = [weightsOf(t, learners), await optimizerOf(t, learners)];
    const pairs = await batchOf(1);
    const failed = await together(
      learners,
      (learner, exchange) =>
        learner.step(pairs, OPTIONS, exchange).then(
          () => 'taken',
          (error: unknown) => String(error),
        ),
      {loses: ({tag}) => tag.includes(kind)},
    );
    for (const message of failed) t.regex(message, new RegExp(`^Error: member . left before 1\\.${kind}`));
    t.deepEqual(
      learners.map(({stepsDone}) => stepsDone),
      [1, 1],
    );
    t.deepEqual(
      bitsOf([weightsOf(t, learners), await optimizerOf(t, learners)]),
      bitsOf([weights, optimizer]),
    );
    for (const step of [1, 2]) t.deepEqual(await stepTogether(t, learners, step), wanted.metrics[step]);
    t.deepEqual(bitsOf(weightsOf(t, learners)), bitsOf(wanted.weights));
    t.deepEqual(bitsOf(await optimizerOf(t, learners)), bitsOf(wanted.optimizer));
  });
}

test('one member takes a failed step again without the other, from what was restored', async (t) => {
  const wanted = await trained(t, 1, 2);
  const first = await trained(t, 2, 1);
  const learners = await openMembers(t, 2);
  for (const learner of learners) learner.restore(first.weights, first.optimizer, 1);
  const pairs = await batchOf(1);
  const [left] = learners;
  await t.throwsAsync(
    together(learners, (learner, exchange) => learner.step(pairs, OPTIONS, exchange), {loses: () => true}),
  );
  const [metrics] = await together(left === undefined ? [] : [left], (learner, exchange) =>
    learner.step(pairs, OPTIONS, exchange),
  );
  t.deepEqual(metrics, wanted.metrics[1]);
  t.deepEqual(bitsOf(left?.weights()), bitsOf(wanted.weights));
});

test('a member that would own a slice whose optimizer state is elsewhere says so before it sends anything', async (t) => {
  const [first] = await (async () => {
    const learners = await openMembers(t, 2);
    await stepTogether(t, learners, 0);
    return learners;
  })();
  if (first === undefined) throw new Error('there is no member');
  const pairs = await batchOf(1);
  await t.throwsAsync(
    together([first], (learner, exchange) => learner.step(pairs, OPTIONS, exchange)),
    {
      message: /slice 1 is with another member: restore all of it first$/,
    },
  );
  t.is(first.stepsDone, 1);
});

test('every slice of a part’s gradient goes to its owner alone, and each new slice of weights to the others', async (t) => {
  const learners = await openMembers(t, 3, {parts: 3});
  const counts = new Map<string, number>();
  const pairs = await batchOf(0);
  let values = 0;
  await together(learners, (learner, exchange) => learner.step(pairs, OPTIONS, exchange), {
    onSent({from, to, tag}, {length}) {
      const [, kind = '', ...at] = tag.split('.');
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      if (kind === 'gradient') {
        t.deepEqual([from, to].map(String), at);
        values += length;
      }
    },
  });
  t.deepEqual(Object.fromEntries(counts), {measured: 6, gradient: 6, squares: 6, weights: 6});
  const all = [...weightsOf(t, learners).values()].reduce((sum, {data}) => sum + data.length, 0);
  t.is(values, 2 * all);
});

test('members with an adapter exchange nothing of the weights below it', async (t) => {
  const learners = await openMembers(t, 2, {model: withLora});
  const adapter = [...weightsOf(t, learners).values()].reduce((sum, {data}) => sum + data.length, 0);
  let sent = 0;
  const pairs = await batchOf(0);
  await together(learners, (learner, exchange) => learner.step(pairs, OPTIONS, exchange), {
    onSent: ({tag}, {length}) => {
      if (/gradient|weights/.test(tag)) sent += length;
    },
  });
  t.is(sent, 2 * adapter);
});

test('where values are rounded on their way, members send what a step adds, and add it as it came', async (t) => {
  const asSent = (values: Float32Array): Float32Array => {
    const [halves, wide] = [new Uint16Array(values.length), new Float32Array(values.length)];
    narrowToBfloat16(values, halves);
    widenBfloat16(halves, wide);
    return wide;
  };
  const sgd = {optimizer: 'sgd'} as const;
  const [plain, rounding] = [await openMembers(t, 2, sgd), await openMembers(t, 2, sgd)];
  const pairs = await batchOf(0);
  const start = weightsOf(t, plain);
  const kinds = new Set<string>();
  await together(plain, (learner, exchange) => learner.step(pairs, OPTIONS, exchange));
  await together(rounding, (learner, exchange) => learner.step(pairs, OPTIONS, {...exchange, asSent}), {
    onSent({tag}, values) {
      const [, kind = ''] = tag.split('.');
      kinds.add(kind);
      if (kind === 'updates') t.deepEqual(bitsOf(asSent(values)), bitsOf(values));
    },
  });
  t.true(kinds.has('updates') && !kinds.has('weights'), [...kinds].join());
  const [wanted, got] = [weightsOf(t, plain), weightsOf(t, rounding)];
  // Gradients and updates are off by 2⁻⁹ of themselves at most.
  const moved = apart(wanted, start);
  const off = apart(got, wanted);
  t.true(off > 0 && off <= 0.01 * moved, `${off} of ${moved}`);
});

test('a batch of fewer pairs than parts trains, and more members than parts do nothing worse than wait', async (t) => {
  const pairs = (await shortPairs()).slice(0, 2);
  const run = async (members: number) => {
    const learners = await openMembers(t, members, {parts: 3});
    const metrics = alike(
      t,
      await together(learners, (learner, exchange) => learner.step(pairs, OPTIONS, exchange)),
    );
    return bitsOf([metrics, weightsOf(t, learners)]);
  };
  const wanted = await run(1);
  t.deepEqual(await run(3), wanted);
  t.deepEqual(await run(4), wanted);
});

test('a new objective takes effect at the next step on every member', async (t) => {
  const learners = await openMembers(t, 2);
  await stepTogether(t, learners, 0);
  for (const learner of learners) await learner.setObjective('kto_pair');
  const metrics = await stepTogether(t, learners, 1);
  const one = await createLearner(...(await opened({})), optionsOf({}));
  t.teardown(() => one.dispose());
  await one.step(await batchOf(0), OPTIONS);
  await one.setObjective('kto_pair');
  const {loss} = await one.step(await batchOf(1), OPTIONS);
  t.true(Math.abs(metrics.loss - loss) <= 1e-5, `${metrics.loss}, ${loss} alone`);
});

test('training that diverges ends in the same line on every member, and the weights stay', async (t) => {
  const learners = await openMembers(t, 2);
  const pairs = await batchOf(0);
  await stepTogether(t, learners, 0, {learningRate: 1e30});
  const before = weightsOf(t, learners);
  await together(learners, (learner, exchange) =>
    t.throwsAsync(learner.step(pairs, OPTIONS, exchange), {
      instanceOf: TerminalError,
      message: /^training diverged: loss .*; lower the learning rate and go on from the last checkpoint$/,
    }),
  );
  t.deepEqual(bitsOf(weightsOf(t, learners)), bitsOf(before));
});

test('a checkpoint of another model is refused by name and changes nothing', async (t) => {
  const learners = await openMembers(t, 2);
  const [weights, optimizer] = [weightsOf(t, learners), await optimizerOf(t, learners)];
  const lacking = new Map([...optimizer].slice(1));
  for (const learner of learners) {
    t.throws(() => learner.restore(weights, lacking, 3), {
      instanceOf: TerminalError,
      message: /lacks optimizer\./,
    });
    t.is(learner.stepsDone, 0);
  }
});
