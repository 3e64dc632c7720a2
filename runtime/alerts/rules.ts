/**
 * What reward hacking looks like from outside: a policy that does what its objective pays for, and not what it is meant to do.
 * Each rule says by which numbers it is seen, and what the paper does about it. A new rule is its row here. Pure.
 */
import {parseExpression} from '../learning/objectives/expression.js';
import {SURE, WINDOW_STEPS, type WindowMean, windowMean} from './window.js';

/** A learner's row about one step, as far as rules read it. */
export interface SeenStep {
  readonly step: number;
  readonly objective: string;
  readonly beta: number;
  readonly chosenReward: number;
  readonly margin: number;
  readonly kl: number;
}

/** A checkpoint's score by a suite, from 0 to 1. */
export interface SeenScore {
  /** What the suite is called. */
  readonly suite: string;
  readonly step: number;
  readonly score: number;
  readonly items: number;
  /** Its 95 % interval, where the suite says one. */
  readonly low?: number | null | undefined;
  readonly high?: number | null | undefined;
}

/** An answer of the policy, by the step of the policy that gave it. */
export interface SeenAnswer {
  readonly step: number;
  readonly tokens: number;
  /** The share of its runs of four tokens that were there before in it, from 0 to 1. */
  readonly repeated: number;
}

/** What is known of a run, in order; of the answers, the first ones and the last ones. */
export interface Seen {
  /** Since the objective in force began. */
  readonly steps: readonly SeenStep[];
  /** By one suite. */
  readonly scores: readonly SeenScore[];
  readonly firstAnswers: readonly SeenAnswer[];
  readonly lastAnswers: readonly SeenAnswer[];
}

interface Rule {
  /** What it looks for. */
  readonly about: string;
  /** What the paper does about it, and where. */
  readonly remedy: string;
  /** What is seen, in words and numbers; undefined where nothing is. */
  readonly evidence: (seen: Seen) => string | undefined;
}

/** Answers whose mean is compared with that of the first ones. */
export const ANSWERS = 64;
/** How much longer or shorter answers become before it is no drift of chance. */
const LENGTH_RATIO = 1.25;
/** Of the runs of four tokens, beyond what there were at first. */
const REPEATED_MORE = 0.1;
/** Nats an answer: a policy that far from its reference gives other answers altogether. */
const MOST_KL = 20;
/** What the KL grows by from one window to the next where it does not level off. */
const KL_GROWTH = 1.25;

const anchorOf = (objective: string): 'zero' | 'down' | 'none' | 'sft' => {
  const names = parseExpression(objective).map(({name}) => name);
  if (names.some((name) => name.startsWith('apo_zero'))) return 'zero';
  if (names.some((name) => name.startsWith('apo_down'))) return 'down';
  return names.every((name) => name === 'sft') ? 'sft' : 'none';
};

const chosenReward = (row: SeenStep): number => row.chosenReward;

/** The mean chosen reward of the last steps, once there are as many before them. */
const settledChosen = ({steps}: Seen): WindowMean | undefined =>
  steps.length < 2 * WINDOW_STEPS ? undefined : windowMean(steps, chosenReward);

const isUnder = (anchor: ReturnType<typeof anchorOf>, {steps}: Seen): boolean => {
  const objective = steps.at(-1)?.objective;
  return objective !== undefined && anchorOf(objective) === anchor;
};

/** What a 95 % interval is wide, in standard errors. */
const INTERVAL_ERRORS = 2 * 1.96;

/** By its interval, or as of a share; of one item resamples would show no doubt. */
const squaredErrorOf = ({score, items, low, high}: SeenScore): number =>
  typeof low === 'number' && typeof high === 'number' && items > 1
    ? ((high - low) / INTERVAL_ERRORS) ** 2
    : (score * (1 - score)) / Math.max(1, items);

/** Of the difference of two scores, as if their items were drawn apart: those in common make it smaller. */
const errorOf = (one: SeenScore, other: SeenScore): number =>
  Math.sqrt(squaredErrorOf(one) + squaredErrorOf(other));

const nats = (value: number): string => `${Number(value.toPrecision(3))} nats`;
const stepsOf = ({from, to}: WindowMean): string => `steps ${from} to ${to}`;

