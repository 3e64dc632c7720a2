/**
 * The folder of a replay: a run's folder, without a server. A checkpoint counts once its line is in checkpoints.jsonl, which is
 * written after its files; a score once its line is in scores.jsonl, after those of its items. What a kill leaves is gone on from.
 */
import {copyFile, mkdir, readdir, rm} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import * as z from 'zod';
import type {Alert, Checkpoint} from '../../../proto/messages.js';
import type {LogName, MessageOf} from '../../bus/channels/subjects.js';
import {isMissing, TerminalError} from '../../errors.js';
import {removeFromRun} from '../../fleet/checkpoints/remove.js';
import {keptOf} from '../../fleet/checkpoints/retention.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {linesOf} from '../../fleet/run/recorded.js';
import {type RunRecord, readRecord, writeRecord} from '../../fleet/run/run-folder.js';
import {readJson, readOptionalText} from '../../json/json-file.js';
import {ensureFolder} from '../../machine/ensure-folder.js';
import {ownIdentity} from '../../machine/process-alive.js';
import {writeWholeJson} from '../../machine/whole-file.js';
import {fileOf, type Line, lineOf} from '../../metrics/lines.js';
import {openForAppending} from '../../metrics/tail.js';
import type {ReplaySource} from './replay-source.js';

/** What a replay came from, and what it is: replay.json. */
const originSchema = z.object({
  /** Id and folder of the run whose pairs are trained on. */
  run: z.string(),
  folder: z.string(),
  pairsSha256: z.string(),
});
export type ReplayOrigin = z.infer<typeof originSchema>;

export const ITEMS_FILE = 'items.jsonl';

/** The grades of a checkpoint: a line of items.jsonl. */
export const itemsSchema = z.object({
  step: z.int().nonnegative(),
  policy_version: z.int().nonnegative(),
  suite: z.string(),
  ids: z.array(z.string()),
  /** In the order of the ids: of a mixture which part each is of; how often each counts, where that is not once. */
  benchmarks: z.array(z.string()).optional(),
  weights: z.array(z.number()).optional(),
  /** From 0 to 1; null where nobody could tell. */
  grades: z.array(z.number().nullable()),
});
export type ItemGrades = z.infer<typeof itemsSchema>;

/** What a replay writes; the other logs are the run's. */
type ReplayLog = 'metrics' | 'scores' | 'checkpoints' | 'controls' | 'alerts';

