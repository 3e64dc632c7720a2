/** The scores of a run by suite, from their lines. Pure. */
import {byWorth, worthOf} from '../../fleet/evaluation/best.js';
import {type Deciding, decidingOf} from '../../fleet/file/evaluations.js';
import type {Fleet} from '../../fleet/file/schema.js';
import type {ScoreLine} from './log-rows.js';

/** What one suite scored. */
export interface SuiteScores {
  /** What the fleet calls it. */
  readonly name: string;
  /** One a policy version, by version. */
  readonly scores: readonly ScoreLine[];
}

export const nameOfScore = ({name, suite}: Pick<ScoreLine, 'name' | 'suite'>): string => name ?? suite;

/** Each suite's, that which says what the best is first. Of a checkpoint that was scored twice the first counts. */
export const suiteScores = (lines: readonly ScoreLine[], fleet: Fleet | undefined): SuiteScores[] => {
  const found = new Map<string, Map<number, ScoreLine>>();
  const decides = fleet === undefined ? undefined : decidingOf(fleet)?.name;
  if (decides !== undefined) found.set(decides, new Map());
  for (const line of lines) {
    const name = nameOfScore(line);
    const versions = found.get(name) ?? new Map<number, ScoreLine>();
    found.set(name, versions);
    if (!versions.has(line.policy_version)) versions.set(line.policy_version, line);
  }
  return [...found]
    .filter(([, versions]) => versions.size > 0)
    .map(([name, versions]) => ({
      name,
      scores: [...versions.values()].toSorted((one, other) => one.policy_version - other.policy_version),
    }));
};

/** The best of a suite's; of equals that of the larger margin, and of equal margins the first: which `training.keep` keeps too. */
export const bestScore = ({name, scores}: SuiteScores, fleet: Fleet | undefined): ScoreLine | undefined => {
  const decides = fleet === undefined ? undefined : decidingOf(fleet);
  const by: Deciding =
    decides?.name === name ? decides : {name, metric: undefined, better: 'higher' as const};
  const ranked = scores.flatMap((line) => {
    const {policy_version: policyVersion, margin} = line;
    const worth = worthOf({...line, name, policyVersion, margin: margin ?? null}, by);
    return worth === undefined ? [] : [{worth, margin, policyVersion, line}];
  });
  return ranked.toSorted(byWorth)[0]?.line;
};
