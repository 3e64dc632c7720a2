/** Staleness of pairs: which are too old for a step, and how old those are that were trained on. Pure but for a clock. */
import {type PreferencePair, PreferenceSource} from '../../proto/messages.js';
import {type Freshness, stalenessAt} from '../../runtime/fleet/feed/admission.js';

/**
 * Optimizer steps of the policy that began the answers; of answers that no sampler wrote, those of their version. Of other models'
 * answers there is no such policy, and they are as old at every step.
 */
export const policyStepOf = (
  {sampling, policyVersion}: Pick<PreferencePair, 'sampling' | 'policyVersion'>,
  {training}: Freshness,
): number => sampling?.policyStep ?? policyVersion * training.checkpointEverySteps;

/**
 * Whether a pair is more than `maxStaleness` policy versions old for the step that follows `step` others. It follows from the
 * pair and the number of steps alone: a learner that goes on from a checkpoint drops the same pairs.
 */
export const isStale = (pair: PreferencePair, step: number, fleet: Freshness): boolean =>
  fleet.maxStaleness !== undefined &&
  pair.source !== PreferenceSource.PREFERENCE_SOURCE_OFF_POLICY &&
  stalenessAt(policyStepOf(pair, fleet), step, fleet) > fleet.maxStaleness;

/** Why a pair was dropped, in words. */
export const staleDetail = (pair: PreferencePair, step: number, fleet: Freshness): string =>
  `${stalenessAt(policyStepOf(pair, fleet), step, fleet)} policy versions old at step ${step + 1}, of ${fleet.maxStaleness} allowed`;

export interface StalenessMeter {
  /** A policy of so many steps is out now. */
  published(step: number): void;
  /**
   * What a step's row says of the pairs it trained on, in policy versions: `staleness`, their mean, is `staleness/in_flight`
   * (from the policy that began the answers to the one that was out when the pair was ready) and `staleness/in_queue` (since
   * then); `staleness/max`; `staleness/predicted` by Little's law, of what is known without any version: pair latency /
   * time between versions + queued pairs / pairs between versions.
   *
   * @param step steps before this one.
   * @param queued pairs that are ready and not trained on; undefined where that is not known.
   */
  measure(pairs: readonly PreferencePair[], step: number, queued: number | undefined): Record<string, number>;
}

const REMEMBERED = 64;

/** @param step steps of the policy that is out when this begins. */
export const createStalenessMeter = (
  fleet: Freshness,
  step: number,
  now: () => number = Date.now,
): StalenessMeter => {
  const {batchSize, checkpointEverySteps} = fleet.training;
  const out = [{fromMs: Number.NEGATIVE_INFINITY, step}];
  const stepsMs: number[] = [];

  const stepOutAt = (timeMs: number): number =>
    out.findLast(({fromMs}) => fromMs <= timeMs)?.step ?? out[0]?.step ?? step;

  /** Milliseconds between two versions, by the steps taken of late. */
  const versionMs = (): number | undefined => {
    const [first, last] = [stepsMs[0], stepsMs.at(-1)];
    if (first === undefined || last === undefined || last <= first) return undefined;
    return ((last - first) / (stepsMs.length - 1)) * checkpointEverySteps;
  };

  return {
    published(next) {
      out.push({fromMs: now(), step: next});
      if (out.length > REMEMBERED) out.shift();
    },
    measure(pairs, at, queued) {
      stepsMs.push(now());
      if (stepsMs.length > REMEMBERED) stepsMs.shift();
      const sampled = pairs.flatMap(({sampling, readyUnixMs}) => {
        if (sampling === null || sampling === undefined || typeof readyUnixMs !== 'number') return [];
        const staleness = stalenessAt(sampling.policyStep ?? 0, at, fleet);
        const inQueue = Math.min(staleness, stalenessAt(stepOutAt(readyUnixMs), at, fleet));
        return [{staleness, inQueue, latencyMs: readyUnixMs - (sampling.startedUnixMs ?? readyUnixMs)}];
      });
      if (sampled.length === 0) return {};
      const mean = (of: (each: (typeof sampled)[number]) => number): number =>
        sampled.reduce((sum, each) => sum + of(each), 0) / sampled.length;
      const betweenMs = versionMs();
      const predicted =
        betweenMs === undefined || queued === undefined
          ? {}
          : {
              'staleness/predicted':
                mean(({latencyMs}) => latencyMs) / betweenMs + queued / (batchSize * checkpointEverySteps),
            };
      return {
        staleness: mean(({staleness}) => staleness),
        'staleness/max': Math.max(...sampled.map(({staleness}) => staleness)),
        'staleness/in_flight': mean(({staleness, inQueue}) => staleness - inQueue),
        'staleness/in_queue': mean(({inQueue}) => inQueue),
        ...predicted,
      };
    },
  };
};
