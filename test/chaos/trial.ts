/** One trial: a run under the kills of a plan, and then what it left beside what an undisturbed one leaves. */
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {openBus} from '../../runtime/bus/open-bus.js';
import {answersFolderOf} from '../../runtime/endpoints/answer-cache.js';
import {messageOf} from '../../runtime/errors.js';
import type {Progress} from '../../runtime/fleet/progress.js';
import {type FleetFolder, openFleetFolder, RUN} from '../helpers/fleet-folder.js';
import {startTestServer} from '../helpers/nats.js';
import {type Counts, countsOf} from './checks.js';
import {type Disturbed, type Done, disturb, type Place} from './disturbed.js';
import {type Logs, logsOf, type StepRow, stepRowsOf} from './logs.js';
import {BATCH_SIZE, fleetOfPlan, KEY_ENV, type Plan} from './plan.js';
import {type ReplayOf, replayedWeights, startAndLoadMs} from './replay.js';
import {type Scope, withScope} from './scope.js';
import {keptIn, neverKept, type Repeated, repeatedOf, startCountingTeacher} from './teacher.js';

export interface Killed extends Done {
  /** To the end of the next step that was taken; undefined where none was left to take. */
  readonly recoveryMs: number | undefined;
}

export interface Trial {
  readonly plan: Plan;
  readonly kills: readonly Killed[];
  readonly pairs: number;
  readonly steps: number;
  readonly lost: number;
  readonly twice: number;
  /** The final weights are, byte for byte, those of the undisturbed run. */
  readonly equal: boolean;
  readonly calls: number;
  readonly repeated: Repeated;
  /** What a learner's start with a checkpoint takes, up to its first step. */
  readonly startAndLoadMs: number | undefined;
  readonly seconds: number;
  /** One line for each thing that is wrong. */
  readonly wrong: readonly string[];
  /** Where the run and the server's store were kept, of a trial in which something is wrong. */
  readonly kept: readonly string[];
}

export interface TrialOptions {
  readonly measureLoad?: boolean;
}

const TEACHER_LATENCY_MS = 250;
const TRIAL_LIMIT_MS = 240_000;

export const runTrial = (plan: Plan, options: TrialOptions = {}): Promise<Trial> =>
  withScope(async (scope) => {
    const beganMs = Date.now();
    const server = await startTestServer();
    const folder = openFleetFolder();
    let isKept = true;
    scope.teardown(async () => {
      await (isKept ? folder.close() : folder.remove());
      await (isKept ? server.stop() : server.remove());
    });
    const answers = answersFolderOf(folder.runFolder);
    const teacher = await startCountingTeacher(plan.seed, TEACHER_LATENCY_MS, answers);
    scope.teardown(() => teacher.close());
    const fleet = fleetOfPlan(plan, teacher.url);
    const place: Place = {fleet, folder, server, teacher, env: {[KEY_ENV]: teacher.key}};

    const {counts, logs, kills, said, wrong} = await toEnd(scope, plan, place);
    const replay: ReplayOf = {scope, natsUrl: server.url, fleet, logs, env: place.env};
    const compared = await compare(replay, folder, options);
    const repeated = repeatedOf(teacher.calls, kills);
    const unkept = neverKept(teacher.calls, kills, keptIn(answers)).length;
    const all = [...wrong, ...counts.wrong, ...compared.wrong, ...callsWrong(repeated, unkept)];
    isKept = all.length > 0;
    const trial: Trial = {
      plan,
      kills: withRecovery(kills, stepRowsOf(logs)),
      pairs: logs.pairs.length,
      steps: logs.checkpoints.at(-1)?.step ?? 0,
      lost: counts.lost,
      twice: counts.twice,
      equal: compared.equal,
      calls: teacher.calls.length,
      repeated,
      startAndLoadMs: compared.startAndLoadMs,
      seconds: (Date.now() - beganMs) / 1000,
      wrong: all,
      kept: isKept ? [folder.path, server.storeFolder] : [],
    };
    if (isKept) {
      const known = {...trial, calls: teacher.calls};
      writeFileSync(join(folder.path, 'chaos.json'), JSON.stringify(known, undefined, 2));
      writeFileSync(join(folder.path, 'up.txt'), said);
    }
    return trial;
  });

interface Found {
  readonly counts: Counts;
  readonly logs: Logs;
  readonly kills: readonly Done[];
  readonly said: string;
  readonly wrong: readonly string[];
}

/** Runs the fleet until it ends, or for as long as a trial may take; either way, with what it left. */
const toEnd = async (scope: Scope, plan: Plan, place: Place): Promise<Found> => {
  const bus = await openBus({url: place.server.url, run: RUN, name: 'chaos'});
  scope.teardown(() => bus.drain());
  const disturbed = await disturb(plan, place, bus);
  const wrong = await howItEnded(disturbed);
  const logs = await logsOf(bus);
  const progress = (await bus.kv.get<Progress>('progress'))?.value;
  const {prompts, epochs} = plan;
  const counts = countsOf(logs, progress, {prompts, epochs, batchSize: BATCH_SIZE});
  return {counts, logs, kills: disturbed.kills, said: disturbed.said(), wrong};
};

const howItEnded = async ({ended, stop}: Disturbed): Promise<string[]> => {
  const late = new AbortController();
  const limit = sleep(TRIAL_LIMIT_MS, undefined, {signal: late.signal}).catch(() => undefined);
  try {
    const end = await Promise.race([ended, limit]);
    if (end === undefined) return [`the run did not end within ${TRIAL_LIMIT_MS / 1000} s`];
    return end.code === 0 ? [] : [`up ended with code ${end.code}: ${end.stderr.trim().slice(0, 500)}`];
  } catch (error) {
    return [messageOf(error)];
  } finally {
    late.abort();
    stop();
  }
};

interface Compared {
  readonly equal: boolean;
  readonly startAndLoadMs: number | undefined;
  readonly wrong: readonly string[];
}

/** The final weights beside those of a learner that the same pairs are put before, with nothing else going on. */
const compare = async (
  replay: ReplayOf,
  folder: FleetFolder,
  {measureLoad = false}: TrialOptions,
): Promise<Compared> => {
  const file = join(folder.runFolder, replay.logs.checkpoints.at(-1)?.folder ?? '', 'model.safetensors');
  try {
    const equal = existsSync(file) && readFileSync(file).equals(await replayedWeights(replay));
    return {
      equal,
      startAndLoadMs: measureLoad ? await startAndLoadMs(replay) : undefined,
      wrong: equal ? [] : ['the final weights are not those of the undisturbed run'],
    };
  } catch (error) {
    return {equal: false, startAndLoadMs: undefined, wrong: [`the replay failed: ${messageOf(error)}`]};
  }
};

const callsWrong = ({other}: Repeated, unkept: number): string[] => [
  ...(other > 0 ? [`${other} calls of the teacher whose answers were kept were made again`] : []),
  ...(unkept > 0 ? [`${unkept} answers of the teacher were not kept`] : []),
];

const withRecovery = (kills: readonly Done[], rows: readonly StepRow[]): Killed[] =>
  kills.map((done) => {
    const next = rows.find(({timeUnixMs}) => timeUnixMs > done.atMs);
    return {...done, recoveryMs: next === undefined ? undefined : next.timeUnixMs - done.atMs};
  });
