/**
 * One run whose actors become more and fewer while it goes on; then one of them is stopped for good, as a machine that
 * hangs stops it, and another joins from a folder that shares nothing with the run but the server's address.
 */
import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {type ActorName, actorTable} from '../../runtime/actors.js';
import type {Bus} from '../../runtime/bus/bus.js';
import {logNow} from '../../runtime/fleet/run/log-now.js';
import {readRecord} from '../../runtime/fleet/run/run-folder.js';
import {codeRoot} from '../../runtime/paths.js';
import {
  type FleetFolder,
  fullBatches,
  kill,
  openFleetFolder,
  RUN,
  until,
  untilStep,
} from '../helpers/fleet-folder.js';
import {type Ended, isAlive} from '../helpers/process.js';
import {typed} from '../helpers/typed.js';

const PROMPTS = 400;
const sets = [
  `prompts.count=${PROMPTS}`,
  'training.steps=25',
  'training.warmupSteps=2',
  'training.checkpointEverySteps=5',
  'evaluation.count=40',
  // Slow enough for several commands while the run goes on.
  'endpoints.teacher.latencyMs=800',
  'actors.reviser.concurrency=4',
  // Longer than a crowded machine keeps anybody from saying a word.
  'supervision.stuckAfterMs=10000',
];

let folder: FleetFolder;
let elsewhere: FleetFolder;
let run: Ended;
const asked: Record<string, Ended> = {};
let learners: (number | undefined)[];
let revisers: {readonly grown: number; readonly shrunk: number};
let stopped: number;
let joined: Ended;
let joinedWork: number;

const scale = (...changes: string[]): Promise<Ended> =>
  typed(['scale', ...changes, '--run', RUN], {cwd: folder.path});

/** Processes of an actor that this folder's run has. */
const countOf = (actor: ActorName): number => {
  const entry = join(codeRoot, actorTable[actor].entry);
  return folder.processes().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(entry);
    } catch {
      return false;
    }
  }).length;
};

/** Pieces of work that the filter of index 1 has ended. */
const workOfJoined = async (bus: Bus): Promise<number> => {
  let ended = 0;
  for (const {actor, index, values} of await logNow(bus, 'metrics'))
    if (actor === 'filter' && index === 1) ended = values['work/out'] ?? ended;
  return ended;
};

test.before(async () => {
  folder = openFleetFolder();
  elsewhere = openFleetFolder();
  const up = await folder.up(sets);
  const bus = await folder.bus(up);
  await untilStep(bus, 1);
  learners = [folder.pidOf('learner')];

  asked.unknown = await scale('revisor=2');
  asked.absent = await scale('judge=2');
  asked.shape = await scale('reviser');
  asked.range = await scale('learner=2');
  asked.none = await scale('sampler=0');

  asked.grow = await scale('reviser=3', 'sampler=2');
  const grown = countOf('reviser');
  asked.shown = await scale();
  asked.shrink = await scale('reviser=2', 'sampler=1');
  revisers = {grown, shrunk: countOf('reviser')};
  learners.push(folder.pidOf('learner'));

  stopped = await until('there is a reference', async () => folder.pidOf('reference'));
  kill(stopped, 'SIGSTOP');
  await until('there is another reference', async () => {
    const pid = folder.pidOf('reference');
    return (pid !== undefined && pid !== stopped) || undefined;
  });

  const natsUrl = (await readRecord(folder.runFolder))?.natsUrl ?? '';
  mkdirSync(elsewhere.path, {recursive: true});
  const joining = await elsewhere.anchorage([
    'start',
    'filter',
    '--index',
    '1',
    '--run',
    RUN,
    '--nats',
    natsUrl,
  ]);
  joinedWork = await until(
    'the actor that joined has worked',
    async () => (await workOfJoined(bus)) || undefined,
  );
  process.kill(joining.pid, 'SIGTERM');
  joined = await joining.ended;
  run = await up.ended;
});
test.after.always(async () => {
  await folder?.remove();
  await elsewhere?.remove();
});

test.serial('What cannot be is refused in one line, and the run goes on', (t) => {
  for (const [name, says] of Object.entries({
    unknown: /^there is no actor revisor; one of sampler, /,
    absent: /^judge: this fleet has none; it has sampler, reviser, /,
    shape: /^reviser: not ACTOR=COUNT, such as sampler=3/,
    range: /^learner: this run's batches are in 1 part, /,
    none: /^actors\.sampler\.count: /,
  })) {
    t.is(asked[name]?.code, 1, name);
    t.regex(asked[name]?.stderr ?? '', says);
    t.is(asked[name]?.stderr.trim().split('\n').length, 1, name);
  }
});

test.serial('More of an actor are there when the command says so, and others are not touched', (t) => {
  t.is(asked.grow?.code, 0, asked.grow?.stderr);
  t.regex(asked.grow?.stdout ?? '', /^sampler 1 → 2, reviser 1 → 3, after [\d.]+ s\n$/);
  t.is(revisers.grown, 3);
  t.regex(asked.shown?.stdout ?? '', /^reviser 3, 3 running$/m);
  t.is(new Set(learners).size, 1);
});

test.serial('Fewer of them are there when the command says so', (t) => {
  t.is(asked.shrink?.code, 0, asked.shrink?.stderr);
  t.regex(asked.shrink?.stdout ?? '', /^sampler 2 → 1, reviser 3 → 2, after [\d.]+ s\n$/);
  t.is(revisers.shrunk, 2);
});

test.serial('An actor that stands still is started again, and a person is told why', (t) => {
  t.false(isAlive(stopped));
  t.regex(run.stdout, /^reference-0 ended \(nothing was heard of it for [\d.]+ s: it is stopped/m);
});

test.serial('An actor joins from elsewhere with nothing but the address of the server', (t) => {
  t.true(joinedWork > 0);
  t.is(joined.code, 0, joined.stderr);
  t.true(existsSync(join(elsewhere.runFolder, 'started', 'filter-1.json')));
});

test.serial('Nothing is lost on the way, and nothing is left running', (t) => {
  t.is(run.stderr, '');
  t.is(run.code, 0);
  const ids = [...folder.lines('pairs'), ...folder.lines('rejections')].map(({prompt_id}) =>
    Number(prompt_id),
  );
  t.deepEqual(
    ids.sort((one, other) => one - other),
    Array.from({length: PROMPTS}, (_, id) => id),
  );
  const pairs = folder.lines('pairs').length;
  t.like(folder.lines('checkpoints').at(-1), {
    final: true,
    step: fullBatches(pairs).length,
    pair_sequence: pairs,
  });
  t.deepEqual(folder.processes(), []);
});
