/**
 * One run whose prompts run out. While it goes on its evaluator is stopped for a while, its objective is changed from
 * another terminal, and a third watches.
 */
import test from 'ava';
import {
  batchSizes,
  type FleetFolder,
  fullBatches,
  kill,
  type Line,
  openFleetFolder,
  RUN,
  stepOf,
  stepRows,
  until,
  untilStep,
} from '../helpers/fleet-folder.js';
import type {Ended} from '../helpers/process.js';

const PROMPTS = 320;
const sets = [
  `prompts.count=${PROMPTS}`,
  // As many as there can be: the prompts run out first, because some are rejected.
  'training.steps=20',
  'training.warmupSteps=2',
  'training.checkpointEverySteps=3',
  'evaluation.count=40',
  // Slow enough for three commands to start while the run goes on.
  'endpoints.teacher.latencyMs=100',
  'actors.reviser.concurrency=4',
];

let folder: FleetFolder;
let run: Ended;
let watch: Ended;
let change: Ended;
/** Steps taken when the change was asked for and when it was made. */
let asked: number;
let changed: number;
/** While the evaluator stood still. */
let stopped: {readonly step: number; readonly scores: number};
let standing: {readonly step: number; readonly scores: number; readonly checkpoints: number};

test.before(async () => {
  folder = openFleetFolder();
  const up = await folder.up(sets);
  const bus = await folder.bus(up);
  const watching = await folder.anchorage(['watch', 'loss', '--json', '--run', RUN]);
  await until('the first policy is scored', async () => (await bus.last('scores')) && true);
  const evaluator = await until('there is an evaluator', async () => folder.pidOf('evaluator'));
  kill(evaluator, 'SIGSTOP');
  const counts = async () => ({
    step: await stepOf(bus),
    scores: (await bus.state('scores')).lastSequence,
    checkpoints: (await bus.state('checkpoints')).lastSequence,
  });
  stopped = await counts();

  await untilStep(bus, 2);
  await until('the watcher shows a row', async () => watching.said() !== '' || undefined);
  asked = await stepOf(bus);
  change = await (await folder.anchorage(['objective', 'set', 'apo_down', '--beta', '0.5', '--run', RUN]))
    .ended;
  changed = await stepOf(bus);

  standing = await until('steps and checkpoints come while the evaluator stands still', async () => {
    const now = await counts();
    return now.step >= stopped.step + 4 && now.checkpoints > now.scores + 1 ? now : undefined;
  });
  kill(evaluator, 'SIGCONT');
  run = await up.ended;
  watch = await watching.ended;
});
test.after.always(() => folder?.remove());

const idsIn = (lines: readonly Line[]): number[] =>
  lines.map(({prompt_id}) => Number(prompt_id)).sort((one, other) => one - other);

test.serial('A run whose prompts run out before its steps ends with code 0', (t) => {
  t.is(run.stderr, '');
  t.is(run.code, 0);
  t.true(Number(folder.json('result.json').steps) < 20);
  t.like(folder.lines('checkpoints').at(-1), {final: true, step: folder.json('result.json').steps});
  t.deepEqual(folder.processes(), []);
});

test.serial('Every prompt becomes a pair or a rejection, once', (t) => {
  const pairs = idsIn(folder.lines('pairs'));
  const rejections = idsIn(folder.lines('rejections'));
  t.true(pairs.length > 100 && rejections.length > 10, `${pairs.length} and ${rejections.length}`);
  t.deepEqual(
    [...pairs, ...rejections].sort((one, other) => one - other),
    Array.from({length: PROMPTS}, (_, id) => id),
  );
});

test.serial(
  'Every pair is trained on once, over the change of the objective too, in batches of 16 and a last of what is left',
  (t) => {
    const pairs = folder.lines('pairs').length;
    const rows = stepRows(folder);
    t.deepEqual(batchSizes(rows), fullBatches(pairs));
    t.deepEqual(
      rows.map(({step}) => step),
      rows.map((_, index) => index + 1),
    );
    t.is(folder.lines('checkpoints').at(-1)?.pair_sequence, pairs);
    t.like(folder.json('result.json'), {pairs, pairs_trained: pairs});
  },
);

test.serial(
  'A new objective is in force from the next step on, and its revision on every row from there',
  (t) => {
    t.like(change, {code: 0, stderr: ''});
    const [line, told] = change.stdout.split('\n');
    t.is(line, 'apo_down, beta 0.5, learning rate 0.00003 (revision 2)');
    const [, from, others] = /^from step (\d+) on: learner, (.*)$/.exec(told ?? '') ?? [];
    t.deepEqual(others?.split(', ').toSorted(), ['filter-0', 'reviser-0', 'sampler-0']);
    const revisions = stepRows(folder).map(({revision}) => revision);
    const first = revisions.indexOf(2) + 1;
    t.deepEqual(
      revisions,
      revisions.map((_, index) => (index + 1 < first ? 1 : 2)),
    );
    t.is(first, Number(from), 'the step that the command told');
    // A step may have been under way when it was decided on, and still be so: its progress is said when it is over.
    t.true(first > asked && first <= changed + 2, `${asked} < ${first} <= ${changed} + 2`);
    t.like(folder.json('result.json'), {
      objective: 'apo_down',
      objectives: [
        {revision: 1, name: 'apo_zero', from_step: 1},
        {revision: 2, name: 'apo_down', from_step: first},
      ],
    });
    const beta = folder
      .lines('metrics')
      .filter(({loss}) => loss !== undefined)
      .map((row) => row.beta);
    t.deepEqual([...new Set(beta)], [1, 0.5]);
    t.like(folder.lines('checkpoints').at(-1), {objective: 'apo_down', objective_revision: 2});
  },
);

test.serial('anchorage watch shows the change as it happens, and ends with the run', (t) => {
  t.is(watch.code, 0);
  t.is(watch.stderr, '');
  const rows = watch.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as {step: number; objective: string; objectiveRevision: number});
  const from = rows.findIndex(({objective}) => objective === 'apo_down');
  t.true(from >= 1, `row ${from} of ${rows.length}`);
  const first = stepRows(folder).find(({revision}) => revision === 2);
  t.like(rows[from - 1], {step: Number(first?.step) - 1, objective: 'apo_zero', objectiveRevision: 1});
  t.like(rows[from], {step: first?.step, objective: 'apo_down', objectiveRevision: 2});
});

test.serial('Training goes on while the evaluator stands still, and the scores come when it goes on', (t) => {
  t.is(standing.scores, stopped.scores);
  t.true(standing.step >= stopped.step + 4, `step ${stopped.step} to ${standing.step}`);
  // What it had in hand comes back to it late where it stood still for long; a last step that was saved already is published again.
  const steps = (log: 'scores' | 'checkpoints') =>
    folder
      .lines(log)
      .map(({step}) => Number(step))
      .toSorted((one, other) => one - other);
  t.deepEqual(steps('scores'), [...new Set(steps('checkpoints'))]);
  t.true(steps('scores').length > standing.scores);
});
