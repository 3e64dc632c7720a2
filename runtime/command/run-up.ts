/**
 * One run of `anchorage up`, from its checks to its report. Whatever was started is ended in the opposite order, however
 * the run ends.
 */
import {join} from 'node:path';
import {fromEvent, merge, NEVER, ReplaySubject, type Subscription, share, skip, take} from 'rxjs';
import type {ProcessEvent} from '../actor/supervise.js';
import type {Bus} from '../bus/bus.js';
import {openBus} from '../bus/connection.js';
import {writeReport} from '../dashboard/report.js';
import {makePrompts} from '../demo/task.js';
import {checkEndpoint} from '../endpoints/check.js';
import {apiKeyFor, placeOf} from '../endpoints/connect.js';
import {messageOf, TerminalError} from '../errors.js';
import {fleetCommands} from '../fleet/actors.js';
import {putFirstObjective} from '../fleet/objective.js';
import type {Progress} from '../fleet/progress.js';
import {readPrompts} from '../fleet/prompts.js';
import {
  openRunFolder,
  RUNS_FOLDER,
  type RunFolder,
  type RunRecord,
  writeRecord,
  writeWhole,
} from '../fleet/run-folder.js';
import type {Fleet} from '../fleet/schema.js';
import {type Ending, isComplete, startFleet} from '../fleet/start.js';
import {recordRun} from '../metrics/record.js';
import {type ProgressDisplay, showProgress} from './progress.js';
import {openServer, type RunServer} from './server.js';
import {isDemo, startTeacher, type Teacher} from './teacher.js';

/** As commander reads them. */
export interface UpOptions {
  readonly dryRun?: boolean;
  readonly set: readonly string[];
  readonly run?: string;
  readonly nats?: string;
  readonly natsPort?: number;
  readonly actors: boolean;
}

const ENDPOINT_CHECK_MS = 10_000;

/** Resolves to the exit code: 0 for a run that is complete or was drained, 1 for one that failed. */
export const runUp = async (file: string | undefined, fleet: Fleet, options: UpOptions): Promise<number> => {
  const prompts = await promptsOf(fleet);
  await checkEndpoints(fleet);
  const folder = await openRunFolder(RUNS_FOLDER, options.run ?? fleet.run, fleet);
  const stop = listenForSignals();
  const endings: (() => Promise<unknown>)[] = [];
  try {
    const server = await openServer({nats: options.nats, port: options.natsPort, folder: folder.path});
    endings.push(() => server.stop());
    const teacher = await startTeacher(fleet, join(folder.path, 'logs'));
    if (teacher !== undefined) endings.push(() => teacher.stop());
    stop.onSecond(() => teacher?.kill());
    const bus = await openBus({url: server.url, run: folder.run, name: 'up'});
    endings.push(() => bus.drain());
    return await runOnBus({file, fleet, options, prompts, folder, server, teacher, bus, stop});
  } finally {
    for (const end of endings.reverse())
      await end().catch((error) => process.stderr.write(`${messageOf(error)}\n`));
    stop.end();
  }
};

interface Up {
  /** As it was typed; undefined for the demonstration. */
  readonly file: string | undefined;
  readonly fleet: Fleet;
  readonly options: UpOptions;
  readonly prompts: readonly string[];
  readonly folder: RunFolder;
  readonly server: RunServer;
  readonly teacher: Teacher | undefined;
  readonly bus: Bus;
  readonly stop: Signals;
}

const runOnBus = async (up: Up): Promise<number> => {
  const {fleet, folder, server, bus, prompts} = up;
  if (await isComplete(bus)) {
    console.log(`run ${folder.run} is complete; its report: anchorage report ${folder.run}`);
    return 0;
  }
  const held = {run: folder.run, pid: process.pid, natsUrl: server.url, heldSince: new Date().toISOString()};
  const record: RunRecord = {
    ...held,
    startedAt: folder.before?.startedAt ?? held.heldSince,
    seconds: folder.before?.seconds ?? 0,
  };
  await writeRecord(folder.path, record);
  console.log(
    `run ${folder.run} ${folder.before === undefined ? 'starts' : 'goes on'} in ${folder.path} (${server.how})`,
  );
  await putFirstObjective(bus, fleet);
  const recording = await recordRun(bus, folder.path);
  const display = showProgress(bus, fleet, prompts.length);
  const ending = await runFleet(up, display);
  display.end();
  await recording.finished();
  const progress = (await bus.control.get<Progress>('progress'))?.value;
  await writeRecord(folder.path, {
    ...record,
    endedAt: new Date().toISOString(),
    ending: ending.kind,
    seconds: record.seconds + (Date.now() - Date.parse(record.heldSince)) / 1000,
    ...(progress === undefined ? {} : {backend: progress.backend, backendReason: progress.backendReason}),
  });
  return conclude(up, ending, progress);
};

