/**
 * Many prompts through `anchorage data make` with CLAIR, twice: undisturbed, while the memory of its processes is measured; and
 * under `kill -9`, of everybody at once or of one role. Both must leave the same file.
 */
import {createHash} from 'node:crypto';
import {mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import type {ActorName} from '../../../runtime/actors.js';
import {heldFor} from '../../../runtime/endpoints/ahead.js';
import type {FleetInput} from '../../../runtime/fleet/file/schema.js';
import {randomFor} from '../../../runtime/seed.js';
import {type FleetFolder, kill, openFleetFolder, RUN, type Running} from '../../helpers/fleet-folder.js';
import type {Ended} from '../../helpers/process.js';
import {type Scope, withScope} from '../scope.js';
import {collectingEnv, openCollected} from './collected.js';
import {growthOf, residentMb, roleOf, type Sample} from './memory.js';
import {type StandIn, startStandIn} from './stand-in.js';
import {type Found, type ManyKill, wrongIn} from './wrong.js';

export interface ManyOptions {
  readonly prompts: number;
  readonly kills: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface Many extends Found {
  /** One line for each thing that is wrong. */
  readonly wrong: readonly string[];
}

const CONCURRENCY = 32;
/** Completions that the reviser holds, none of which is acknowledged: calls for these alone may be made again. */
const MOST_REPEATED = heldFor(CONCURRENCY);

const fleetOf = (prompts: number, url: string): FleetInput => ({
  prompts: {demo: true, count: prompts},
  maxOutstandingPrompts: 512,
  policy: {model: 'demo', format: 'plain', maxPromptTokens: 32, maxCompletionTokens: 32},
  objective: {name: 'apo_zero', learningRate: 1e-5},
  training: {},
  endpoints: {teacher: {baseUrl: url}},
  actors: {
    sampler: {batchSize: 128},
    reviser: {endpoint: 'teacher', model: 'stand-in', concurrency: CONCURRENCY},
  },
});

export const runMany = (options: ManyOptions): Promise<Many> =>
  withScope(async (scope) => {
    const undisturbed = await makeAll(scope, options, 0);
    options.say(`undisturbed ${JSON.stringify(undisturbed)}`);
    const disturbed = await makeAll(scope, options, options.kills);
    const asked = {...options, mostRepeated: MOST_REPEATED};
    return {undisturbed, disturbed, wrong: wrongIn({undisturbed, disturbed}, asked)};
  });

const makeAll = async (
  scope: Scope,
  {prompts, seed, say}: ManyOptions,
  kills: number,
): Promise<Many['undisturbed'] & Many['disturbed']> => {
  const teacher = await startStandIn();
  scope.teardown(() => teacher.close());
  const folder = openFleetFolder();
  scope.teardown(() => folder.remove());
  writeFileSync(join(folder.path, 'fleet.json'), JSON.stringify(fleetOf(prompts, teacher.url)));
  const beganMs = performance.now();
  // Who is measured is asked to collect now and then; who is killed runs as everybody's.
  const isMeasured = kills === 0;
  const making = watched(folder, teacher, {prompts, isMeasured});
  const victims = victimsOf(kills, seed);
  const killed: Omit<ManyKill, 'repeated'>[] = [];
  /** Calls that were made again so far, at each kill and at the end. */
  const repeated: number[] = [];
  const again = (): number => {
    const {asked, different} = teacher.counts();
    return asked - different;
  };
  for (const {at, victim} of victims) {
    if (!(await making.reach(at * prompts))) break;
    repeated.push(again());
    killed.push(await making.disturb(victim));
    say(`killed ${JSON.stringify(killed.at(-1))}`);
  }
  const end = await making.end();
  repeated.push(again());
  if (end.code !== 0) throw new Error(`data make ended with code ${end.code}: ${end.stderr.trim()}`);
  const bytes = readFileSync(join(folder.path, 'pairs.jsonl'));
  return {
    seconds: (performance.now() - beganMs) / 1000,
    pairs: linesIn(join(folder.runFolder, 'pairs.jsonl')),
    rejected: linesIn(join(folder.runFolder, 'rejections.jsonl')),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    memory: growthOf(making.samples, prompts, roles),
    kills: killed.map((each, number) => ({
      ...each,
      repeated: (repeated[number + 1] ?? 0) - (repeated[number] ?? 0),
    })),
  };
};

const everybody = 'everybody';
type Victim = ActorName | 'command' | typeof everybody;
/** In turns. */
const victimsInTurn: readonly Victim[] = [
  everybody,
  'reviser',
  'command',
  'filter',
  everybody,
  'sampler',
  'reference',
];

/** What must be measured. */
const roles: readonly string[] = ['command', 'server', 'sampler', 'reviser', 'filter', 'reference'];

/** At moments that the seed gives, one in each part of the run. */
const victimsOf = (kills: number, seed: number): {readonly at: number; readonly victim: Victim}[] => {
  const random = randomFor('many', seed);
  return Array.from({length: kills}, (_, number) => ({
    at: (number + 0.2 + 0.6 * uniformFloat64(random)) / kills,
    victim: victimsInTurn[number % victimsInTurn.length] ?? everybody,
  }));
};

const SAMPLE_MS = 1000;
/** How often processes are asked to collect, in the run. */
const COLLECTIONS = 20;
const POLL_MS = 50;

/** The command, started again as often as it is killed, with an eye on its memory. */
const watched = (
  folder: FleetFolder,
  teacher: StandIn,
  {prompts, isMeasured}: {readonly prompts: number; readonly isMeasured: boolean},
) => {
  const answers = join(folder.path, 'collected');
  mkdirSync(answers);
  const collected = openCollected(answers);
  const start = (): Promise<Running> =>
    folder.anchorage(
      ['data', 'make', 'fleet.json', '--out', 'pairs.jsonl', '--run', RUN],
      isMeasured ? collectingEnv(answers) : {},
    );
  let running = start();
  let ended: Ended | undefined;
  const follow = (of: Promise<Running>): void => {
    void of.then(async (each) => {
      const end = await each.ended;
      if (running === of) ended = end;
    });
  };
  follow(running);
  const bytesOf = (log: string): number =>
    statSync(join(folder.runFolder, `${log}.jsonl`), {throwIfNoEntry: false})?.size ?? 0;
  /** The bytes of an average pair and rejection are not known before the end: the stand-in's count is as good. */
  const prompted = (): number => Math.min(prompts, teacher.counts().different);
  const samples: Sample[] = [];
  let collections = 0;
  const sampling = setInterval(() => {
    for (const {pid, mb} of collected.take()) {
      const role = roleOf(pid);
      if (role !== undefined) samples.push({role, prompts: prompted(), mb, isCollected: true});
    }
    if (prompted() >= (collections * prompts) / COLLECTIONS) {
      collections += 1;
      collected.ask();
    }
    for (const pid of folder.processes()) {
      const [role, mb] = [roleOf(pid), residentMb(pid)];
      if (role !== undefined && mb !== undefined) samples.push({role, prompts: prompted(), mb});
    }
  }, SAMPLE_MS);

  const nextPair = async (fromMs: number): Promise<number | undefined> => {
    const before = {bytes: bytesOf('pairs'), asked: teacher.counts().different};
    while (ended === undefined) {
      await sleep(POLL_MS);
      const isOn = bytesOf('pairs') > before.bytes && teacher.counts().different > before.asked;
      if (isOn) return (performance.now() - fromMs) / 1000;
    }
    return undefined;
  };

  return {
    samples,
    /** Waits until so many prompts were asked; false where the run ends before. */
    async reach(count: number): Promise<boolean> {
      while (ended === undefined && prompted() < count) await sleep(POLL_MS);
      return ended === undefined;
    },
    async disturb(victim: Victim): Promise<Omit<ManyKill, 'repeated'>> {
      const at = prompted();
      const pids = folder.processes().filter((pid) => {
        const role = roleOf(pid);
        return victim === everybody ? role !== undefined : role === victim;
      });
      for (const pid of pids) kill(pid, 'SIGKILL');
      const underWay = teacher.underWay();
      let fromMs = performance.now();
      if (victim === everybody || victim === 'command') {
        await (await running).ended;
        // What a command leaves that was killed alone ends by itself.
        while (folder.processes().length > 0) await sleep(POLL_MS);
        ended = undefined;
        fromMs = performance.now();
        running = start();
        follow(running);
      }
      return {victim, processes: pids.length, at, underWay, resumeSeconds: await nextPair(fromMs)};
    },
    async end(): Promise<Ended> {
      while (ended === undefined) await sleep(POLL_MS);
      clearInterval(sampling);
      return ended;
    },
  };
};

const linesIn = (file: string): number => {
  const bytes = readFileSync(file);
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
  return lines;
};
