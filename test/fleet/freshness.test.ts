/** How old what is trained on may be: a fleet in turns, and one that is a version ahead. */
import test, {type ExecutionContext} from 'ava';
import {batchSizes, type FleetFolder, openFleetFolder, stepRows} from '../helpers/fleet-folder.js';

/** Runs the shipped fleet to its end with these overrides. */
const run = async (t: ExecutionContext, sets: readonly string[]): Promise<FleetFolder> => {
  const folder = openFleetFolder();
  t.teardown(() => folder.remove());
  const {code, stderr} = await (await folder.up(['evaluation.count=8', ...sets])).ended;
  t.is(stderr, '');
  t.is(code, 0);
  t.deepEqual(folder.processes(), []);
  return folder;
};

/** A metric of each step's row. */
const valuesOf = (folder: FleetFolder, name: string): number[] =>
  folder
    .lines('metrics')
    .filter((row) => row.actor === 'learner' && row.loss !== undefined)
    .map((row) => Number(row[name]));

const staleOf = (folder: FleetFolder): number =>
  folder.lines('rejections').filter(({reason}) => reason === 'stale').length;

test.serial(
  'In turns, each pair is trained on by the very policy that answered, though prompts are rejected and the last version needs fewer',
  async (t) => {
    const training = '{maxPairs: 72, batchSize: 8, checkpointEverySteps: 2}';
    const folder = await run(t, [
      'maxStaleness=0',
      'prompts={demo: true, count: 400}',
      `training=${training}`,
    ]);
    t.deepEqual(batchSizes(stepRows(folder)), Array<number>(9).fill(8));
    t.deepEqual([...new Set(valuesOf(folder, 'staleness/max'))], [0]);
    t.is(staleOf(folder), 0);
    t.true(folder.lines('rejections').length > 0);
    const versions = folder.lines('pairs').map(({policy_version}) => policy_version);
    // Five policies of two steps, 16 pairs each, and the last of one.
    t.deepEqual(
      versions,
      [0, 1, 2, 3, 4].flatMap((version) => Array<number>(version < 4 ? 16 : 8).fill(version)),
    );
  },
);

test.serial(
  'A version ahead, no pair that is trained on is older than allowed, and no more are made than are trained on or dropped',
  async (t) => {
    const training = '{steps: 12, batchSize: 8, checkpointEverySteps: 2}';
    const folder = await run(t, [
      'maxStaleness=1',
      'prompts={demo: true, count: 1000}',
      `training=${training}`,
    ]);
    t.deepEqual(batchSizes(stepRows(folder)), Array<number>(12).fill(8));
    t.is(folder.lines('pairs').length, 12 * 8 + staleOf(folder));
    t.is(Math.max(...valuesOf(folder, 'staleness/max')), 1);
    const [inFlight, inQueue] = ['in_flight', 'in_queue'].map((part) =>
      valuesOf(folder, `staleness/${part}`),
    );
    for (const [row, staleness] of valuesOf(folder, 'staleness').entries())
      t.is(staleness, (inFlight?.[row] ?? 0) + (inQueue?.[row] ?? 0));
    t.like(folder.json('result.json').staleness, {max: 1});
  },
);
