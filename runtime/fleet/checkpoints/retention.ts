/**
 * Which checkpoints stay. Without `training.keep`, all.
 *
 * R1 What is gone on from stays: the newest steps. So do the policy before training, the last of a complete run, and every
 *    checkpoint that is yet to be scored.
 * R2 A file that a checkpoint which stays also names, stays.
 * R3 A checkpoint whose files are nowhere counts for none of the newest: somebody else may have published it.
 */
import {join, resolve} from 'node:path';
import type {Checkpoint, EvaluationScore} from '../../../proto/messages.js';
import type {Bus} from '../../bus/bus.js';
import {byWorth, type Ranked, rankedScores} from '../evaluation/best.js';
import {owedScores} from '../evaluation/due.js';
import {decidingOf, evaluationsOf} from '../file/evaluations.js';
import type {Fleet} from '../file/schema.js';
import {growingLog, logNow} from '../run/log-now.js';
import {RESUMABLE_STEPS} from './checkpoints.js';
import {hasSize} from './content.js';
import {removeFromRun} from './remove.js';

type Keep = NonNullable<Fleet['training']['keep']>;
type Facts = Pick<Checkpoint, 'step' | 'policyVersion' | 'final'>;

/** What is known of a run's checkpoints that are scored. */
export interface Scoring {
  /** By what decides which is the best. */
  readonly ranked: readonly Ranked[];
  /** Whether a policy version is yet to be scored by a suite. */
  isOwed(policyVersion: number): boolean;
}

/** Of a fleet whose suites gave these scores so far; undefined where none is to come. */
export const scoringOf = (
  fleet: Pick<Fleet, 'evaluation' | 'seed'>,
  checkpoints: readonly Facts[],
  scores: readonly EvaluationScore[],
): Scoring | undefined => {
  const deciding = decidingOf(fleet);
  if (deciding === undefined) return undefined;
  const owed = owedScores(evaluationsOf(fleet), fleet, checkpoints, scores);
  const versions = new Set(owed.map(({policyVersion}) => policyVersion));
  return {ranked: rankedScores(scores, deciding), isOwed: (version) => versions.has(version)};
};

/**
 * The checkpoints that stay, of all in the order in which they were published. Of equal scores that of the larger margin is
 * the better, and of equal margins the earlier.
 *
 * @param scoring undefined where no score is to come.
 * @param there those of them whose files are somewhere; all, unless given.
 */
export const keptOf = <C extends Facts>(
  checkpoints: readonly C[],
  scoring: Scoring | undefined,
  {last, best, every}: Keep,
  there: readonly C[] = checkpoints,
): C[] => {
  const newestSteps = [...new Set(there.map(({step}) => step).reverse())].slice(0, RESUMABLE_STEPS);
  // Of the last, there may be two messages.
  const versions = [...new Set(there.map(({policyVersion}) => policyVersion))];
  const newest = versions.slice(-last);
  const highest = (scoring?.ranked ?? [])
    .toSorted(byWorth)
    .slice(0, best)
    .map(({policyVersion}) => policyVersion);
  return checkpoints.filter(
    ({step, policyVersion, final}) =>
      policyVersion === 0 ||
      final ||
      scoring?.isOwed(policyVersion) === true ||
      newestSteps.includes(step) ||
      newest.includes(policyVersion) ||
      highest.includes(policyVersion) ||
      (every !== undefined && policyVersion % every === 0),
  );
};

/**
 * Removes, at each call, the folders and the bus's content of checkpoints that do not stay. It keeps what it has read and
 * removed, for the next call, which is told what the learner goes on from: that stays.
 */
export const retention = (
  {
    bus,
    runFolder,
    warn,
  }: {readonly bus: Bus; readonly runFolder: string; readonly warn: (line: string) => void},
  fleet: Pick<Fleet, 'training' | 'evaluation' | 'seed'>,
): ((saved?: readonly Pick<Checkpoint, 'folder' | 'files'>[]) => Promise<void>) => {
  const {keep, share} = fleet.training;
  const [published, scored] = [growingLog(bus, 'checkpoints'), growingLog(bus, 'scores')];
  /** Policy versions. */
  const gone = new Set<number>();
  const isThere = async ({policyVersion, folder, files}: Checkpoint): Promise<boolean> => {
    if (policyVersion === 0) return true;
    for (const file of files)
      if (
        !(await hasSize(resolve(runFolder, folder, file.path), file)) &&
        (share === 'folder' || !(await bus.blobs.has(file.sha256)))
      )
        return false;
    return true;
  };
  return async (saved = []) => {
    if (keep === undefined) return;
    const checkpoints = await published();
    const there: Checkpoint[] = [];
    for (const checkpoint of checkpoints)
      if (!gone.has(checkpoint.policyVersion) && (await isThere(checkpoint))) there.push(checkpoint);
    const kept = keptOf(checkpoints, scoringOf(fleet, checkpoints, await scored()), keep, there);
    const staying = [...kept, ...saved];
    const folders = new Set(staying.map(({folder}) => folder));
    const contents = new Set(staying.flatMap(({files}) => files.map(({sha256}) => sha256)));
    for (const checkpoint of checkpoints) {
      const {policyVersion, folder, files} = checkpoint;
      if (kept.includes(checkpoint) || gone.has(policyVersion)) continue;
      gone.add(policyVersion);
      const isOurs = folder.startsWith('checkpoints/');
      if (isOurs && !folders.has(folder) && !(await removeFromRun(runFolder, folder)))
        warn(`${join(runFolder, folder)}: not in the run's folder, and not removed`);
      if (share === 'folder') continue;
      for (const {sha256} of files) if (!contents.has(sha256)) await bus.blobs.delete(sha256);
    }
  };
};

/**
 * Removes from the bus what travelled of a run's checkpoints and lies in the run's folder here: of a run that is complete, on a
 * server of its own, nobody asks for it again, and it is as large as all that was trained.
 */
export const forgetTravelled = async ({
  bus,
  runFolder,
}: {
  readonly bus: Bus;
  readonly runFolder: string;
}): Promise<void> => {
  const gone = new Set<string>();
  for (const {folder, files, trainingFiles} of await logNow(bus, 'checkpoints')) {
    const here = [
      ...files.map((file) => ({file, path: resolve(runFolder, folder, file.path)})),
      ...trainingFiles.map((file) => ({file, path: resolve(runFolder, file.path)})),
    ];
    for (const {file, path} of here) {
      if (gone.has(file.sha256) || !(await hasSize(path, file))) continue;
      await bus.blobs.delete(file.sha256);
      gone.add(file.sha256);
    }
  }
};
