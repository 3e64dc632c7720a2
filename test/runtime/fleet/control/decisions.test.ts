/** What becomes of what is asked of a run, and what holds at a step, come from the log of controls and decisions alone. */
import test from 'ava';
import {RunCommand} from '../../../../proto/messages.js';
import {
  beginnings,
  type Decision,
  decide,
  inForceAt,
  type Known,
  type LoggedControl,
  newestSpec,
  runStateOf,
  type Standing,
} from '../../../../runtime/fleet/control/decisions.js';
import type {RunSpec} from '../../../../runtime/fleet/control/spec.js';

const specWith = (beta: number): RunSpec => ({
  objective: {name: 'dpo', beta, learningRate: 1, settings: {}},
  policy: {temperature: 1, topP: 1, topK: 0},
  filter: {minLengthRatio: 0.5, maxLengthRatio: 2},
  actors: {},
});

const asked = (revision: number, fields: Partial<LoggedControl> = {}): LoggedControl => ({
  revision,
  previousRevision: revision - 1,
  author: 'test',
  timeUnixMs: revision,
  step: undefined,
  spec: specWith(revision),
  command: RunCommand.RUN_COMMAND_UNSPECIFIED,
  ...fields,
});
const command = (revision: number, name: RunCommand, step?: number): LoggedControl =>
  asked(revision, {spec: undefined, command: name, step});

/** A log on which it was decided as it came, each control at the number of steps begun then. */
const decidedLog = (entries: readonly (readonly [LoggedControl, number])[], steps = 100) => {
  const controls: LoggedControl[] = [asked(1)];
  const decisions = new Map<number, Decision>();
  const known: Known = {controls, decisions};
  for (const [control, begun] of entries) {
    controls.push(control);
    decisions.set(control.revision, decide(control, known, {begun, steps}));
  }
  return known;
};
const reasonOf = (known: Known, revision: number): string | undefined =>
  known.decisions.get(revision)?.reason;
const at = (begun: number): Standing => ({begun, steps: 100});

test('a change without a step holds from the step after those begun, one with a step from exactly that', (t) => {
  const known = decidedLog([
    [asked(2), 4],
    [asked(3, {step: 9}), 5],
  ]);
  const inForce = [1, 4, 5, 8, 9, 100].map((step) => inForceAt(known, step)?.revision);
  t.deepEqual(inForce, [1, 1, 2, 2, 3, 3]);
  t.is(inForceAt({controls: [], decisions: new Map()}, 1), undefined);
});

test('a step that has begun, or that the run never takes, is too late', (t) => {
  const known = decidedLog([
    [asked(2, {step: 5}), 5],
    [asked(3, {step: 6, previousRevision: 1}), 5],
    [asked(4, {step: 101, previousRevision: 3}), 5],
    [asked(5, {previousRevision: 3}), 100],
  ]);
  t.is(reasonOf(known, 2), 'too late: step 5 has begun already, and step 6 is next');
  t.is(reasonOf(known, 3), '');
  t.is(reasonOf(known, 4), 'too late: the run ends after step 100');
  t.is(reasonOf(known, 5), 'too late: the run ends after step 100');
  t.deepEqual(
    beginnings(known).map(({revision, step}) => [revision, step]),
    [
      [1, 1],
      [3, 6],
    ],
  );
});

test('nothing comes before a change that was accepted for a later step, but at that step the newer one wins', (t) => {
  const known = decidedLog([
    [asked(2, {step: 50}), 5],
    [asked(3, {previousRevision: 2}), 6],
    [asked(4, {previousRevision: 2, step: 50}), 7],
  ]);
  t.regex(reasonOf(known, 3) ?? '', /^revision 2 is set for step 50; ask for that step or a later one, or /);
  t.is(inForceAt(known, 49)?.revision, 1);
  t.is(inForceAt(known, 50)?.revision, 4);
});

test('a change that was made from a refused one is refused, and the next is made from the one before', (t) => {
  const known = decidedLog([
    [asked(2, {step: 3}), 5],
    [asked(3), 5],
  ]);
  t.is(reasonOf(known, 3), 'revision 2, from which it was made, was refused');
  t.is(newestSpec(known)?.revision, 1);
  const undecided: Known = {...known, controls: [...known.controls, asked(4, {previousRevision: 1})]};
  t.is(newestSpec(undecided)?.revision, 4);
});

test('a spec that is not valid is refused in its own words, and what asks for nothing too', (t) => {
  const known = decidedLog([]);
  const invalid = decide(asked(2, {spec: 'objective.beta: 0 is too small'}), known, at(3));
  t.deepEqual(invalid, {accepted: false, step: 3, reason: 'objective.beta: 0 is too small'});
  t.false(decide(command(2, RunCommand.RUN_COMMAND_UNSPECIFIED), known, at(3)).accepted);
});

test('a run is paused, goes on and stops as it was told last, whatever is refused in between', (t) => {
  const {RUN_COMMAND_PAUSE, RUN_COMMAND_RESUME, RUN_COMMAND_STOP} = RunCommand;
  const entries = [
    [command(2, RUN_COMMAND_PAUSE), 3],
    [command(3, RUN_COMMAND_STOP, 2), 3],
    [command(4, RUN_COMMAND_RESUME), 3],
    [command(5, RUN_COMMAND_STOP, 101), 4],
    [command(6, RUN_COMMAND_STOP, 9), 4],
    [asked(7, {step: 10, previousRevision: 1}), 4],
    [command(8, RUN_COMMAND_STOP), 5],
  ] as const;
  const states = entries.map((_, index) => runStateOf(decidedLog(entries.slice(0, index + 1))));
  t.deepEqual(
    states.map(({paused, lastStep}) => [paused, lastStep]),
    [
      [true, undefined],
      [true, undefined],
      [false, undefined],
      [false, undefined],
      [false, 9],
      [false, 9],
      [false, 5],
    ],
  );
  t.is(reasonOf(decidedLog(entries), 3), 'too late: step 3 has begun already');
  t.is(reasonOf(decidedLog(entries), 7), 'too late: the run ends after step 9');
});
