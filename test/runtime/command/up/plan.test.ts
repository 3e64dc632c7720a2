import {join} from 'node:path';
import test from 'ava';
import {needsOf} from '../../../../runtime/command/up/needs.js';
import {planOf} from '../../../../runtime/command/up/plan.js';
import {checkedFleet, readFleet} from '../../../../runtime/fleet/file/load.js';
import {packageRoot} from '../../../../runtime/paths.js';
import {fleetOf} from '../../../helpers/actor-process.js';

const planWith = async (...sets: string[]): Promise<string> =>
  planOf(
    await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), ['training.warmupSteps=0', ...sets]),
  ).join('\n');

test('A dry run says how many calls the steps take, those for held-out pairs among them', async (t) => {
  t.regex(await planWith('training.steps=10'), /; about 160 calls, .*, at most 6000$/m);
  const heldOut = 'evaluation={suite: heldout, holdOut: 8}';
  t.regex(await planWith('training.steps=10', 'training.epochs=2', heldOut), /; about 88 calls, /);
  t.regex(await planWith('training.steps=10', 'training.maxPairs=150'), /; about 150 calls, /);
  const few = await planWith('training.steps=10', 'prompts.count=160');
  t.regex(few, /; at most 160 calls, one for each prompt$/m);
});

test('A dry run counts the calls of each recipe for its share of the prompts, and of a judge in both orders', async (t) => {
  const judged = async (...sets: string[]) =>
    planOf(
      await readFleet(join(packageRoot, 'deploy/fleets/recipes.yaml'), ['training.warmupSteps=0', ...sets]),
    ).join('\n');
  const plan = await judged('training.steps=10');
  t.regex(plan, /^reviser .* about 80 calls, and 0\.5 more for each rejected prompt, at most 750$/m);
  t.regex(plan, /^answerer .* about 40 calls, and 0\.25 more /m);
  // Four answers meet in six pairs, each in two orders, for a quarter of the prompts.
  t.regex(plan, /^judge .* about 480 calls, and 3 more /m);
  t.regex(await judged('training.steps=10', 'actors.judge.orders=seeded'), /^judge .* about 240 calls, /m);
});

test('A dry run counts what is compared at the last checkpoint, too', async (t) => {
  const plan = planOf(
    await readFleet(join(packageRoot, 'deploy/fleets/anchor.yaml'), ['training.steps=50']),
  ).join('\n');
  // Before training and after steps 20, 40 and 50: 20 comparisons in two orders.
  t.regex(plan, /^judge .*; about 160 calls; 160 of them to compare answers at checkpoints, and one more /m);
});

test('A dry run says what tells the anchor', async (t) => {
  t.regex(
    await planWith('training.steps=10'),
    /^anchor {5}apo_zero, by the recipe; anchor\.comparisons measures/m,
  );
  const scored = checkedFleet('fleet.yaml', {
    ...fleetOf({endpoints: {}, actors: {}}),
    datasets: [{dataset: 'judge_off_policy', by: 'scores'}],
  });
  t.regex(
    planOf(scored).join('\n'),
    /^anchor {5}not told: .* of judge_off_policy compare .*: recorded scores set .*; anchor\.comparisons measures/m,
  );
  const fleet = await readFleet(join(packageRoot, 'deploy/fleets/anchor.yaml'), ['training.steps=50']);
  t.regex(planOf(fleet).join('\n'), /^anchor {5}by 20 chosen answers beside fresh ones at each checkpoint/m);
});

test('A dry run says what a new adapter is', async (t) => {
  t.regex(await planWith('training.lora.rank=8'), /^lora {7}rank 8, alpha 16, on all linear layers$/m);
  t.false((await planWith()).includes('lora'));
});

test('A dry run says what learns, and what memory and disk that takes', async (t) => {
  const read = (...sets: string[]) =>
    readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), [
      'training.warmupSteps=0',
      'training.steps=100',
      ...sets,
    ]);
  const every = (await needsOf(await read())).join('\n');
  t.regex(every, /^trains {5}377K of 377K parameters$/m);
  t.regex(
    every,
    /^memory {5}each learner about \d+ MB; each sampler at most 2\d\d MB, each reference about 2\d\d MB, each evaluator at most 2\d\d MB$/m,
  );
  // 2 layers, keys and values of 2 heads of 32 entries: 1,024 bytes a token, 65,536 a request of 64, and as many for one that is put together.
  t.regex(
    every,
    /^cache {6}each sampler at most \d+ MB of keys and values: 32 requests of \d+ tokens at once$/m,
  );
  t.regex(
    every,
    /^cache {6}each evaluator at most \d+ MB of keys and values: 64 requests of \d+ tokens at once$/m,
  );
  const {evaluation: _, ...unscored} = await read();
  t.false((await needsOf(unscored)).join('\n').includes('evaluator'));
  const bounded = (await needsOf(await read('policy.cacheMemory=1MB'))).join('\n');
  t.regex(
    bounded,
    /^cache {6}each sampler at most 984 kB of keys and values: 14 requests of 64 tokens at once$/m,
  );
  t.regex(every, /^disk {7}2 MB a checkpoint, \d+ of them; about \d+ MB /m);
  // 37,376 parameters learn: five checkpoints and two optimizer states are 1.05 MB; so much again is on the server, and the
  // policy of 1.51 MB.
  const sets = ['training.lora.rank=8', 'training.checkpointEverySteps=20'];
  const diskOf = async (...more: string[]) =>
    (await needsOf(await read(...sets, ...more))).find((line) => line.startsWith('disk'));
  t.regex((await diskOf()) ?? '', /of them; about 4 MB with the copies on the server, one of the policy /);
  t.regex((await diskOf('training.share=folder')) ?? '', /of them; about 2 MB with the optimizer’s state$/);
  const adapter = (await needsOf(await read('training.lora.rank=8', 'training.memory=2GB'))).join('\n');
  t.regex(adapter, /^trains {5}\d\dK of 377K parameters$/m);
  t.regex(adapter, /^memory {5}each learner at most 2\.0 GB: \d+ of the longest pairs at once; /m);
  t.deepEqual(await needsOf(await read('policy.model=nowhere')), []);
});