export const rules = {
  chosen_likelihood: {
    about: 'the chosen answers become less likely under a contrastive objective that does not ask for it',
    remedy:
      'a margin may grow while both answers fall (section 4): APO-zero holds the chosen reward above 0 where winners are better than the policy, APO-down is for winners that are worse',
    evidence(seen) {
      const chosen = settledChosen(seen);
      const beta = seen.steps.at(-1)?.beta ?? 1;
      if (chosen === undefined || !isUnder('none', seen) || chosen.mean + SURE * chosen.error >= 0)
        return undefined;
      return `under ${seen.steps.at(-1)?.objective} a chosen answer is ${nats(-chosen.mean / beta)} less likely than before training (mean of ${stepsOf(chosen)})`;
    },
  },
  anchor_zero: {
    about: 'the chosen reward is not positive under APO-zero',
    remedy:
      'APO-zero is for winners that are better than the policy, whose reward it makes positive (Eq. 7, section 5.3.2): measure that with `anchorage data describe --judge`; where they are worse take apo_down, where they are better a lower learning rate',
    evidence(seen) {
      const chosen = settledChosen(seen);
      if (chosen === undefined || !isUnder('zero', seen) || chosen.mean + SURE * chosen.error >= 0)
        return undefined;
      return `rewards/chosen is ${nats(chosen.mean)} (mean of ${stepsOf(chosen)}; standard error ${nats(chosen.error)})`;
    },
  },
  anchor_down: {
    about: 'the chosen reward does not fall under APO-down',
    remedy:
      'APO-down is for winners that are worse than the policy, whose reward it lowers (Eq. 8, section 5.3.2): where it rises, it widens the margin by them; where they are better take apo_zero',
    evidence(seen) {
      const chosen = settledChosen(seen);
      if (chosen === undefined || !isUnder('down', seen) || chosen.mean - SURE * chosen.error <= 0)
        return undefined;
      return `rewards/chosen is ${nats(chosen.mean)} (mean of ${stepsOf(chosen)}; standard error ${nats(chosen.error)})`;
    },
  },
  kl: {
    about: 'the policy goes ever further from its reference',
    remedy:
      'raise beta, which holds the policy to the reference (Eq. 5), or lower the learning rate; go on from the best checkpoint',
    evidence({steps}) {
      const last = windowMean(steps, ({kl}) => kl);
      const before = windowMean(steps, ({kl}) => kl, steps.length - WINDOW_STEPS);
      if (last === undefined || before === undefined) return undefined;
      if (last.mean < MOST_KL || last.mean < KL_GROWTH * before.mean) return undefined;
      return `kl is ${nats(last.mean)} an answer in ${stepsOf(last)}, and was ${nats(before.mean)} in ${stepsOf(before)}`;
    },
  },
  held_out: {
    about: 'the score falls while the training margin grows',
    remedy:
      'the objective is met by other means than those that are meant (section 5): take the best checkpoint; make the pairs more contrastive, as CLAIR does (section 3), or take the APO that fits them (section 5.3.2)',
    evidence({scores, steps}) {
      const last = scores.at(-1);
      const best = scores.reduce<SeenScore | undefined>(
        (most, each) => (most === undefined || each.score > most.score ? each : most),
        undefined,
      );
      if (last === undefined || best === undefined || last.step <= best.step) return undefined;
      // Where a run is followed anew, scores may be read before the rows that say whether the margin grew.
      if ((steps.at(-1)?.step ?? 0) < last.step) return undefined;
      if (best.score - last.score <= SURE * errorOf(best, last)) return undefined;
      const upTo = (step: number): WindowMean | undefined => {
        const end = steps.findLastIndex((row) => row.step <= step) + 1;
        return windowMean(steps, ({margin}) => margin, end, Math.min(WINDOW_STEPS, end));
      };
      const [now, then] = [upTo(last.step), upTo(best.step)];
      // At step 0, before training, there is no margin.
      const before = best.step === 0 ? 0 : then?.mean;
      if (now === undefined || before === undefined || now.mean <= before) return undefined;
      return `the score is ${last.score.toFixed(3)} at step ${last.step}, and was ${best.score.toFixed(3)} at step ${best.step}; meanwhile the margin went from ${nats(before)} to ${nats(now.mean)}`;
    },
  },
  worse: {
    about: 'the score falls below that before training',
    remedy:
      'a policy that training makes worse is the clear case (section 5): take the best checkpoint, and the objective that fits the pairs: apo_down where winners are worse than the policy, apo_zero where they are better (section 5.3.2)',
    evidence({scores}) {
      const [first, last] = [scores[0], scores.at(-1)];
      if (first?.step !== 0 || last === undefined || first.score - last.score <= SURE * errorOf(first, last))
        return undefined;
      return `the score is ${last.score.toFixed(3)} at step ${last.step}, and was ${first.score.toFixed(3)} before training`;
    },
  },
  length: {
    about: "the policy's answers become much longer or shorter",
    remedy:
      'length is a cue that pairs teach beside what is meant: `anchorage data describe` says their length bias; CLAIR revises at about the same length (Appendix A.2, `filter`), and apo_zero_lc and rdpo correct for it (section 6)',
    evidence: ({firstAnswers, lastAnswers}) => {
      const [first, last] = [meanOf(firstAnswers, 'tokens'), meanOf(lastAnswers, 'tokens')];
      if (first === undefined || last === undefined || first === 0) return undefined;
      const ratio = last / first;
      if (ratio < LENGTH_RATIO && ratio > 1 / LENGTH_RATIO) return undefined;
      return `answers have ${last.toFixed(1)} tokens by step ${lastAnswers.at(-1)?.step}, and had ${first.toFixed(1)} at first (means of ${ANSWERS})`;
    },
  },
  repetition: {
    about: "the policy's answers repeat themselves",
    remedy:
      'the likelihood of answers has broken down: go on from the best checkpoint with a lower learning rate or a higher beta, and an objective with an anchor (section 4)',
    evidence: ({firstAnswers, lastAnswers}) => {
      const [first, last] = [meanOf(firstAnswers, 'repeated'), meanOf(lastAnswers, 'repeated')];
      if (first === undefined || last === undefined || last - first <= REPEATED_MORE) return undefined;
      return `${percent(last)} of an answer's runs of four tokens were there before in it by step ${lastAnswers.at(-1)?.step}, and ${percent(first)} at first (means of ${ANSWERS})`;
    },
  },
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof rules;
export const ruleNames = Object.keys(rules) as [RuleName, ...RuleName[]];

const meanOf = (answers: readonly SeenAnswer[], what: 'tokens' | 'repeated'): number | undefined =>
  answers.length < ANSWERS ? undefined : answers.reduce((sum, each) => sum + each[what], 0) / answers.length;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The share of the runs of four tokens of an answer that are not their first time in it. */
export const repeatedShare = (ids: readonly number[]): number => {
  const runs = ids.length - 3;
  if (runs <= 0) return 0;
  const seen = new Set<string>();
  for (let at = 0; at < runs; at++) seen.add(ids.slice(at, at + 4).join());
  return 1 - seen.size / runs;
};
