/** Which checkpoints of a run's folder can be gone on from. */
import {existsSync} from 'node:fs';
import {resolve} from 'node:path';
import type {Checkpoint, ContentFile} from '../../../proto/messages.js';
import {TerminalError} from '../../errors.js';
import {fileOf} from '../../metrics/lines.js';
import type {recordedLogs} from '../../metrics/record-run.js';
import {RESUMABLE_STEPS} from '../checkpoints/checkpoints.js';
import {hasContent} from '../checkpoints/content.js';

/** The sequence that the file of each log ends with. */
export type Ends = Readonly<Record<(typeof recordedLogs)[number], number>>;

interface Unused {
  readonly checkpoint: Checkpoint;
  readonly why: string;
}

/**
 * The newest checkpoints that are whole, up to as many steps as are gone on from; and those newer ones that are not, or know
 * more than the folder has, and why.
 *
 * @throws TerminalError where several left a folder here, and none is left to go on from.
 */
export const soundOf = async (
  runFolder: string,
  checkpoints: readonly Checkpoint[],
  ends: Ends,
): Promise<{readonly unused: readonly Unused[]; readonly whole: readonly Checkpoint[]}> => {
  const unused: Unused[] = [];
  const whole: Checkpoint[] = [];
  const trained = checkpoints.filter(({policyVersion}) => policyVersion > 0).reverse();
  for (const checkpoint of trained) {
    const why = await whyUnused(runFolder, checkpoint, ends);
    if (why === undefined) whole.push(checkpoint);
    else if (whole.length === 0) unused.push({checkpoint, why});
    if (new Set(whole.map(({step}) => step)).size === RESUMABLE_STEPS) break;
  }
  const damaged = unused.filter(({checkpoint}) => existsSync(resolve(runFolder, checkpoint.folder)));
  const [newest] = unused;
  if (whole.length === 0 && newest !== undefined && damaged.length >= RESUMABLE_STEPS)
    throw new TerminalError(
      `${runFolder}: none of its checkpoints can be gone on from: of step ${newest.checkpoint.step}, ${newest.why}; ` +
        'put back what is missing, or begin another --run',
    );
  return {unused, whole};
};

const whyUnused = async (
  runFolder: string,
  checkpoint: Checkpoint,
  ends: Ends,
): Promise<string | undefined> => {
  const {pairSequence, objectiveRevision} = checkpoint;
  if (pairSequence > ends.pairs)
    return `it is of pairs up to ${pairSequence}, and ${fileOf('pairs')} holds them up to ${ends.pairs}`;
  // Revision 1 is the fleet's own.
  if (objectiveRevision > Math.max(1, ends.controls))
    return `it is of revision ${objectiveRevision}, and ${fileOf('controls')} holds them up to ${ends.controls}`;
  for (const {file, path} of filesOf(runFolder, checkpoint))
    if (!(await hasContent(path, file))) return `${path} is missing or altered`;
  return undefined;
};

/** Each file that a checkpoint names, and where it lies. */
export const filesOf = (
  runFolder: string,
  {folder, files, trainingFiles}: Checkpoint,
): {readonly file: ContentFile; readonly path: string}[] => [
  // Those that older checkpoints have no more come first, as they are looked at.
  ...trainingFiles.map((file) => ({file, path: resolve(runFolder, file.path)})),
  ...files.map((file) => ({file, path: resolve(runFolder, folder, file.path)})),
];
