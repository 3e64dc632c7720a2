/** What a fleet says of its anchor: whether the run follows the advice, and what that is taken from. Pure. */
import {type Anchored, isAboveOwn} from '../../anchor/advice.js';
import {datasets, recipesOf} from '../../datasets.js';
import type {Complaint} from '../file/complaints.js';
import {hasLearner} from '../file/pairs-only.js';
import type {Fleet} from '../file/schema.js';

/** The name of an objective that follows the advice. */
export const AUTO = 'auto';
/** What it begins with: the paper's for pairs whose chosen answers are the better ones, and no worse a start than the other. */
export const FIRST_ANCHORED: Anchored = 'apo_zero';

/** At each checkpoint: of twenty, fifteen on one side are needed for a 95 % interval without one half in it. */
const COMPARISONS = 20;

/** What of a fleet it follows from. */
export type Anchoring = Pick<Fleet, 'anchor' | 'objective' | 'dataset' | 'datasets'> & {
  readonly actors: Pick<Fleet['actors'], 'judge' | 'learner'>;
};

/** Whether the run changes its objective by itself, of the fleet as it began. */
export const isAuto = ({objective}: Pick<Fleet, 'objective'>): boolean => objective.name === AUTO;

/** The recipes that do not say by themselves how their chosen answers compare with the policy's. */
const untold = (fleet: Pick<Fleet, 'dataset' | 'datasets'>): string[] =>
  recipesOf(fleet).flatMap(({name}) => (isAboveOwn(datasets[name]) ? [] : [name]));

export const isToldByRecipe = (fleet: Pick<Fleet, 'dataset' | 'datasets'>): boolean =>
  untold(fleet).length === 0;

/** What recorded scores do not say: they were given to recorded answers, and a checkpoint's policy answers anew. */
export const OF_SCORES =
  'recorded scores set recorded answers against each other, and nobody scored what the policy answers now';

/** Whether some pairs are made by those. */
export const isByScores = (fleet: Pick<Fleet, 'dataset' | 'datasets'>): boolean =>
  recipesOf(fleet).some(({by}) => by === 'scores');

/** Why nothing tells before it is measured; undefined where every recipe does. */
export const untoldReason = (fleet: Pick<Fleet, 'dataset' | 'datasets'>): string | undefined => {
  const names = untold(fleet).join(' and ');
  if (names === '') return undefined;
  const scores = isByScores(fleet) ? `: ${OF_SCORES}` : '';
  return `nothing says how the chosen answers of ${names} compare with the policy's${scores}`;
};

/** Whether pairs come by the judge: without one that answers, there are none. */
export const isJudgeOfPairs = (fleet: Pick<Fleet, 'dataset' | 'datasets'>): boolean =>
  recipesOf(fleet).some(({decider}) => decider === 'judge');

/** Chosen answers that are compared with fresh ones at each checkpoint, of the fleet as it began; 0 where none are. */
export const comparisonsOf = (fleet: Anchoring): number => {
  if (!hasLearner(fleet)) return 0;
  const {anchor, actors} = fleet;
  if (anchor.comparisons !== undefined || !isAuto(fleet)) return anchor.comparisons ?? 0;
  const isForThis = actors.judge !== undefined && !isJudgeOfPairs(fleet);
  return isForThis || !isToldByRecipe(fleet) ? COMPARISONS : 0;
};

/** What keeps advice from being had. */
export function* anchorContradictions(fleet: Fleet): Generator<Complaint> {
  const {anchor, actors} = fleet;
  if (!hasLearner(fleet)) return;
  const reason = untoldReason(fleet);
  if (isAuto(fleet) && reason !== undefined && (actors.judge === undefined || anchor.comparisons === 0)) {
    const remedy =
      actors.judge === undefined
        ? 'add actors.judge with its endpoint and model'
        : 'leave out the 0 of anchor.comparisons';
    const message = `auto follows advice, and ${reason}: ${remedy}, or name apo_zero or apo_down`;
    yield {path: ['objective', 'name'], message};
  } else if (actors.judge === undefined && comparisonsOf(fleet) > 0) {
    const message = 'nobody compares: add actors.judge with its endpoint and model, or leave this out';
    yield {path: ['anchor', 'comparisons'], message};
  }
}
