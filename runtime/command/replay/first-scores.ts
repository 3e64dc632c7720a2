/**
 * What the policy before training comes to, kept beside the runs that begin with it: it is measured once, and all of them begin
 * with the very same numbers.
 *
 * F1 A file is put in place whole, so that a kill leaves none or all of it.
 * F2 Of two processes that want the same, one measures and the other waits for it. Where that one is killed, the other measures.
 */
import {createHash} from 'node:crypto';
import {dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {evaluationsOf, seedOfEvaluation} from '../../fleet/file/evaluations.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {holdRun} from '../../fleet/run/hold.js';
import {folderHold} from '../../fleet/run/hold-stores.js';
import {pathDigest} from '../../fleet/run/origin.js';
import {readOptionalText} from '../../json/json-file.js';
import {ensureFolder} from '../../machine/ensure-folder.js';
import {writeWholeJson} from '../../machine/whole-file.js';
import {messageSchemas} from '../../metrics/message-schemas.js';
import {digest} from '../../model/files/folder.js';
import {type ModelCheckpoint, modelFilesOf} from '../../model/files/model-checkpoint.js';
import {filesOfSuite, type OpenedSuite} from '../../suites/suites.js';
import {itemsSchema} from './replay-folder.js';

/** Beside the runs, which share it. No run's id begins with a dot. */
export const firstScoresFolderOf = (runFolder: string): string => join(dirname(runFolder), '.first-scores');

/** A score with its items, as the files of a run have them. */
export const firstScoreSchema = z.object({score: messageSchemas.scores, items: itemsSchema});

/** Of each item what was measured of its texts; what was no number is none again. */
export const firstLikelihoodsSchema = z.array(
  z.array(
    z.object({
      logps: z
        .number()
        .nullable()
        .transform((logps) => logps ?? Number.NaN),
      tokens: z.number(),
    }),
  ),
);

/**
 * What the first score of each suite of a fleet depends on, in the order of the fleet: the policy's files, what is asked and how,
 * who judges, and the seed where something is drawn by it.
 *
 * @param heldOutSha256 of the pairs that are held back.
 */
export const firstScoreKeys = async (
  fleet: Fleet,
  model: Pick<ModelCheckpoint, 'directory' | 'weightsSha256'>,
  suites: readonly OpenedSuite[],
  heldOutSha256: string,
): Promise<string[]> => {
  const files: string[] = [];
  for (const name of await modelFilesOf(model.directory))
    files.push(name.endsWith('.safetensors') ? name : await digest(join(model.directory, name)));
  const {backend, device, precision, policy} = fleet;
  const {format, chatTemplate, maxPromptTokens, maxCompletionTokens} = policy;
  const answered = {backend, device, precision, format, chatTemplate, maxPromptTokens, maxCompletionTokens};
  return Promise.all(
    evaluationsOf(fleet).map(async (evaluation, place) => {
      const {when: _when, best: _best, name: _name, seed: _seed, judge, ...options} = evaluation;
      const suite = suites[place];
      const asked: string[] = [];
      for (const {key, file} of filesOfSuite(evaluation)) asked.push(await pathDigest(key, file));
      const endpoint = judge && fleet.endpoints[judge.endpoint];
      const isDrawn = suite?.kind === 'answers' && suite.items.some(({temperature = 0}) => temperature > 0);
      const of = {
        ...{weights: model.weightsSha256, files, answered, options, asked, judge},
        judgedAt: endpoint !== undefined && 'baseUrl' in endpoint ? endpoint.baseUrl : null,
        seed: isDrawn ? seedOfEvaluation(evaluation, fleet) : null,
        pairs: suite?.kind === 'pairs' ? heldOutSha256 : null,
      };
      return createHash('sha256').update(JSON.stringify(of)).digest('hex');
    }),
  );
};

export interface MeasuredOnce {
  /** Of what is kept by one key. */
  readonly folder: string;
  /** Of the file in it, without its ending. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Told once that another process is measuring. */
  readonly onWait: () => void;
}

const LOOK_AGAIN_MS = 200;

/** What is kept, or what `measure` gives, which is kept then. Rejects where it is asked to stop meanwhile. */
export const measuredOnce = async <S extends z.ZodType>(
  schema: S,
  {folder, name, signal, onWait}: MeasuredOnce,
  measure: () => Promise<z.input<S>>,
): Promise<z.output<S>> => {
  const file = join(folder, `${name}.json`);
  const kept = async (): Promise<z.output<S> | undefined> => {
    const text = await readOptionalText(file);
    return text === undefined ? undefined : keptIn(schema, text);
  };
  const held = join(folder, name);
  for (let waited = false; ; waited = true) {
    signal.throwIfAborted();
    const found = await kept();
    if (found !== undefined) return found;
    await ensureFolder(held);
    const store = folderHold(held);
    // One that cannot be read says so here; what is refused below is a run that another process has.
    await store.read();
    const hold = await holdRun(store, `of ${file}`).catch((error: unknown) => {
      if (error instanceof TerminalError) return undefined;
      throw error;
    });
    if (hold === undefined) {
      if (!waited) onWait();
      await sleep(LOOK_AGAIN_MS, undefined, {signal});
      continue;
    }
    try {
      const meanwhile = await kept();
      if (meanwhile !== undefined) return meanwhile;
      await writeWholeJson(file, await measure());
    } finally {
      await hold.release();
    }
  }
};

/** What cannot be read is measured again. */
const keptIn = <S extends z.ZodType>(schema: S, text: string): z.output<S> | undefined => {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
};
