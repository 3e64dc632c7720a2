import {join} from 'node:path';
import test from 'ava';
import {planOf} from '../../../runtime/command/plan.js';
import {readFleet} from '../../../runtime/fleet/load.js';
import {packageRoot} from '../../../runtime/paths.js';

const planWith = async (...sets: string[]): Promise<string> =>
  planOf(
    await readFleet(join(packageRoot, 'runtime/fleet/demo.yaml'), ['training.warmupSteps=0', ...sets]),
  ).join('\n');

test('A dry run says how many calls the steps take, those for held-out pairs among them', async (t) => {
  t.regex(await planWith('training.steps=10'), /; about 160 calls, .*, at most 6000$/m);
  const heldOut = 'evaluation={suite: heldout, holdOut: 8}';
  t.regex(await planWith('training.steps=10', 'training.epochs=2', heldOut), /; about 88 calls, /);
  t.regex(await planWith('training.steps=10', 'training.maxPairs=150'), /; about 150 calls, /);
});

test('A dry run says what a new adapter is', async (t) => {
  t.regex(await planWith('training.lora.rank=8'), /^lora {7}rank 8, alpha 16, on all linear layers$/m);
  t.false((await planWith()).includes('lora'));
});
