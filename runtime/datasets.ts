/**
 * The recipes by which a run makes its pairs: the values of `dataset` in fleet.yaml. What a row lacks does not compile. A new
 * recipe of actors and queues that are there is its row here, its source in `proto/anchorage/v1/preference.proto` and its row
 * in `actors/README.md`.
 */
import {PreferenceSource} from '../proto/messages.js';
import type {ActorName} from './actors.js';
import type {QueueName} from './bus/channels/subjects.js';

/** A rule of the filter (Appendix A.2), by the reason of what breaks it. */
export type FilterRule = 'empty' | 'truncated' | 'unchanged' | 'length';

interface Dataset {
  /** The paper's. */
  readonly equation: `Eq. ${number}`;
  /** How many answers of the policy each prompt is given. */
  readonly answers: number;
  /** The sides of a pair that are such answers; another side is what the decider sent. */
  readonly sampled: readonly ('chosen' | 'rejected')[];
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
    sampled: ['rejected'],
    queue: 'completions',
    decider: 'reviser',
    source: PreferenceSource.PREFERENCE_SOURCE_REVISION,
    // A reviser that misunderstood its prompt mostly shows in the length.
    filters: ['empty', 'truncated', 'unchanged', 'length'],
  },
  /** The chosen answer is the better one of two of the policy's; a judge may pick answers of any lengths. */
  judge_on_policy: {
    equation: 'Eq. 2',
    answers: 2,
    sampled: ['chosen', 'rejected'],
    queue: 'completion_pairs',
    decider: 'judge',
    source: PreferenceSource.PREFERENCE_SOURCE_JUDGMENT,
    filters: ['empty', 'truncated', 'unchanged'],
  },
} as const satisfies Record<string, Dataset>;

export type DatasetName = keyof typeof datasets;
/** The queues that a sampler answers into. */
export type AnswerQueue = (typeof datasets)[DatasetName]['queue'];

export const datasetNames = Object.keys(datasets) as [DatasetName, ...DatasetName[]];

/** The actors that decide in some recipe: a fleet has that of its own and no other. */
export const deciders: readonly (typeof datasets)[DatasetName]['decider'][] = [
  ...new Set(datasetNames.map((name) => datasets[name].decider)),
];

/** The recipe of a pair, by what the pair says of itself; undefined of what no recipe makes. */
export const datasetOf = (source: PreferenceSource): Dataset | undefined =>
  datasetNames.map((name) => datasets[name]).find((dataset) => dataset.source === source);
