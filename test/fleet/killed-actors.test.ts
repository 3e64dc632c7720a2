/** One run whose actors are killed one after another, as the kernel kills them when memory is short. */
import test from 'ava';
import {actorsOf} from '../helpers/actors-of.js';
import {
  type FleetFolder,
  fullBatches,
  kill,
  openFleetFolder,
  stepRows,
  until,
} from '../helpers/fleet-folder.js';
import type {Ended} from '../helpers/process.js';

const PROMPTS = 240;
const HOLD_OUT = 16;
const sets = [
  `prompts.count=${PROMPTS}`,
  'training.steps=14',
  'training.warmupSteps=2',
  'training.checkpointEverySteps=4',
  `evaluation={suite: heldout, holdOut: ${HOLD_OUT}}`,
  'endpoints.teacher.latencyMs=100',
  'actors.reviser.concurrency=4',
];
const victims = actorsOf('clair');

let folder: FleetFolder;
let run: Ended;
/** Of each victim: before and after its end. */
const pids: (readonly [before: number, after: number])[] = [];

test.before(async () => {
  folder = openFleetFolder();
  const up = await folder.up(sets);
  const bus = await folder.bus(up);
  await until('a pair is there', async () => (await bus.state('pairs')).lastSequence > 0 || undefined);
  for (const victim of victims) {
    const before = await until(`there is a ${victim}`, async () => folder.pidOf(victim));
    kill(before, 'SIGKILL');
    const after = await until(`there is another ${victim}`, async () => {
      const pid = folder.pidOf(victim);
      return pid === before ? undefined : pid;
    });
    pids.push([before, after]);
  }
  run = await up.ended;
});
test.after.always(() => folder?.remove());

test.serial('An actor that is killed is started again, and a person is told', (t) => {
  t.is(new Set(pids.flat()).size, 2 * victims.length);
  const told = run.stdout.split('\n').filter((line) => line.endsWith('starts again'));
  t.deepEqual(
    told,
    victims.map((victim) => `${victim}-0 ended (ended by SIGKILL) and starts again`),
  );
});

test.serial('The run ends as if nothing had happened', (t) => {
  t.is(run.stderr, '');
  t.is(run.code, 0);
  t.deepEqual(folder.processes(), []);
});

test.serial('Every prompt becomes a pair or a rejection, once, whoever was killed with it in hand', (t) => {
  const ids = [...folder.lines('pairs'), ...folder.lines('held_out'), ...folder.lines('rejections')].map(
    ({prompt_id}) => Number(prompt_id),
  );
  t.deepEqual(
    ids.sort((one, other) => one - other),
    Array.from({length: PROMPTS}, (_, id) => id),
  );
});

test.serial('A pair of a prompt that is held back is never among those that are trained on', (t) => {
  const ids = (log: 'pairs' | 'held_out') => folder.lines(log).map(({prompt_id}) => Number(prompt_id));
  t.true(ids('held_out').length > 0);
  t.true(ids('held_out').every((id) => id < HOLD_OUT));
  t.true(ids('pairs').every((id) => id >= HOLD_OUT));
});

test.serial(
  'Every pair is in the weights, and steps that the killed learner had not saved are taken again',
  (t) => {
    const pairs = folder.lines('pairs').length;
    const steps = fullBatches(pairs).length;
    t.like(folder.lines('checkpoints').at(-1), {final: true, step: steps, pair_sequence: pairs});
    const rows = stepRows(folder);
    t.deepEqual(
      [...new Set(rows.map(({step}) => step))],
      Array.from({length: steps}, (_, index) => index + 1),
    );
    // Whichever row of a step it is: so many pairs are trained on after it.
    t.deepEqual(
      rows.map(({pairs: trained}) => trained),
      rows.map(({step}) => Math.min(16 * step, pairs)),
    );
  },
);

test.serial('Every checkpoint is scored once', (t) => {
  // The one that the evaluator was killed with comes back to it late; the last is published once more, as the run's final one.
  const steps = (log: 'scores' | 'checkpoints') =>
    folder
      .lines(log)
      .map(({step}) => Number(step))
      .sort((one, other) => one - other);
  t.deepEqual(steps('scores'), [...new Set(steps('checkpoints'))]);
});

test.serial('Every checkpoint is scored on the same pairs, whose margin grows from 0', (t) => {
  const scores = folder.lines('scores').toSorted((one, other) => Number(one.step) - Number(other.step));
  const items = folder.lines('held_out').length;
  t.true(scores.every((score) => score.suite === 'heldout' && score.items === items));
  t.like(scores[0], {step: 0, score: 0, margin: 0});
  // The same prompts before and after, of pairs that were held back; nobody grades an answer.
  const heldOut = new Set(folder.lines('held_out').map(({prompt}) => prompt));
  const asked = scores.map(({answers}) => (answers as Record<string, unknown>[]).map(({prompt}) => prompt));
  t.is(asked[0]?.length, Math.min(5, items));
  for (const prompts of asked) t.deepEqual(prompts, asked[0]);
  t.true(asked.flat().every((prompt) => heldOut.has(prompt)));
  t.false(JSON.stringify(scores.map(({answers}) => answers)).includes('"grade"'));
  t.true(Number(scores.at(-1)?.margin) > 0, `margin ${scores.at(-1)?.margin}`);
});
