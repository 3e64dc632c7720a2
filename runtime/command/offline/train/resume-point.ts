/**
 * What `anchorage train --resume` goes on from: a folder with what was learned, the optimizer's state beside it, and
 * training.json, which is written last: a save that a kill cut short lacks it and does not count.
 */
import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import * as z from 'zod';
import {TerminalError} from '../../../errors.js';
import {readJson} from '../../../json/json-file.js';
import {writeWholeJson} from '../../../machine/whole-file.js';
import {readSafetensors, writeSafetensors} from '../../../model/files/safetensors/safetensors.js';
import type {HostTensor} from '../../../tensor/executor.js';
import {checkpointFolder} from '../output/output-folder.js';
import type {TrainOptions} from './train-options.js';

export const TRAINING_FILE = 'training.json';
export const OPTIMIZER_FILE = 'optimizer.safetensors';

/** What a run is of; another model or other pairs are another run. */
export interface RunSource {
  readonly weightsSha256: string;
  /** Of the pairs' tokens, in order. */
  readonly pairsSha256: string;
}

const savedSchema = z.looseObject({
  step: z.int().nonnegative(),
  weightsSha256: z.string(),
  pairsSha256: z.string(),
});
type Saved = z.infer<typeof savedSchema>;

/** What a run may be gone on with otherwise: where things are and how fast, not what is computed. */
const FREE = new Set<string>([
  ...(['model', 'pairs', 'out', 'resume', 'cache', 'metrics', 'saveEvery'] satisfies (keyof TrainOptions)[]),
  ...(['backend', 'device', 'threads', 'memory'] satisfies (keyof TrainOptions)[]),
  'step',
  'weightsSha256',
  'pairsSha256',
]);

/** Completes a new folder's save of what was learned after `step` steps; without `optimizer`, of a run that is over. */
export const completeSave = async (
  folder: string,
  {
    options,
    source,
    step,
    optimizer,
  }: {
    readonly options: TrainOptions;
    readonly source: RunSource;
    readonly step: number;
    readonly optimizer?: ReadonlyMap<string, HostTensor>;
  },
): Promise<void> => {
  if (optimizer !== undefined) await writeSafetensors(join(folder, OPTIMIZER_FILE), optimizer);
  await writeWholeJson(join(folder, TRAINING_FILE), {...options, ...source, step});
};

/** A save that can be gone on from. */
export interface ResumePoint {
  readonly folder: string;
  readonly step: number;
}

/**
 * The save of the most steps in `out`; undefined where there is none.
 *
 * @throws TerminalError where the run was of another model, other pairs or other options.
 */
export const findSave = async (
  out: string,
  options: TrainOptions,
  source: RunSource,
): Promise<ResumePoint | undefined> => {
  const names = await readdir(out);
  const steps = names.flatMap((name) => {
    const [, step] = /^checkpoint-(\d{1,15})$/.exec(name) ?? [];
    return step === undefined ? [] : [Number(step)];
  });
  const folders = [out, ...steps.map((step) => checkpointFolder(out, step))];
  let newest: ResumePoint | undefined;
  for (const folder of folders) {
    if (!(await readdir(folder)).includes(TRAINING_FILE)) continue;
    const path = join(folder, TRAINING_FILE);
    const saved = await readJson(path, savedSchema);
    requireSame(path, saved, options, source);
    if (newest === undefined || saved.step > newest.step) newest = {folder, step: saved.step};
  }
  return newest;
};

const requireSame = (path: string, saved: Saved, options: TrainOptions, source: RunSource): void => {
  const differs = (what: string): TerminalError =>
    new TerminalError(`--resume: ${path} is of ${what}; give what it was begun with, or another --out`);
  if (saved.weightsSha256 !== source.weightsSha256) throw differs('another model, or other weights of it');
  if (saved.pairsSha256 !== source.pairsSha256)
    throw differs('other pairs, or of pairs cut or rendered otherwise');
  const now: Readonly<Record<string, unknown>> = {...options};
  for (const name of new Set([...Object.keys(saved), ...Object.keys(now)])) {
    if (FREE.has(name) || JSON.stringify(saved[name]) === JSON.stringify(now[name])) continue;
    throw differs(
      `${name} ${JSON.stringify(saved[name]) ?? 'unset'}, not ${JSON.stringify(now[name]) ?? 'unset'}`,
    );
  }
};

/** The optimizer's state of a save. */
export const optimizerOf = ({folder}: ResumePoint): Promise<Map<string, HostTensor>> =>
  readSafetensors(join(folder, OPTIMIZER_FILE));
