/**
 * One run of `anchorage up`, from its folder to its report. Whatever was started is ended in the opposite order, however
 * the run ends.
 */

import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {map, merge, NEVER, type Observable, shareReplay, switchMap, timer} from 'rxjs';
import type {ProcessEvent} from '../../actor/supervise.js';
import type {Bus} from '../../bus/bus.js';
import {openBus} from '../../bus/open-bus.js';
import {messageOf} from '../../errors.js';
import {followAlerts} from '../../fleet/alerts/follow-alerts.js';
import {followAnchor} from '../../fleet/anchor/follow-anchor.js';
import {forgetTravelled, retention} from '../../fleet/checkpoints/retention.js';
import {putFirstObjective} from '../../fleet/control/run-objective.js';
import {droppedText, haveTurns} from '../../fleet/feed/prompts.js';
import {holdOutOf} from '../../fleet/file/held-out.js';
import {loadableElsewhere} from '../../fleet/file/load.js';
import {hasLearner} from '../../fleet/file/pairs-only.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {fleetCommands, queueRoomOf} from '../../fleet/fleet-actors.js';
import {holdRun} from '../../fleet/run/hold.js';
import {folderHold, serverHold} from '../../fleet/run/hold-stores.js';
import {checkFolderContents, contentsOf} from '../../fleet/run/origin.js';
import {openRunFolder, RUNS_FOLDER, type RunRecord, writeRecord} from '../../fleet/run/run-folder.js';
import {type ActorsNow, type Scale, scaled} from '../../fleet/scale.js';
import {type Ending, isComplete, startFleet} from '../../fleet/start-fleet.js';
import {isOutOfRoom} from '../../machine/disk-room.js';
import {ownIdentity} from '../../machine/process-alive.js';
import {writeWholeJson} from '../../machine/whole-file.js';
import {endsOf} from '../../metrics/read-ends.js';
import {recordRun} from '../../metrics/record-run.js';
import {complain, say} from '../../output.js';
import {openServer, type RunServer} from '../server.js';
import {listenForSignals, type Signals} from '../signals.js';
import {startTeacher, type Teacher} from '../teacher.js';
import {followSaved, LOST_ANSWERS, lostText, waitingLine} from './draining.js';
import {finish, UNFINISHED} from './finished.js';
import {takeUp} from './own-run.js';
import {showProgress} from './progress-lines.js';
import {type Checked, requireRoom} from './up-checks.js';
import type {Ended, TellEnding} from './up-ending.js';
import type {UpOptions} from './up-options.js';

/** How long a run that failed waits for what its logs still hold. */
const FAILED_FINISH_MS = 10_000;
/** Between two lines that say what a drain waits for. */
const WAITING_LINE_MS = 10_000;
/** How long the server is told that nobody holds the run any more. */
const FAREWELL_MS = 5_000;

