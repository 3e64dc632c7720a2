/**
 * Held-out preference accuracy: how often a model puts the chosen answer above the rejected one. By implicit rewards,
 * β (log π − log π_ref), where there is a reference (Eq. 5; RewardBench's DPO models), else by log-probabilities.
 */
import * as z from 'zod';
import {TerminalError} from '../errors.js';
import {readPairs} from '../learning/pairs/pairs-file.js';
import {meanOf} from './estimate.js';
import type {Grade} from './grade.js';
import type {Likelihood, LikelihoodItem, LikelihoodSuite} from './suite.js';
import {detailsOf, metricsOf, rowsBy} from './summary.js';

const metrics = [
  'rewards/accuracies',
  'rewards/chosen',
  'rewards/rejected',
  'rewards/margins',
  'logps/accuracies',
  'logps/chosen',
  'logps/rejected',
] as const;

const options = z.strictObject({
  suite: z.literal('preference'),
  pairs: z.string().min(1).describe('a file of pairs, such as RewardBench’s with its subset'),
  beta: z.number().positive().default(0.1).describe('of rewards'),
});
type Options = z.infer<typeof options>;

export interface PairItem extends LikelihoodItem {
  readonly subset?: string;
}

export const preference = {
  kind: 'likelihoods',
  form: 'answer',
  options,
  files: ['pairs'],
  metrics,
  beforeTraining:
    'Before training no reward is above another: Δ is the share of pairs whose chosen answer has the higher one, and 50 is chance.',
  describe: ({suite, pairs}) => `${suite} of ${pairs}`,
  async items({pairs}) {
    const items: PairItem[] = [];
    for await (const {prompt, chosen, rejected, refusal, columns, where} of readPairs({
      path: pairs,
      keys: '--',
    })) {
      if (refusal !== undefined) throw new TerminalError(`${where}: ${refusal}; leave the line out`);
      const {subset} = columns;
      items.push({
        prompt,
        continuations: [chosen, rejected],
        ...(typeof subset === 'string' ? {subset} : {}),
      });
    }
    if (items.length === 0) throw new TerminalError(`${pairs}: holds no pairs`);
    return items;
  },
  grade: (_, policy, reference, {beta}) => pairGrade(policy, reference, beta),
  parts: (items) => items.map(({subset}) => subset),
  summary: (graded) => {
    const score = meanOf(detailsOf(graded, 'accuracy'), 'accuracy');
    const subsets = new Set(graded.map(({item}) => item.subset));
    const share = (name: string) => meanOf(detailsOf(graded, name), name);
    const amount = (name: string) => meanOf(detailsOf(graded, name), name, 'amount');
    return {
      score,
      metrics: metricsOf<(typeof metrics)[number]>({
        'rewards/accuracies': share('rewarded'),
        'rewards/chosen': amount('rewards_chosen'),
        'rewards/rejected': amount('rewards_rejected'),
        'rewards/margins': amount('margin'),
        'logps/accuracies': share('likelier'),
        'logps/chosen': amount('logps_chosen'),
        'logps/rejected': amount('logps_rejected'),
      }),
      ...(subsets.size > 1 ? {rows: rowsBy(graded, ({subset = 'other'}) => subset)} : {}),
      notes: graded.some(({grade}) => grade.details?.margin === undefined)
        ? ['without --reference-model: by log-probabilities, which favour short answers, not by rewards']
        : [],
    };
  },
} as const satisfies LikelihoodSuite<Options, PairItem>;

/** Of a pair: chosen and rejected, measured by the policy and by the reference. */
export const pairGrade = (
  [chosen = NONE, rejected = NONE]: readonly Likelihood[],
  reference: readonly Likelihood[] | undefined,
  beta: number,
): Grade => {
  const logps = {logps_chosen: chosen.logps, logps_rejected: rejected.logps};
  // A tie is not higher, as TRL counts it.
  const likelier = chosen.logps > rejected.logps ? 1 : 0;
  if (reference === undefined) return {score: likelier, details: {accuracy: likelier, likelier, ...logps}};
  const [before = NONE, other = NONE] = reference;
  const rewards_chosen = beta * (chosen.logps - before.logps);
  const rewards_rejected = beta * (rejected.logps - other.logps);
  const margin = rewards_chosen - rewards_rejected;
  const rewarded = margin > 0 ? 1 : 0;
  return {
    score: rewarded,
    details: {accuracy: rewarded, rewarded, likelier, rewards_chosen, rewards_rejected, margin, ...logps},
  };
};

const NONE: Likelihood = {logps: Number.NaN, tokens: 0};
