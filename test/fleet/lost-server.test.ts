/** One run that is drained half way, whose private server's store is then deleted, and that goes on from its folder. */
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import type {LogName} from '../../runtime/bus/channels/subjects.js';
import {setObjective} from '../../runtime/fleet/control/run-objective.js';
import {recordedLogs} from '../../runtime/metrics/record-run.js';
import {
  batchSizes,
  type FleetFolder,
  type Line,
  openFleetFolder,
  overrides,
  RUN,
  stepOf,
  stepRows,
  untilStep,
} from '../helpers/fleet-folder.js';
import type {Ended} from '../helpers/process.js';

const STEPS = 8;
const sets = [
  `training.steps=${STEPS}`,
  'training.warmupSteps=2',
  'training.checkpointEverySteps=1',
  'training.keep={last: 1, best: 1}',
  'prompts.count=1000',
  'maxOutstandingPrompts=40',
  'evaluation.count=20',
  // Slow enough for the drain to come before the end.
  'endpoints.teacher.latencyMs=100',
  'actors.reviser.concurrency=1',
];

type Lines = (log: LogName) => readonly Line[];
/** As they are now, whatever is written later. */
const linesNow = (): Lines => {
  const lines = new Map<LogName, readonly Line[]>(recordedLogs.map((log) => [log, folder.lines(log)]));
  return (log) => lines.get(log) ?? [];
};

let folder: FleetFolder;
let drained: Ended;
let refused: Ended;
let resumed: Ended;
let before: Lines;
let afterRefusal: Lines;
let after: Lines;
let drainedStep: number;

test.before(async () => {
  folder = openFleetFolder();
  const up = await folder.up(sets);
  const bus = await folder.bus(up);
  await untilStep(bus, 2);
  await setObjective(bus, {beta: 0.5}, {timeoutMs: 60_000});
  await untilStep(bus, (await stepOf(bus)) + 1);
  up.interrupt();
  drained = await up.ended;
  before = linesNow();
  drainedStep = Number(before('checkpoints').at(-1)?.step);

  rmSync(join(folder.runFolder, 'nats'), {recursive: true});
  refused = await (await folder.up(sets)).ended;
  afterRefusal = linesNow();
  const options = ['--run', RUN, '--from-folder', ...overrides(sets)];
  resumed = await (await folder.anchorage(['up', ...options])).ended;
  after = linesNow();
});
test.after.always(() => folder?.remove());

test.serial('A server that has lost the run is refused by a line that names the way on', (t) => {
  t.is(drained.code, 0, drained.stderr);
  t.true(drainedStep >= 2 && drainedStep < STEPS, `step ${drainedStep}`);
  t.is(refused.code, 1);
  t.regex(
    refused.stderr,
    /^\S+\.jsonl: holds \w+ up to \d+, and the NATS server has lost run run, [^\n]+ by --from-folder\n$/,
  );
  for (const log of recordedLogs) t.deepEqual(afterRefusal(log), before(log), log);
});

test.serial('From its folder it goes on to its end, with every line that it had', (t) => {
  t.is(resumed.stderr, '');
  t.is(resumed.code, 0);
  for (const log of recordedLogs) {
    t.deepEqual(after(log).slice(0, before(log).length), before(log), log);
    t.deepEqual(
      after(log).map(({sequence}) => sequence),
      after(log).map((_, index) => index + 1),
      log,
    );
  }
  t.like(after('checkpoints').at(-1), {step: STEPS, final: true, pair_sequence: 16 * STEPS});
});

test.serial(
  'Every step is taken once, and so each pair is trained on once, those of before among them',
  (t) => {
    const rows = stepRows(folder);
    t.deepEqual(
      rows.map(({step}) => step),
      Array.from({length: STEPS}, (_, index) => index + 1),
    );
    t.deepEqual(batchSizes(rows), Array(STEPS).fill(16));
  },
);

test.serial('No prompt is a pair or a rejection twice, and none that went out before is left out', (t) => {
  const idsOf = (lines: Lines) =>
    [...lines('pairs'), ...lines('rejections')].map(({prompt_id}) => Number(prompt_id));
  const ids = new Set(idsOf(after));
  t.is(ids.size, idsOf(after).length);
  for (let id = 0; id <= Math.max(...idsOf(before)); id++) t.true(ids.has(id), `prompt ${id}`);
});

test.serial('The objective that was set stays in force', (t) => {
  t.deepEqual(after('controls'), before('controls'));
  t.deepEqual(
    stepRows(folder)
      .slice(drainedStep)
      .map(({revision}) => revision),
    Array(STEPS - drainedStep).fill(2),
  );
});

test.serial('Every policy is scored once, those that were scored before not again', (t) => {
  const versions = (log: 'scores' | 'checkpoints') =>
    [...new Set(after(log).map(({policy_version}) => Number(policy_version)))].sort(
      (one, other) => one - other,
    );
  t.deepEqual(versions('scores'), versions('checkpoints'));
  t.is(after('scores').length, versions('scores').length);
});
