/**
 * The last save of `anchorage train`: a checkpoint's folder becomes the model of the output folder.
 *
 * M1 A folder is a save by its training.json. That of the output goes first and comes back last, and the checkpoint's own
 *    stays until then: at every instant one of the two is whole, whatever is killed.
 * M2 A folder is a model by its configuration, which goes before other files change and comes when they are there: nobody
 *    loads the shards of two models as one.
 */
import {readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {flush, linkOrCopy} from '../../../machine/whole-file.js';
import {MODEL_MARKS} from '../output/output-folder.js';
import {OPTIMIZER_FILE, TRAINING_FILE} from './resume-point.js';

/** Whether the checkpoint's folder stays beside the output's model. */
export type Afterwards = 'stays' | 'goes';

type Operation = () => Promise<void>;

/** What is done, in order; where it is cut short, all of it can be done again. */
export const promotionOf = async (
  checkpoint: string,
  out: string,
  afterwards: Afterwards,
): Promise<readonly Operation[]> => {
  const remove = (folder: string, name: string): Operation => {
    return () => rm(join(folder, name), {force: true});
  };
  const place = (name: string): Operation[] => [
    remove(out, name),
    () => linkOrCopy(join(checkpoint, name), join(out, name)),
  ];
  const names = await readdir(checkpoint);
  const marks = names.filter((name) => MODEL_MARKS.includes(name));
  const others = names.filter((name) => name !== TRAINING_FILE && !MODEL_MARKS.includes(name));
  const flushOut: Operation = () => flush(out);
  return [
    // A complete run has no optimizer's state, and would be left that of the save before.
    ...[TRAINING_FILE, ...MODEL_MARKS, OPTIMIZER_FILE].map((name) => remove(out, name)),
    flushOut,
    ...others.flatMap(place),
    ...marks.flatMap(place),
    flushOut,
    ...place(TRAINING_FILE),
    flushOut,
    ...(afterwards === 'stays'
      ? []
      : [remove(checkpoint, TRAINING_FILE), () => rm(checkpoint, {recursive: true, force: true})]),
  ];
};

/** Makes a whole checkpoint the output's model; both are on the disk when it resolves. */
export const promote = async (checkpoint: string, out: string, afterwards: Afterwards): Promise<void> => {
  for (const operation of await promotionOf(checkpoint, out, afterwards)) await operation();
};
