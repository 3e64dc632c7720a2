/**
 * The recipes by which a run makes its pairs: the values of `dataset` in fleet.yaml. What a row lacks does not compile. A new
 * recipe of actors and queues that are there is its row here, its source in `proto/anchorage/v1/preference.proto` and its row
 * in `actors/README.md`.
 */
import {PreferenceSource} from '../proto/messages.js';
import type {ActorName} from './actors.js';
import type {QueueName} from './bus/channels/subjects.js';
import {seedOf} from './seed.js';

export const filterRules = [
  'empty',
  'truncated',
  'unchanged',
  'length',
  'near_duplicate',
  'allusion',
  'language',
] as const;
/** A rule of the filter (Appendix A.2), by the reason of what breaks it. */
export type FilterRule = (typeof filterRules)[number];

/** What a row says. */
export interface Dataset {
  /** The paper's. */
  readonly equation: `Eq. ${string}`;
  /** How many answers of the policy each prompt is given, unless the fleet says otherwise; fewer than 3 are fixed. */
  readonly answers: number;
  /** Whether the decider writes the chosen answer; else it picks both sides among those that are there. */
  readonly writes: boolean;
  /** Where the sampler puts them. */
  readonly queue: QueueName;
  /** Who takes them from there and makes a pair of them. */
  readonly decider: ActorName;
  /** What its pairs say of themselves; no other recipe's say the same. */
  readonly source: PreferenceSource;
  /** What a pair must pass; the first that is broken gives the reason. */
  readonly filters: readonly FilterRule[];
}

export const datasets = {
  /** CLAIR: the chosen answer is a minimal revision of the policy's own. */
  clair: {
    equation: 'Eq. 1',
    answers: 1,
    writes: true,
    queue: 'completions',
    decider: 'reviser',
    source: PreferenceSource.PREFERENCE_SOURCE_REVISION,
    // A reviser that misunderstood its prompt mostly shows in the length.
    filters: ['empty', 'truncated', 'unchanged', 'length', 'near_duplicate', 'allusion', 'language'],
  },
  /** The chosen answer is the better one of two of the policy's; a judge may pick answers of any lengths. */
  judge_on_policy: {
    equation: 'Eq. 2',
    answers: 2,
    writes: false,
    queue: 'completion_pairs',
    decider: 'judge',
    source: PreferenceSource.PREFERENCE_SOURCE_JUDGMENT,
    filters: ['empty', 'truncated', 'unchanged', 'near_duplicate'],
  },
  /** Both answers are other models', recorded before: the better and the worse by their scores, or by the judge. */
  judge_off_policy: {
    equation: 'Eq. 3',
    answers: 0,
    writes: false,
    queue: 'recorded_answers',
    decider: 'judge',
    source: PreferenceSource.PREFERENCE_SOURCE_OFF_POLICY,
    filters: ['empty', 'unchanged', 'near_duplicate'],
  },
  /** The chosen answer is a stronger model's own, made without a look at the policy's: it may be of any length. */
  stronger_preferred: {
    equation: 'Eq. 4',
    answers: 1,
    writes: true,
    queue: 'weaker_completions',
    decider: 'answerer',
    source: PreferenceSource.PREFERENCE_SOURCE_STRONGER,
    filters: ['empty', 'truncated', 'unchanged', 'near_duplicate'],
  },
  /** The chosen answer is the best of several of the policy's, the rejected one the worst. */
  best_of_n: {
    equation: 'Eq. 2, of n',
    answers: 4,
    writes: false,
    queue: 'answer_sets',
    decider: 'judge',
    source: PreferenceSource.PREFERENCE_SOURCE_BEST_OF,
    filters: ['empty', 'truncated', 'unchanged', 'near_duplicate'],
  },
} as const satisfies Record<string, Dataset>;

export type DatasetName = keyof typeof datasets;
/** The queues that a sampler answers into. */
export type AnswerQueue = (typeof datasets)[DatasetName]['queue'];
export type Decider = (typeof datasets)[DatasetName]['decider'];

export const datasetNames = Object.keys(datasets) as [DatasetName, ...DatasetName[]];

/** The actors that decide in some recipe: a fleet has those of its own and no other. */
export const deciders: readonly Decider[] = [
  ...new Set(datasetNames.map((name): Decider => datasets[name].decider)),
];

/** The recipe of a pair, by what the pair says of itself; undefined of what no recipe makes. */
export const datasetOf = (source: PreferenceSource): Dataset | undefined =>
  datasetNames.map((name) => datasets[name]).find((dataset) => dataset.source === source);

/** The sides of its pairs that are the policy's answers. */
export const sampledSides = ({answers, writes}: Dataset): readonly ('chosen' | 'rejected')[] => {
  if (answers === 0) return [];
  return writes ? ['rejected'] : ['chosen', 'rejected'];
};

/** Which of the answers that are worse than the best is rejected. */
export const rejectedRanks = ['worst', 'median', 'next'] as const;
export type RejectedRank = (typeof rejectedRanks)[number];

/** By what recorded answers are ranked. */
export const rankings = ['judge', 'scores'] as const;
export type RankedBy = (typeof rankings)[number];

/** A recipe in a run, as fleet.yaml has it. */
interface Share {
  readonly dataset: DatasetName;
  readonly weight: number;
  readonly answers?: number | undefined;
  readonly rejected: RejectedRank;
  readonly by: RankedBy;
}
/** What of a fleet says how its pairs are made. */
interface Mixed {
  readonly dataset: DatasetName;
  /** Several recipes, in the place of that one. */
  readonly datasets?: readonly Share[] | undefined;
  readonly seed: number;
}

export interface Recipe {
  readonly name: DatasetName;
  /** Of the prompts, beside the other recipes' weights. */
  readonly weight: number;
  readonly answers: number;
  readonly rejected: RejectedRank;
  readonly by: RankedBy;
  readonly queue: AnswerQueue;
  /** The sampler itself where scores decide. */
  readonly decider: Decider | 'sampler';
  readonly source: PreferenceSource;
}

/** The recipes of a fleet: one, or several with weights. */
export const recipesOf = ({dataset, datasets: several}: Omit<Mixed, 'seed'>): readonly Recipe[] =>
  (several ?? [{dataset, weight: 1, rejected: 'worst' as const, by: 'judge' as const}]).map(
    (share: Share) => {
      const {answers, queue, decider, source} = datasets[share.dataset];
      return {
        name: share.dataset,
        weight: share.weight,
        answers: share.answers ?? answers,
        rejected: share.rejected,
        by: share.by,
        queue,
        decider: share.by === 'scores' ? 'sampler' : decider,
        source,
      };
    },
  );

/** The recipe by which a prompt becomes a pair: the same for the same seed, prompt and weights. */
export const recipeFor = (fleet: Mixed, promptId: string): Recipe => {
  const recipes = recipesOf(fleet);
  const total = recipes.reduce((sum, {weight}) => sum + weight, 0);
  let left = (seedOf(promptId, fleet.seed, 'recipe') / 2 ** 32) * total;
  const found = recipes.find(({weight}) => {
    left -= weight;
    return left < 0;
  });
  const recipe = found ?? recipes.at(-1);
  if (recipe === undefined) throw new Error('a fleet without a recipe');
  return recipe;
};
