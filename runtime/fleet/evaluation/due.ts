/**
 * Which suites score which checkpoints. Pure.
 *
 * W1 The policy before training, and the last checkpoint of a run, are scored by every suite.
 * W2 Which checkpoint a suite scores follows from the log of checkpoints, but for `latest`: that is what is the newest when it is
 *    taken up, so that nobody waits for those that were passed over.
 * W3 The last one may be the one before it once more, as the last now. Whoever took that scores it by the suites that it was due
 *    for; whoever takes this, by the others. So no suite scores it twice, and whoever is killed leaves neither out.
 */
import type {Checkpoint, EvaluationScore} from '../../../proto/messages.js';
import {type Evaluation, nameOfEvaluation, seedOfEvaluation} from '../file/evaluations.js';
import type {Fleet} from '../file/schema.js';
import type {Unscored} from './unscored.js';

type When = Pick<Evaluation, 'when'>;
type Seen = Pick<Checkpoint, 'policyVersion' | 'final'>;

const isMultiple = ({when}: When, version: number): boolean =>
  typeof when !== 'object' || version % when.every === 0;

/**
 * Whether a suite scores a checkpoint that is taken up now.
 *
 * @param newest the newest policy version that is published.
 * @param isAgain whether the checkpoint before it in the log has the same policy version.
 */
export const isDue = (
  evaluation: When,
  {policyVersion, final}: Seen,
  {newest, isAgain}: {readonly newest: number; readonly isAgain: boolean},
): boolean => {
  if (isAgain) return final && !isMultiple(evaluation, policyVersion);
  if (evaluation.when === 'latest') return policyVersion === 0 || policyVersion >= newest;
  return final || isMultiple(evaluation, policyVersion);
};

/** Whether a run that has these checkpoints, and no more to come, is owed the score of one. */
const isOwed = (evaluation: When, version: number, last: number): boolean =>
  version === last || version === 0 || (evaluation.when !== 'latest' && isMultiple(evaluation, version));

/** What the suite that gave a score is called. */
export const nameOfScore = ({
  name,
  suite,
}: {
  readonly name?: string | undefined;
  readonly suite: string;
}): string => name || suite;

/** What tells scores apart: whose they are, by what, and by which random numbers. */
export const scoreKey = ({
  name,
  suite,
  seed,
  policyVersion,
}: Pick<EvaluationScore, 'name' | 'suite' | 'seed' | 'policyVersion'>): string =>
  // Those of earlier versions have neither a name nor a seed.
  typeof seed === 'number'
    ? `${nameOfScore({name, suite})}-${seed}-${policyVersion}`
    : `${suite}-${policyVersion}`;

/** What the score of a checkpoint by a suite of the fleet is known by; and what an earlier version called it. */
export const keysOf = (
  evaluation: Pick<Evaluation, 'name' | 'suite' | 'seed'>,
  fleet: Pick<Fleet, 'seed'>,
  policyVersion: number,
): readonly [key: string, before: string] => {
  const seed = seedOfEvaluation(evaluation, fleet);
  const {suite} = evaluation;
  return [
    scoreKey({name: nameOfEvaluation(evaluation), suite, seed, policyVersion}),
    scoreKey({name: '', suite, seed: null, policyVersion}),
  ];
};

/** Whether a checkpoint has its score by a suite. */
export const isScored = (
  evaluation: Pick<Evaluation, 'name' | 'suite' | 'seed'>,
  fleet: Pick<Fleet, 'seed'>,
  policyVersion: number,
  scored: ReadonlySet<string>,
): boolean => keysOf(evaluation, fleet, policyVersion).some((key) => scored.has(key));

/** What is yet to be scored of a run that trains no more. @param unscored what was given up */
export const owedScores = (
  evaluations: readonly Evaluation[],
  fleet: Pick<Fleet, 'seed'>,
  checkpoints: readonly Pick<Checkpoint, 'policyVersion'>[],
  scores: readonly EvaluationScore[],
  unscored: Unscored = {},
): {readonly name: string; readonly policyVersion: number}[] => {
  const scored = new Set([...scores.map(scoreKey), ...Object.keys(unscored)]);
  const versions = [...new Set(checkpoints.map(({policyVersion}) => policyVersion))];
  const last = Math.max(...versions);
  return evaluations.flatMap((evaluation) =>
    versions
      .filter((version) => isOwed(evaluation, version, last) && !isScored(evaluation, fleet, version, scored))
      .map((policyVersion) => ({name: nameOfEvaluation(evaluation), policyVersion})),
  );
};
