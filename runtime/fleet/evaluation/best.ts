/**
 * The best checkpoint of a run: by the suite that the fleet says, whoever scored it. What is best is one value of the run's bucket,
 * moved by compare-and-set: of two evaluators that find a better one at the same time neither undoes the other's.
 */
import type {EvaluationScore} from '../../../proto/messages.js';
import type {KeyValues} from '../../bus/bus.js';
import type {Deciding} from '../file/evaluations.js';
import {nameOfScore} from './due.js';

/** As it lies in the bucket. */
export interface Best {
  /** What the suite is called, and its metric where that decides. */
  readonly suite: string;
  readonly metric?: string;
  readonly value: number;
  readonly step: number;
  readonly policyVersion: number;
  readonly weightsSha256: string;
  /** Of held-out pairs; nats. */
  readonly margin?: number;
}

type Scored = Pick<
  EvaluationScore,
  'name' | 'suite' | 'score' | 'metrics' | 'margin' | 'step' | 'policyVersion'
>;

/** What a score is worth by what decides: more is better; undefined of another suite's, and where its metric is missing or no number. */
export const worthOf = (score: Scored, {name, metric, better}: Deciding): number | undefined => {
  if (nameOfScore(score) !== name) return undefined;
  const value = metric === undefined ? score.score : score.metrics?.[metric];
  if (value === undefined || !Number.isFinite(value)) return undefined;
  return better === 'lower' ? -value : value;
};

/** A checkpoint in the order of the best: of equals that of the larger margin, and of equal margins the earlier. */
export interface Ranked {
  readonly worth: number;
  readonly margin: number | null | undefined;
  readonly policyVersion: number;
}

/** Negative where the first is the better, as a comparison that sorts the best to the front. */
export const byWorth = (one: Ranked, other: Ranked): number =>
  other.worth - one.worth ||
  (other.margin ?? 0) - (one.margin ?? 0) ||
  one.policyVersion - other.policyVersion;

/** The scores that decide, with what they are worth. */
export const rankedScores = <S extends Scored>(
  scores: readonly S[],
  deciding: Deciding,
): (Ranked & {readonly score: S})[] =>
  scores.flatMap((score) => {
    const worth = worthOf(score, deciding);
    if (worth === undefined) return [];
    return [{worth, margin: score.margin, policyVersion: score.policyVersion, score}];
  });

/** Makes the score's checkpoint the best of the run where it is; any number of processes may. */
export const moveBest = async (
  kv: Pick<KeyValues, 'get' | 'compareAndSet'>,
  score: Scored & Pick<EvaluationScore, 'weightsSha256'>,
  deciding: Deciding,
): Promise<void> => {
  const worth = worthOf(score, deciding);
  if (worth === undefined) return;
  const {step, policyVersion, weightsSha256, margin} = score;
  const {name, metric, better} = deciding;
  const ranked: Ranked = {worth, margin, policyVersion};
  const best: Best = {
    suite: name,
    ...(metric === undefined ? {} : {metric}),
    value: better === 'lower' ? -worth : worth,
    step,
    policyVersion,
    weightsSha256,
    ...(typeof margin === 'number' ? {margin} : {}),
  };
  for (;;) {
    const found = await kv.get<Best>('best');
    const before = found?.value;
    // What another suite found, before the fleet was changed, says nothing of this one.
    if (before !== undefined && before.suite === name && before.metric === metric) {
      const rankedBefore = {...before, worth: better === 'lower' ? -before.value : before.value};
      if (byWorth(ranked, {...rankedBefore, margin: before.margin}) >= 0) return;
    }
    if (await kv.compareAndSet('best', best, found?.revision ?? 0)) return;
  }
};
