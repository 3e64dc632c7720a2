/** The three ends of a run that is not told its steps: each comes by itself, with every pair trained on once an epoch; and what is left then. */
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {
  batchSizes,
  type FleetFolder,
  fullBatches,
  openFleetFolder,
  overrides,
  stepRows,
} from '../helpers/fleet-folder.js';

const fleet = (prompts: string, training: string): string[] => [
  `prompts=${prompts}`,
  `training=${training}`,
  'maxOutstandingPrompts=32',
  'evaluation.count=8',
];

/** Runs to the end, and holds every step to a batch of a log of that many pairs, gone through so many times. */
const run = async (
  t: ExecutionContext,
  sets: readonly string[],
  options: readonly string[],
  epochs: number,
): Promise<{readonly folder: FleetFolder; readonly pairs: number}> => {
  const folder = openFleetFolder();
  t.teardown(() => folder.remove());
  const args = ['up', '--run', 'run', ...overrides(sets), ...options];
  const {code, stderr} = await (await folder.anchorage(args)).ended;
  t.is(stderr, '');
  t.is(code, 0);
  t.deepEqual(folder.processes(), []);
  const pairs = folder.lines('pairs').length;
  const rows = stepRows(folder);
  t.deepEqual(batchSizes(rows), Array(epochs).fill(fullBatches(pairs)).flat());
  t.like(folder.lines('checkpoints').at(-1), {final: true, step: rows.length, pair_sequence: pairs});
  // A checkpoint that turned out to be the last is no other version, and is scored once.
  const versionsOf = (log: 'scores' | 'checkpoints') =>
    folder.lines(log).map(({policy_version}) => Number(policy_version));
  t.deepEqual(
    versionsOf('scores').sort((one, other) => one - other),
    [...new Set(versionsOf('checkpoints'))],
  );
  return {folder, pairs};
};

test.serial('Until prompts end: every prompt is a pair or a rejection', async (t) => {
  const {folder, pairs} = await run(t, fleet('{demo: true, count: 70}', '{checkpointEverySteps: 2}'), [], 1);
  t.is(pairs + folder.lines('rejections').length, 70);
  t.true(pairs > 16);
});

test.serial(
  'Until there are so many pairs: exactly as many are made, and no more prompts are sent than it takes',
  async (t) => {
    const sets = fleet('{demo: true, count: 1000}', '{checkpointEverySteps: 2}');
    const {folder, pairs} = await run(t, sets, ['--max-pairs', '40'], 1);
    t.is(pairs, 40);
    t.is(folder.json('result.json').prompts, 40 + folder.lines('rejections').length);
  },
);

test.serial(
  'Several epochs: the log is gone through again in another order, and of checkpoints those that are asked for stay',
  async (t) => {
    const keep = '{last: 1, best: 1, every: 3}';
    // Three steps an epoch.
    const training = `{maxPairs: 40, checkpointEverySteps: 1, keep: ${keep}}`;
    const {folder, pairs} = await run(t, fleet('{demo: true, count: 1000}', training), ['--epochs', '3'], 3);
    t.is(pairs, 40);
    const scores = folder
      .lines('scores')
      .map(({score, policy_version}) => [Number(score), Number(policy_version)]);
    t.is(scores.length, 10);
    const [best] = scores.sort(([a = 0, v = 0], [b = 0, w = 0]) => b - a || v - w);
    const kept = [...new Set([3, 6, 8, 9, best?.[1] ?? 0])].filter((version) => version > 0);
    const names = kept.sort((a, b) => a - b).map((version) => `step-00000${version}`);
    t.deepEqual(readdirSync(join(folder.runFolder, 'checkpoints')).sort(), names);
    t.deepEqual(readdirSync(join(folder.runFolder, 'training')).sort(), [
      'step-000008.json',
      'step-000008.safetensors',
      'step-000009.json',
      'step-000009.safetensors',
    ]);
  },
);