export interface ReplayFolder {
  readonly path: string;
  /** Of before this process; those of an earlier one. */
  readonly checkpoints: Checkpoint[];
  readonly alerts: readonly Alert[];
  /** Policy versions that have a score, and which. */
  readonly scores: Map<number, number>;
  append<N extends ReplayLog>(log: N, message: MessageOf<N>): Promise<void>;
  appendItems(line: ItemGrades): Promise<void>;
  /** Deletes the checkpoints that do not stay by `training.keep`. */
  retain(fleet: Fleet): Promise<void>;
  /** Writes run.json. */
  record(change: Partial<RunRecord>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Makes the folder, or goes on in it.
 *
 * @throws TerminalError where it is of another run, or of a replay that was begun otherwise.
 */
export const prepareReplayFolder = async (
  path: string,
  fleet: Fleet,
  source: ReplaySource,
): Promise<void> => {
  await ensureFolder(path);
  const origin: ReplayOrigin = {
    run: source.run,
    folder: resolve(source.folder),
    pairsSha256: source.pairsSha256,
  };
  const file = join(path, 'replay.json');
  if ((await readOptionalText(file)) === undefined) {
    if ((await readRecord(path)) !== undefined)
      throw new TerminalError(`${path}: is a run that is no replay; choose another --run`);
    for (const log of ['pairs', 'held_out', 'rejections'] as const) await copyLog(source.folder, path, log);
    await writeWholeJson(join(path, 'fleet.json'), fleet);
    await writeWholeJson(file, origin);
    return;
  }
  const begun = await readJson(file, originSchema);
  if (begun.pairsSha256 !== origin.pairsSha256)
    throw new TerminalError(
      `${file}: was begun with the pairs of run ${begun.run} as they were then, not with these; choose another --run`,
    );
  const differs = firstDifference(
    await readJson(join(path, 'fleet.json'), z.unknown()),
    JSON.parse(JSON.stringify(fleet)),
  );
  if (differs !== undefined)
    throw new TerminalError(`${join(path, 'fleet.json')}: ${differs}; give the same, or another --run`);
};

const copyLog = async (from: string, to: string, log: LogName): Promise<void> => {
  try {
    await copyFile(join(from, fileOf(log)), join(to, fileOf(log)));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
};

/** The first key of which two fleets say different things, in words. */
const firstDifference = (before: unknown, now: unknown, keys: readonly string[] = []): string | undefined => {
  if (!isMap(before) || !isMap(now)) {
    if (JSON.stringify(before) === JSON.stringify(now)) return undefined;
    return `begun with ${keys.join('.')} ${JSON.stringify(before) ?? 'unset'}, not ${JSON.stringify(now) ?? 'unset'}`;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const difference = firstDifference(before[key], now[key], [...keys, key]);
    if (difference !== undefined) return difference;
  }
  return undefined;
};

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Opens the files of a folder that is prepared and held. */
export const openReplayFolder = async (path: string, run: string, from: string): Promise<ReplayFolder> => {
  for (const folder of ['checkpoints', 'training']) await mkdir(join(path, folder), {recursive: true});
  const own = ownIdentity();
  const now = new Date().toISOString();
  let recorded: RunRecord = {
    run,
    pid: process.pid,
    place: own.place,
    startTicks: own.startTicks,
    heldSince: now,
    natsUrl: '',
    replayOf: from,
    startedAt: (await readRecord(path))?.startedAt ?? now,
  };
  await writeRecord(path, recorded);
  const files = {
    metrics: await openLines(join(path, fileOf('metrics'))),
    scores: await openLines(join(path, fileOf('scores'))),
    checkpoints: await openLines(join(path, fileOf('checkpoints'))),
    controls: await openLines(join(path, fileOf('controls'))),
    alerts: await openLines(join(path, fileOf('alerts'))),
  };
  const items = await openLines(join(path, ITEMS_FILE));
  const alerts: Alert[] = [];
  for await (const {message} of linesOf(path, 'alerts')) alerts.push(message);
  const checkpoints: Checkpoint[] = [];
  for await (const {message} of linesOf(path, 'checkpoints')) checkpoints.push(message);
  const scores = new Map<number, number>();
  for await (const {message} of linesOf(path, 'scores')) scores.set(message.policyVersion, message.score);
  return {
    path,
    checkpoints,
    scores,
    alerts,
    async append(log, message) {
      const toLine: (message: MessageOf<typeof log>) => Line = lineOf[log];
      await files[log].append(toLine(message), log !== 'metrics');
    },
    appendItems: (line) => items.append(line, true),
    async retain({training: {keep}, evaluation}) {
      if (keep === undefined) return;
      const ranked = [...scores].map(([policyVersion, worth]) => ({policyVersion, worth, margin: null}));
      const scoring = {ranked, isOwed: (version: number) => !scores.has(version)};
      const kept = new Set(keptOf(checkpoints, evaluation && scoring, keep));
      for (const checkpoint of checkpoints)
        if (!kept.has(checkpoint) && checkpoint.folder.startsWith('checkpoints/'))
          await removeFromRun(path, checkpoint.folder);
    },
    async record(change) {
      recorded = {...recorded, ...change};
      await writeRecord(path, recorded);
    },
    async close() {
      for (const each of [...Object.values(files), items]) await each.close();
    },
  };
};

/** Appends numbered lines to a file, from where it ends. */
const openLines = async (path: string) => {
  const {file, sequence} = await openForAppending(path);
  let last = sequence;
  return {
    async append(line: Line, flushed: boolean): Promise<void> {
      last += 1;
      await file.appendFile(`${JSON.stringify({...line, sequence: last})}\n`);
      if (flushed) await file.datasync();
    },
    close: () => file.close(),
  };
};

/** Where what a step is gone on from lies: the model, and the optimizer's state. */
export const placesOf = (step: number): {readonly checkpoint: string; readonly optimizer: string} => {
  const name = `step-${String(step).padStart(6, '0')}`;
  return {checkpoint: `checkpoints/${name}`, optimizer: `training/${name}.safetensors`};
};

/** Deletes the optimizer's states but that of one step, or all. */
export const forgetOptimizers = async (path: string, but?: number): Promise<void> => {
  const folder = join(path, 'training');
  const kept = but === undefined ? undefined : `${placesOf(but).optimizer.slice('training/'.length)}`;
  for (const name of await readdir(folder).catch(() => []))
    if (name !== kept) await rm(join(folder, name), {force: true});
};
