/** From what is known of a run to its advice, and from its advice to what is asked of it. Pure. */
import {
  type Advice,
  Better,
  type Comparison,
  FinishReason,
  type PreferencePair,
  type Prompt,
} from '../../../proto/messages.js';
import {type AnchorAdvice, type Anchored, anchorAdvice, type Comparisons} from '../../anchor/advice.js';
import {CHECKPOINTS_IN_A_ROW, turnTo} from '../../anchor/turn.js';
import {askedOf} from '../../model/text/conversations.js';
import {excerpt} from '../../text/excerpt.js';
import type {Wish} from '../control/controls.js';
import {type Known, type LoggedControl, newestSpec} from '../control/decisions.js';
import type {Fleet} from '../file/schema.js';
import {AUTO, isByScores, isToldByRecipe, OF_SCORES} from './settings.js';

/** Who asks for a change that follows the advice; a person's name has the machine's behind it. */
export const AUTO_AUTHOR = AUTO;
/** Less than the 1,024 of `control.proto` and the doors by what `excerpt` says of a longer text. */
const MOST_EVIDENCE = 960;

/** The id under which a chosen answer is compared at a checkpoint. */
export const comparisonId = (policyVersion: number, index: number): string =>
  `anchor-${policyVersion}-${index}`;

/** A pair's prompt with its chosen answer, for the policy of a checkpoint, or a newer one, to answer. */
export const anchorPromptOf = (pair: PreferencePair, promptId: string, minPolicyStep: number): Prompt => ({
  promptId,
  ...askedOf(pair),
  ...(minPolicyStep > 0 ? {minPolicyStep} : {}),
  answers: [
    {
      text: pair.chosen,
      ids: [],
      finishReason: FinishReason.FINISH_REASON_STOP,
      model: pair.model ?? '',
    },
  ],
});

/** What comparisons come to; one that nobody made is in no share. */
export const countComparisons = (
  found: readonly (Comparison['better'] | undefined)[],
  by: string,
): Comparisons => {
  const count = (better: Better): number => found.filter((each) => each === better).length;
  const [wins, losses] = [count(Better.BETTER_CHOSEN), count(Better.BETTER_FRESH)];
  return {wins, losses, undecided: found.length - wins - losses, by};
};

const remedyFor = (comparisons: Comparisons | undefined, isByScores: boolean): string => {
  if (comparisons === undefined)
    return `${isByScores ? `${OF_SCORES}; ` : ''}set anchor.comparisons, which actors.judge makes`;
  if (comparisons.undecided === 0) return 'there was no pair to compare';
  return `the judge decided none of ${comparisons.undecided}: look at comparisons.jsonl`;
};

/** At a checkpoint of a fleet as it began; undefined comparisons where none were to be made. */
export const adviceOf = (
  fleet: Pick<Fleet, 'dataset' | 'datasets'>,
  {policyVersion, step}: {readonly policyVersion: number; readonly step: number},
  comparisons: Comparisons | undefined,
  timeUnixMs: number,
): {readonly message: Advice; readonly advice: AnchorAdvice} => {
  // What was to be measured is not told by what nobody measured.
  const isTold = comparisons === undefined && isToldByRecipe(fleet);
  const advice = anchorAdvice(comparisons, isTold, remedyFor(comparisons, isByScores(fleet)));
  const {wins = 0, losses = 0, undecided = 0} = comparisons ?? {};
  const message = {
    ...{policyVersion, step, timeUnixMs, wins, losses, undecided},
    objective: advice.objective ?? '',
    evidence: advice.evidence,
    reason: excerpt(advice.reason.replaceAll(/\s+/g, ' '), MOST_EVIDENCE),
  };
  return {message, advice};
};

/** The same as metrics: 1 for apo_zero, -1 for apo_down, 0 where it cannot be told. */
export const metricsOf = ({
  objective,
  winners,
  undecided,
}: AnchorAdvice): Readonly<Record<string, number>> => ({
  'anchor/advice': objective === null ? 0 : objective === 'apo_zero' ? 1 : -1,
  ...(winners === null
    ? {}
    : {
        'anchor/winners': winners.share,
        'anchor/winners_low': winners.low,
        'anchor/winners_high': winners.high,
        'anchor/compared': winners.trials,
        'anchor/undecided': undecided,
      }),
});

const anchoredIn = ({objective}: Advice): Anchored | null =>
  objective === 'apo_zero' || objective === 'apo_down' ? objective : null;

/**
 * The revision by which somebody else than the run chose its objective, another one or by name the one that held: from there on it
 * is theirs. One that was refused chose none.
 */
export const chosenByHand = ({controls, decisions}: Known): LoggedControl | undefined =>
  controls.find(({revision, previousRevision, author, spec, namesObjective}) => {
    if (revision === 1 || author === AUTO_AUTHOR || typeof spec !== 'object') return false;
    if (decisions.get(revision)?.accepted === false) return false;
    if (namesObjective) return true;
    const before = controls.find((each) => each.revision === previousRevision)?.spec;
    return typeof before !== 'object' || before.objective.name !== spec.objective.name;
  });

/**
 * What the advice so far asks of a run under `objective.name: auto`: nothing where the objective in force, or one that is asked for
 * already, is what it comes to, and nothing once somebody else has chosen.
 *
 * @param advised one a policy version, the oldest first.
 */
export const changeFor = (
  known: Known,
  advised: readonly Advice[],
): Extract<Wish, {spec: unknown}> | undefined => {
  const newest = newestSpec(known);
  if (newest === undefined || chosenByHand(known) !== undefined) return undefined;
  const {revision: previousRevision, spec} = newest;
  const name = turnTo(advised.map(anchoredIn), spec.objective.name);
  if (name === undefined) return undefined;
  const evidence = advised
    .slice(-CHECKPOINTS_IN_A_ROW)
    .map(({step, reason}) => `at step ${step} ${reason}`)
    .join('; ');
  const by = {author: AUTO_AUTHOR, evidence: excerpt(evidence, MOST_EVIDENCE)};
  return {spec: {...spec, objective: {...spec.objective, name}}, previousRevision, by};
};
