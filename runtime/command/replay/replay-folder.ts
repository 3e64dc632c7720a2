/**
 * The folder of a replay: a run's folder, without a server. A checkpoint counts once its line is in checkpoints.jsonl, which is
 * written after its files; a score once its line is in scores.jsonl, after those of its items. What a kill leaves is gone on from.
 */
import {copyFile, mkdir, readdir, readFile, rm} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import * as z from 'zod';
import type {Alert, Checkpoint, EvaluationScore, PreferencePair} from '../../../proto/messages.js';
import type {LogName, MessageOf} from '../../bus/channels/subjects.js';
import {isMissing, TerminalError} from '../../errors.js';
import {removeFromRun} from '../../fleet/checkpoints/remove.js';
import {keptOf, scoringOf} from '../../fleet/checkpoints/retention.js';
import {scoreKey} from '../../fleet/evaluation/due.js';
import {hasLearner} from '../../fleet/file/pairs-only.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {differenceText, judgedOtherwise} from '../../fleet/run/fleet-difference.js';
import {linesOf} from '../../fleet/run/recorded.js';
import {type RunRecord, readRecord, writeRecord} from '../../fleet/run/run-folder.js';
import {readJson, readOptionalText} from '../../json/json-file.js';
import {ownIdentity} from '../../machine/process-alive.js';
import {writeWhole, writeWholeJson} from '../../machine/whole-file.js';
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
type ReplayOrigin = z.infer<typeof originSchema>;

export const ITEMS_FILE = 'items.jsonl';
const ORIGIN_FILE = 'replay.json';

/** The grades of a checkpoint by a suite: a line of items.jsonl. */
export const itemsSchema = z.object({
  step: z.int().nonnegative(),
  policy_version: z.int().nonnegative(),
  suite: z.string(),
  /** What the fleet calls the suite; its word unless given. */
  name: z.string().optional(),
  ids: z.array(z.string()),
  /** In the order of the ids: of a mixture which part each is of; how often each counts, where that is not once. */
  benchmarks: z.array(z.string()).optional(),
  weights: z.array(z.number()).optional(),
  /** From 0 to 1; null where nobody could tell. */
  grades: z.array(z.number().nullable()),
  /** As `Summary.pseudoValues`: where the score is the mean of these and not of the grades. */
  pseudo_values: z.array(z.number().nullable()).optional(),
});
export type ItemGrades = z.infer<typeof itemsSchema>;

/** What a replay writes besides its scores; the other logs are the run's. */
type ReplayLog = 'metrics' | 'checkpoints' | 'controls' | 'alerts';

export interface ReplayFolder {
  readonly path: string;
  /** Of before this process; those of an earlier one. */
  readonly checkpoints: Checkpoint[];
  readonly alerts: readonly Alert[];
  /** Without what grows with the items. */
  readonly scores: readonly EvaluationScore[];
  /** By `scoreKey`. */
  readonly scored: ReadonlySet<string>;
  append<N extends ReplayLog>(log: N, message: MessageOf<N>): Promise<void>;
  /** Its items first: a score that is there has them. */
  appendScore(score: EvaluationScore, items: ItemGrades): Promise<void>;
  /** Deletes the checkpoints that do not stay by `training.keep`. */
  retain(fleet: Fleet): Promise<void>;
  /** Writes run.json. */
  record(change: Partial<RunRecord>): Promise<void>;
  close(): Promise<void>;
}

/** @throws TerminalError where the folder is of another run. */
export const requireReplay = async (path: string): Promise<void> => {
  if (
    (await readOptionalText(join(path, ORIGIN_FILE))) === undefined &&
    (await readRecord(path)) !== undefined
  )
    throw new TerminalError(`${path}: is a run that is no replay; choose another --run`);
};

/**
 * Puts what a replay begins with into its folder, or sees that it was begun with the same.
 *
 * @throws TerminalError where it was begun otherwise.
 */
export const prepareReplayFolder = async (
  path: string,
  fleet: Fleet,
  source: ReplaySource,
): Promise<void> => {
  const origin: ReplayOrigin = {
    run: source.run,
    folder: resolve(source.folder),
    pairsSha256: source.pairsSha256,
  };
  const file = join(path, ORIGIN_FILE);
  if ((await readOptionalText(file)) === undefined || !(await isBegun(path))) {
    await copyLog(source.folder, path, 'rejections');
    if (hasLearner(source.fleet))
      for (const log of ['pairs', 'held_out'] as const) await copyLog(source.folder, path, log);
    else await divideLog(source, path);
    await writeWholeJson(join(path, 'fleet.json'), fleet);
    await writeWholeJson(file, origin);
    return;
  }
  const begun = await readJson(file, originSchema);
  if (begun.pairsSha256 !== origin.pairsSha256)
    throw new TerminalError(
      `${file}: was begun with the pairs of run ${begun.run} as they were then, not with these; choose another --run`,
    );
  const differs = judgedOtherwise(await readJson(join(path, 'fleet.json'), z.unknown()), fleet);
  if (differs !== undefined)
    throw new TerminalError(
      `${join(path, 'fleet.json')}: begun with ${differenceText(differs)}; give the same, or another --run`,
    );
  await writeWholeJson(join(path, 'fleet.json'), fleet);
};

/** What came to no checkpoint, such as a suite whose file is not there, binds nobody. */
const isBegun = async (path: string): Promise<boolean> =>
  ((await readOptionalText(join(path, fileOf('checkpoints')))) ?? '') !== '';

const copyLog = async (from: string, to: string, log: LogName): Promise<void> => {
  try {
    await copyFile(join(from, fileOf(log)), join(to, fileOf(log)));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
};

/** The pairs of a run that trained nobody as its learner would have had them, each line as it was but for its number. */
const divideLog = async ({folder, pairs, heldOut}: ReplaySource, to: string): Promise<void> => {
  const lines = new Map<string, object>();
  // Whoever read the source has looked at each.
  for (const text of (await readFile(join(folder, fileOf('pairs')), 'utf8')).split('\n')) {
    if (text.trim() === '') continue;
    const line = JSON.parse(text) as {prompt_id: string};
    if (!lines.has(line.prompt_id)) lines.set(line.prompt_id, line);
  }
  const textOf = (own: readonly PreferencePair[]): string =>
    own
      .map(({promptId}, index) => `${JSON.stringify({...lines.get(promptId), sequence: index + 1})}\n`)
      .join('');
  await writeWhole(join(to, fileOf('pairs')), textOf(pairs.map(({pair}) => pair)));
  if (heldOut.length > 0) await writeWhole(join(to, fileOf('held_out')), textOf(heldOut));
};

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
  const scores: EvaluationScore[] = [];
  for await (const {message} of linesOf(path, 'scores')) scores.push(message);
  const scored = new Set(scores.map(scoreKey));
  return {
    path,
    checkpoints,
    scores,
    scored,
    alerts,
    async append(log, message) {
      const toLine: (message: MessageOf<typeof log>) => Line = lineOf[log];
      await files[log].append(toLine(message), log !== 'metrics');
    },
    async appendScore(score, line) {
      await items.append(line, true);
      await files.scores.append(lineOf.scores(score), true);
      scores.push(score);
      scored.add(scoreKey(score));
    },
    async retain(fleet) {
      const {keep} = fleet.training;
      if (keep === undefined) return;
      const kept = new Set(keptOf(checkpoints, scoringOf(fleet, checkpoints, scores), keep));
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