/** Resolves to the exit code: 0 for a run that is complete or was drained, 1 for one that failed or whose last steps could not be saved. */
export const runUp = async (
  file: string | undefined,
  {fleet, prompts, dropped}: Checked,
  options: UpOptions,
  tell: TellEnding,
): Promise<number> => {
  const heldSince = new Date().toISOString();
  const {serial = false} = options;
  const folder = await openRunFolder(RUNS_FOLDER, options.run ?? fleet.run, fleet);
  const stop = listenForSignals();
  const endings: (() => Promise<unknown>)[] = [() => prompts.close()];
  let isBegun = false;
  try {
    const held = await holdRun(folderHold(folder.path), folder.run, {say});
    endings.push(held.release);
    endings.push(async () => {
      // Where no server was to be had, or the run is another's, there is none here to go on with.
      if (folder.isNew && !isBegun) await rm(folder.path, {recursive: true, force: true});
    });
    const contents = await contentsOf(fleet);
    await checkFolderContents(folder.run, folder.path, fleet, contents);
    const server = await openServer({nats: options.nats, port: options.natsPort, folder: folder.path});
    endings.push(() => server.stop());
    const teacher = await startTeacher(fleet, join(folder.path, 'logs'));
    if (teacher !== undefined) endings.push(() => teacher.stop());
    stop.onSecond(() => teacher?.kill());
    const queueCapacity = Math.max(queueRoomOf(fleet), serial ? prompts.length : 0);
    const {replicas, supervision} = fleet;
    const bus = await openBus({
      ...{url: server.url, run: folder.run, name: 'up', queueCapacity, replicas},
      serverAwayMs: supervision.serverAwayMs,
    });
    endings.push(() => bus.drain());
    const checked = {fleet, prompts, dropped};
    requireRoom(prompts, bus);
    // Whoever held a server of this folder held the folder, and was listened for there.
    const listening = server.isPrivate ? {goneAfterMs: 0} : {say};
    // Whoever reaches a private server has the folder of answers, too.
    if (!server.isPrivate)
      await bus.answers
        .make()
        .catch((error) => say(`answers of models are not shared with other machines: ${messageOf(error)}`));
    const heldThere = await holdRun(serverHold(bus.kv), folder.run, listening);
    // A server that is away is not waited for any more.
    endings.push(() => Promise.race([heldThere.release(), sleep(FAREWELL_MS, undefined, {ref: false})]));
    await takeUp({bus, folder, fleet, contents, prompts: prompts.length}, options);
    isBegun = true;
    const lost$ = merge(held.lost$, heldThere.lost$);
    const known = {file, options, heldSince, folder};
    return await runOnBus({...checked, ...known, server, teacher, bus, stop, lost$, tell});
  } finally {
    for (const end of endings.reverse()) await end().catch((error) => complain(messageOf(error)));
    stop.end();
  }
};

interface Up extends Ended, Checked {
  /** When this process began; ISO 8601. */
  readonly heldSince: string;
  readonly server: RunServer;
  readonly teacher: Teacher | undefined;
  readonly bus: Bus;
  readonly stop: Signals;
  /** Emits, with the reason, when another process has the run. */
  readonly lost$: Observable<string>;
  readonly tell: TellEnding;
}

const runOnBus = async (up: Up): Promise<number> => {
  const {fleet, prompts, dropped, folder, server, bus, heldSince, tell} = up;
  const own = ownIdentity();
  const record: RunRecord = {
    run: folder.run,
    pid: process.pid,
    place: own.place,
    startTicks: own.startTicks,
    natsUrl: server.kept,
    heldSince,
    startedAt: folder.before?.startedAt ?? heldSince,
    ...(dropped === undefined ? {} : {dropped}),
  };
  await writeRecord(folder.path, record);
  const complete = await isComplete(bus, fleet);
  const how = complete ? 'is complete' : folder.before === undefined ? 'starts' : 'goes on';
  say(`run ${folder.run} ${how} in ${folder.path} (${server.how})`);
  const droppedOf = dropped && droppedText(dropped);
  if (droppedOf !== undefined) say(`prompts: ${droppedOf}`);
  await putFirstObjective(bus, fleet);
  const recording = await recordRun(bus, folder.path, {
    promptLines: prompts.rows,
    areConversations: haveTurns(prompts),
  });
  // Of a complete run, too: a process that was killed at its end may have left files without their last lines.
  const ending: Ending = complete ? {kind: 'complete'} : await runFleet(up, recording.failed$);
  const faults: string[] = [];
  const attempt = async (work: Promise<unknown>): Promise<void> => {
    // That a disk is full is told once, as the reason.
    await work.catch((error) => {
      if (ending.kind !== 'failed' || !isOutOfRoom(error)) faults.push(messageOf(error));
    });
  };
  // What the last scores decide on.
  const place = {bus, runFolder: folder.path, warn: complain};
  if (ending.kind === 'complete') await attempt(retention(place, fleet)());
  if (ending.kind === 'complete' && server.isPrivate) await attempt(forgetTravelled(place));
  const finished = finish(bus, fleet, recording);
  // Where the server is gone, so is what it still held: that is why the run failed, and is told below, without much waiting.
  const failed = (waitMs: number) => Promise.race([finished, sleep(waitMs, UNFINISHED, {ref: false})]);
  const {recorded, ...known} = await (ending.kind === 'failed'
    ? failed(ending.isCutOff === true ? 0 : FAILED_FINISH_MS)
    : finished);
  const {progress} = known;
  const told = ending.kind === 'failed' && recorded === UNFINISHED.recorded ? unfinished(ending) : ending;
  const reason = told.kind === 'failed' ? told.reason : undefined;
  if (told === ending) faults.push(...recorded.failures.filter((line) => line !== reason));
  await attempt(
    writeRecord(folder.path, {
      ...record,
      endedAt: (complete ? folder.before?.endedAt : undefined) ?? new Date().toISOString(),
      ending: ending.kind,
      recorded,
      ...(progress === undefined ? {} : {backend: progress.backend, backendReason: progress.backendReason}),
    }),
  );
  return tell(up, told, {...known, faults});
};

