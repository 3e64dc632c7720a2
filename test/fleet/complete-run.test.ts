/** `anchorage up` on a small version of the shipped fleet, from its start to its end. */

import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {loadCheckpoint} from '../../runtime/model/files/model-checkpoint.js';
import {tensorflowIsPresent} from '../helpers/executors.js';
import {batchSizes, type FleetFolder, openFleetFolder, stepRows} from '../helpers/fleet-folder.js';
import type {Ended} from '../helpers/process.js';

const STEPS = 24;
const sets = [
  `training.steps=${STEPS}`,
  'training.warmupSteps=4',
  'training.checkpointEverySteps=12',
  'prompts.count=2000',
  // Few on their way, so that a tenth of a run that is this short is more than what is ahead of the learner.
  'maxOutstandingPrompts=32',
  'actors.sampler.batchSize=16',
  'evaluation.count=150',
];

let folder: FleetFolder;
let ended: Ended;
let left: readonly number[];
test.before(async () => {
  folder = openFleetFolder();
  // On the backend that `auto` takes.
  ended = await (await folder.up(['backend=auto', ...sets])).ended;
  left = folder.processes();
});
test.after.always(() => folder?.remove());

test.serial('The command ends with code 0, without a complaint, and with the report', (t) => {
  t.is(ended.stderr, '');
  t.is(ended.code, 0);
  t.regex(ended.stdout, /\nRun run: score 0\.\d{3} → 0\.\d{3} in \d/);
  t.true(ended.stdout.endsWith(`report: ${join(folder.runFolder, 'report.html')}\n`));
});

test.serial(
  'result.json says how much better the policy became, in how long, on what and with how much',
  (t) => {
    const result = folder.json('result.json');
    const backend = tensorflowIsPresent ? 'tensorflow' : 'onnx';
    t.like(result, {complete: true, objective: 'apo_zero', steps: STEPS, items: 150, backend});
    const {base_score: base, final_score: final, best_score: best, seconds, pairs} = result;
    // 300 held-out prompts are solved to .21 by the shipped policy; the first 150 of them to about as much.
    t.true(Number(base) > 0.1 && Number(base) < 0.32, `base ${base}`);
    t.true(Number(final) >= Number(base) + 0.25, `final ${final}`);
    t.true(Number(best) >= Number(final));
    t.true(Number(seconds) > 1 && Number(seconds) < 600, `${seconds} seconds`);
    t.is(pairs, folder.lines('pairs').length);
    t.is(result.pairs_trained, STEPS * 16);
    t.true(Number(pairs) >= STEPS * 16);
  },
);

test.serial('Every step is on the metrics once and took a full batch', (t) => {
  const rows = stepRows(folder);
  t.deepEqual(
    rows.map(({step}) => step),
    Array.from({length: STEPS}, (_, index) => index + 1),
  );
  t.deepEqual(batchSizes(rows), Array(STEPS).fill(16));
});

test.serial('The first step is taken before the tenth part of the prompts is sampled', (t) => {
  const {first_step_after_prompts: first, prompts} = folder.json('result.json');
  t.true(Number(first) >= 16, `${first} prompts`);
  t.true(Number(first) < Number(prompts) / 10, `${first} of ${prompts} prompts`);
});

test.serial('Every checkpoint is scored, and the first is the policy before training', (t) => {
  const scores = folder.lines('scores').map(({step, weights_sha256}) => [step, weights_sha256]);
  const checkpoints = folder.lines('checkpoints').map(({step, weights_sha256}) => [step, weights_sha256]);
  t.deepEqual(
    checkpoints.map(([step]) => step),
    [0, 12, 24],
  );
  t.deepEqual(scores, checkpoints);
});

test.serial('The last checkpoint is a plain Hugging Face folder and loads', async (t) => {
  const last = folder.lines('checkpoints').at(-1);
  t.is(last?.final, true);
  const path = join(folder.runFolder, String(last?.folder));
  t.deepEqual(readdirSync(path).sort(), [
    'config.json',
    'generation_config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ]);
  const {weights} = await loadCheckpoint(path, String(last?.weights_sha256));
  t.is(weights.get('model.layers.0.self_attn.q_proj.weight')?.dtype, 'float32');
});

test.serial('No process is left', (t) => {
  t.deepEqual(left, []);
});
