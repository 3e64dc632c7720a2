/** One run of two learner shards that is steered from another terminal: paused, saved, changed, undone and ended early. */
import test from 'ava';
import {filter, firstValueFrom, skip} from 'rxjs';
import {
  type FleetFolder,
  openFleetFolder,
  RUN,
  stepOf,
  stepRows,
  untilStep,
} from '../helpers/fleet-folder.js';
import type {Ended} from '../helpers/process.js';
import {typed} from '../helpers/typed.js';

const sets = [
  'prompts.count=3000',
  'training.steps=180',
  'training.checkpointEverySteps=1000',
  'actors.learner.count=2',
  // Slow enough for what is asked to come in time.
  'endpoints.teacher.latencyMs=100',
];

const PAUSED = /^paused after step (\d+)\n$/;

let folder: FleetFolder;
let run: Ended;
const said: Record<string, Ended> = {};
/** Steps taken when the checkpoint of the paused run was there, and some time after. */
let paused: readonly [number, number];
let named: number;

const numberIn = (name: string, pattern: RegExp): number =>
  Number(pattern.exec(said[name]?.stdout ?? '')?.[1] ?? Number.NaN);

test.before(async () => {
  folder = openFleetFolder({isScored: false});
  const up = await folder.up(sets);
  const bus = await folder.bus(up);
  const ask = async (name: string, ...args: readonly string[]): Promise<void> => {
    said[name] = await typed([...args, '--run', RUN], {cwd: folder.path});
  };
  await untilStep(bus, 2);
  await ask('pause', 'pause');
  await ask('checkpoint', 'checkpoint');
  // The last step may have been under way when the pause was decided on: its progress is said when it is over.
  const atPause = await untilStep(bus, numberIn('pause', PAUSED));
  // What else says that time goes on: the learner's own heartbeats, one a second.
  const heartbeats$ = bus.entries('metrics', 'new').pipe(filter(({message}) => message.actor === 'learner'));
  await firstValueFrom(heartbeats$.pipe(skip(2)));
  paused = [atPause, await stepOf(bus)];
  await ask('resume', 'resume');
  await untilStep(bus, atPause + 1);

  await ask('pauseBeforeNamed', 'pause');
  named = (await stepOf(bus)) + 12;
  await ask('named', 'objective', 'set', 'dpo', '--beta', '0.2', '--at-step', String(named));
  await ask('resumeToNamed', 'resume');
  await ask('late', 'objective', 'set', 'dpo', '--beta', '0.3', '--at-step', '1');
  await untilStep(bus, named);
  await ask('rollback', 'objective', 'rollback');
  await ask('filter', 'objective', 'set', '--set', 'filter.maxLengthRatio=1');
  await ask('invalid', 'objective', 'set', '--set', 'filter.maxLengthRatio=0.1');
  await ask('log', 'objective', 'log');
  // A step that is still ahead when the command comes, however long that takes.
  await ask('pauseBeforeStop', 'pause');
  await ask('stop', 'stop', '--after-step', String((await stepOf(bus)) + 5));
  await ask('resumeToStop', 'resume');
  run = await up.ended;
});
test.after.always(() => folder?.remove());

test.serial('A paused run takes no step, and writes the checkpoint that is asked for meanwhile', (t) => {
  const step = numberIn('pause', PAUSED);
  t.deepEqual(paused, [step, step]);
  t.is(numberIn('checkpoint', /^a checkpoint is written after step (\d+)\n$/), step);
  t.is(numberIn('resume', /^goes on after step (\d+)\n$/), step);
  t.true(folder.lines('checkpoints').some((line) => line.step === step && line.final !== true));
});

test.serial(
  'A change for a named step begins with that step, on every shard, and one that is too late is refused',
  (t) => {
    t.is(numberIn('named', /\nfrom step (\d+) on: learner/), named);
    t.is(stepRows(folder).find(({revision}) => revision === 6)?.step, named);
    t.like(said.late, {code: 1, stdout: ''});
    t.regex(said.late?.stderr ?? '', /^revision 8 is refused: too late: step 1 has begun already[^\n]*\n$/);
  },
);

test.serial('A rollback brings back the objective before, from the next step on', (t) => {
  const from = numberIn('rollback', /\nfrom step (\d+) on: learner/);
  t.regex(said.rollback?.stdout ?? '', /^apo_zero, beta 1, /);
  t.true(from > named);
  t.is(stepRows(folder).find(({revision}) => revision === 9)?.step, from);
});

test.serial('A bound of the filter that is changed rejects what it did not before', (t) => {
  t.regex(said.filter?.stdout ?? '', /\nfrom step \d+ on: [^\n]*filter-0/);
  t.true(folder.lines('rejections').some(({reason}) => reason === 'length'));
});

test.serial('A change that could not be started with is refused, as fleet.yaml would be', (t) => {
  t.like(said.invalid, {code: 1, stdout: ''});
  t.regex(said.invalid?.stderr ?? '', /^[^\n]*filter[^\n]*\n$/);
});

test.serial('Both shards answer for every change that is in force at once', (t) => {
  for (const name of ['rollback', 'filter'])
    t.regex(said[name]?.stdout ?? '', /on: learner, [^\n]*learner-\d/, name);
});

test.serial('The log shows all of it, in order', (t) => {
  const lines = said.log?.stdout.trimEnd().split('\n') ?? [];
  t.deepEqual(
    lines.map((line) => /^ *(\d+) {2}\S+ {2}\S+ {2}(pause|checkpoint|resume|\S+)/.exec(line)?.slice(1)),
    [
      ['1', 'apo_zero,'],
      ['2', 'pause'],
      ['3', 'checkpoint'],
      ['4', 'resume'],
      ['5', 'pause'],
      ['6', 'objective.name'],
      ['7', 'resume'],
      ['8', 'objective.beta'],
      ['9', 'objective.name'],
      ['10', 'filter.maxLengthRatio'],
    ],
  );
  t.regex(lines[7] ?? '', /too late/);
});

test.serial('A run that is told to stop ends complete after that step, with nothing left running', (t) => {
  const last = numberIn('stop', /^the run ends after step (\d+)\n$/);
  t.is(run.stderr, '');
  t.is(run.code, 0);
  t.like(folder.lines('checkpoints').at(-1), {final: true, step: last});
  t.deepEqual(
    stepRows(folder).map(({step}) => step),
    Array.from({length: last}, (_, index) => index + 1),
  );
  t.deepEqual(folder.processes(), []);
});
