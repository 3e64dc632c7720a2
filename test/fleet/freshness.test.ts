/** How old what is trained on may be: fleets in turns, undisturbed and not, and fleets that are a version ahead. */
import test, {type ExecutionContext} from 'ava';
import {filter, firstValueFrom} from 'rxjs';
import type {MetricRow} from '../../proto/messages.js';
import {
  batchSizes,
  type FleetFolder,
  fullBatches,
  kill,
  openFleetFolder,
  stepRows,
  until,
  untilStep,
} from '../helpers/fleet-folder.js';

/** Runs the shipped fleet to its end with these overrides. */
const run = async (t: ExecutionContext, sets: readonly string[]): Promise<FleetFolder> => {
  const folder = openFleetFolder({isScored: false});
  t.teardown(() => folder.remove());
  const {code, stderr} = await (await folder.up(sets)).ended;
  t.is(stderr, '');
  t.is(code, 0);
  t.deepEqual(folder.processes(), []);
  return folder;
};
type Segment = {readonly policy_version: number; readonly token_count: number};

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

test.serial(
  'In turns, prompts that end too soon end the run with what they gave, and a sampler that takes policies up between tokens has nothing to change',
  async (t) => {
    const folder = await run(t, [
      'maxStaleness=0',
      'policy.pickUp=token',
      'actors.sampler.count=2',
      'prompts={demo: true, count: 60}',
      'training={batchSize: 8, checkpointEverySteps: 2}',
    ]);
    const pairs = folder.lines('pairs');
    t.is(pairs.length + folder.lines('rejections').length, 60);
    t.deepEqual(batchSizes(stepRows(folder)), fullBatches(pairs.length, 8));
    t.deepEqual([...new Set(valuesOf(folder, 'staleness/max'))], [0]);
    for (const {policy_version, end_policy_version, segments} of pairs) {
      t.is(end_policy_version, policy_version);
      t.is((segments as Segment[]).length, 1);
    }
  },
);

test.serial(
  'In turns, a learner that is killed and a run that is drained go on in turns: nothing is stale, and no prompt too many is sent',
  async (t) => {
    const sets = [
      'maxStaleness=0',
      'prompts={demo: true, count: 400}',
      'training={maxPairs: 80, batchSize: 8, checkpointEverySteps: 3}',
    ];
    const folder = openFleetFolder({isScored: false});
    t.teardown(() => folder.remove());
    const up = await folder.up(sets);
    const bus = await folder.bus(up);
    // One step into the second version.
    await untilStep(bus, 4);
    const learner = await until('there is a learner', async () => folder.pidOf('learner'));
    kill(learner, 'SIGKILL');
    const killedMs = Date.now();
    // By another learner: the one that was killed may have come this far, and its steps are lost without another.
    const isAnothers = ({actor, step, timeUnixMs}: MetricRow): boolean =>
      actor === 'learner' && (step ?? 0) >= 5 && timeUnixMs > killedMs;
    await firstValueFrom(
      bus.entries('metrics', {sequence: 1}).pipe(filter(({message}) => isAnothers(message))),
    );
    up.interrupt();
    t.is((await up.ended).code, 0);
    t.is((await (await folder.up(sets)).ended).code, 0);

    t.is(folder.lines('pairs').length, 80);
    t.is(staleOf(folder), 0);
    const ended = [...folder.lines('pairs'), ...folder.lines('rejections')];
    t.deepEqual(
      ended.map(({prompt_id}) => Number(prompt_id)).toSorted((a, b) => a - b),
      ended.map((_, index) => index),
    );
    t.deepEqual([...new Set(valuesOf(folder, 'staleness/max'))], [0]);
    t.like(folder.lines('checkpoints').at(-1), {final: true, step: 10, pair_sequence: 80});
    // Of each three steps, the pairs are of the policy of the first or, where the drain left another, of that one.
    const steps = folder.lines('pairs').map(({policy_step}) => Math.floor(Number(policy_step) / 3));
    t.deepEqual(
      steps,
      Array.from({length: 80}, (_, pair) => Math.floor(pair / 24)),
    );
  },
);