const runFleet = async (
  {fleet, options, folder, server, teacher, bus, prompts, stop}: Up,
  display: ProgressDisplay,
): Promise<Ending> => {
  const fleetFile = join(folder.path, 'fleet-started.json');
  await writeWhole(fleetFile, JSON.stringify(teacher?.fleet ?? fleet, undefined, 2));
  const place = {
    fleetFile,
    run: folder.run,
    natsUrl: server.url,
    runFolder: folder.path,
    env: teacher?.env ?? {},
  };
  const running = startFleet({
    fleet,
    bus,
    commands: options.actors ? fleetCommands(fleet, place) : [],
    prompts,
    stop$: stop.first$,
    broken$: merge(server.broken$, teacher?.broken$ ?? NEVER),
    onEvent: (event) => {
      const line = lineOf(event);
      if (line !== undefined) display.print(line);
    },
  });
  stop.onSecond(() => running.kill());
  const draining = stop.first$.subscribe(() =>
    display.print('draining: the step under way ends and a checkpoint is written; again to end at once'),
  );
  const ending = await running.ended;
  draining.unsubscribe();
  return ending;
};

const conclude = async (
  {file, options, folder}: Up,
  ending: Ending,
  progress: Progress | undefined,
): Promise<number> => {
  const goOn = [
    'anchorage up',
    ...(file === undefined ? [] : [file]),
    `--run ${folder.run}`,
    ...options.set.map((each) => `--set ${each}`),
  ].join(' ');
  const {text} = await writeReport(folder.path);
  switch (ending.kind) {
    case 'complete':
      console.log(`${text}\nreport: ${join(folder.path, 'report.html')}`);
      return 0;
    case 'drained':
      console.log(`stopped after step ${progress?.step ?? 0}; nothing is left running. Go on with: ${goOn}`);
      return 0;
    case 'failed':
      process.stderr.write(`${ending.reason}\nlogs: ${join(folder.path, 'logs')}; go on with: ${goOn}\n`);
      return 1;
  }
};

const promptsOf = ({prompts, seed}: Fleet): Promise<string[]> | string[] =>
  'file' in prompts
    ? readPrompts(prompts.file, seed, prompts.count)
    : makePrompts({split: 'train', count: prompts.count, seed});

/** Asks every endpoint in use once, before anything starts. The demo teacher is not there yet, and needs no check. */
const checkEndpoints = async ({actors, endpoints}: Fleet): Promise<void> => {
  for (const actor of ['reviser', 'judge'] as const) {
    const asking = actors[actor];
    const endpoint = asking === undefined ? undefined : endpoints[asking.endpoint];
    if (asking === undefined || endpoint === undefined || isDemo(endpoint)) continue;
    const place = placeOf(actor, asking, endpoints);
    const check = await checkEndpoint({...place, apiKey: apiKeyFor(place)}, ENDPOINT_CHECK_MS);
    if (check.kind === 'denied' || check.kind === 'garbage' || check.kind === 'unreachable')
      throw new TerminalError(check.reason);
    if (check.kind !== 'serves')
      process.stderr.write(`${check.reason}; going on, since only a request can tell\n`);
  }
};

const lineOf = (event: ProcessEvent): string | undefined =>
  event.kind === 'restarting' ? `${event.name} ended (${event.reason}) and starts again` : undefined;

interface Signals {
  /** Emits at the first signal, to whoever subscribes later too. */
  readonly first$: ReplaySubject<unknown>;
  /** What is done at the second signal, before this process ends with code 130. */
  onSecond(act: () => void): void;
  end(): void;
}

/** The first Ctrl-C, SIGTERM or closed terminal drains; the second ends everything at once. */
const listenForSignals = (): Signals => {
  const first$ = new ReplaySubject<unknown>(1);
  const acts: (() => void)[] = [];
  const signals$ = merge(...['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => fromEvent(process, name))).pipe(
    share(),
  );
  const subscriptions: Subscription[] = [
    signals$.pipe(skip(1), take(1)).subscribe(() => {
      for (const act of acts.reverse()) act();
      process.exit(130);
    }),
    signals$.pipe(take(1)).subscribe(first$),
  ];
  return {
    first$,
    onSecond: (act) => void acts.push(act),
    end: () => {
      for (const each of subscriptions) each.unsubscribe();
    },
  };
};