/** In the one line that says why it failed. */
const unfinished = (ending: Extract<Ending, {kind: 'failed'}>): Ending => ({
  ...ending,
  reason: [ending.reason, ...UNFINISHED.recorded.failures].join('; '),
});

const runFleet = async (
  {fleet, options, folder, server, teacher, bus, prompts, stop, lost$}: Up,
  unrecorded$: Observable<string>,
): Promise<Ending> => {
  const ends$ = endsOf(bus, holdOutOf(fleet)).pipe(shareReplay({bufferSize: 1, refCount: true}));
  const display = showProgress({bus, fleet, ends$, prompts: prompts.length});
  const fleetFile = join(folder.path, 'fleet-started.json');
  const told = teacher?.fleet ?? fleet;
  await writeWholeJson(fleetFile, told);
  await bus.kv.put<Fleet>('fleet', loadableElsewhere(told));
  const place = {
    fleetFile,
    run: folder.run,
    natsUrl: server.url,
    runFolder: folder.path,
    env: teacher?.env ?? {},
  };
  const commandsOf = (size: Fleet) => fleetCommands(size, place);
  const scale = await bus.kv.get<Scale>('scale');
  const nobody: ActorsNow = {revision: 0, supervised: options.actors, running: {}, processes: {}};
  await bus.kv.put('actors', nobody);
  const running = startFleet({
    fleet,
    bus,
    ...(options.actors
      ? {commands: commandsOf(scaled(fleet, scale?.value.counts ?? {})), commandsOf}
      : {commands: []}),
    prompts,
    ends$,
    serialPrompts: options.serial === true ? prompts.length : undefined,
    stop$: stop.first$,
    broken$: merge(server.broken$, teacher?.broken$ ?? NEVER, lost$, unrecorded$),
    onEvent: (event) => {
      const line = lineOf(event);
      if (line !== undefined) display.print(line);
    },
    onLost: (count) => display.print(`${count} prompts that the server had lost went out again`),
  });
  const said = {say: display.print};
  const alerts = hasLearner(fleet) ? await followAlerts(bus, fleet, said) : undefined;
  const anchor = hasLearner(fleet) ? await followAnchor(bus, fleet, said) : undefined;
  const saved = followSaved(bus);
  stop.onSecond(() => {
    running.kill();
    if (options.actors)
      complain(`ended at once: ${hasLearner(fleet) ? lostText(saved.now()) : LOST_ANSWERS}`);
  });
  const draining = stop.first$.subscribe(() =>
    display.print(
      `draining: ${hasLearner(fleet) ? 'the step under way ends and a checkpoint is written' : 'what is under way is finished'}; again to end at once`,
    ),
  );
  draining.add(
    stop.first$
      .pipe(
        switchMap(() => timer(WAITING_LINE_MS, WAITING_LINE_MS)),
        map(() => waitingLine(running.drainingAtWork())),
      )
      .subscribe((line) => {
        if (line !== undefined) display.print(line);
      }),
  );
  const ending = await running.ended;
  draining.unsubscribe();
  alerts?.unsubscribe();
  anchor?.unsubscribe();
  saved.end();
  display.end();
  return ending;
};

const lineOf = (event: ProcessEvent): string | undefined => {
  if (event.kind === 'message') return warningOf(event);
  if (event.kind === 'restarting') return `${event.name} ended (${event.reason}) and starts again`;
  if (event.kind === 'ended' && event.reason !== undefined)
    return `${event.name} did not drain: ${event.reason}`;
  return undefined;
};

const warningOf = ({name, message}: Extract<ProcessEvent, {kind: 'message'}>): string | undefined => {
  const isWarning =
    typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'warning';
  return isWarning && 'message' in message ? `${name}: ${String(message.message)}` : undefined;
};
