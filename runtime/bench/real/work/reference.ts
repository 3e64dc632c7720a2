/** The reference's pass of ours over pairs of real lengths, to be measured: as `train` makes it. */
import {createPairScorer} from '../../../learning/pair-scorer.js';
import {compilations} from '../../../tensor/compilations.js';
import type {Executor} from '../../../tensor/executor.js';
import {peakFlopPerSecond} from '../../../tensor/peak.js';
import type {Work} from '../../contenders/work.js';
import type {TokenPair} from '../../workload/workload.js';
import type {RealReferenceJob} from '../job.js';
import {readModel} from '../model.js';
import {longestSequence, neededTokens} from '../needed.js';
import {countingTokens} from './counting.js';

export async function openRealReference(job: RealReferenceJob, executor: Executor): Promise<Work> {
  const {pairs, warmUpPairs, batchSize} = job;
  const counting = countingTokens(executor);
  const maxTokens = longestSequence([...pairs, ...warmUpPairs]);
  const scorer = createPairScorer(await readModel(job.model), counting.executor, maxTokens);
  const score = async (part: readonly TokenPair[]): Promise<number[]> => {
    const values: number[] = [];
    for (const pair of part) {
      const {chosen, rejected} = await scorer.logps(pair);
      values.push(chosen, rejected);
    }
    return values;
  };
  const logps: number[] = [];
  let needed = 0;
  let next = 0;
  let warmedUp = 0;
  return {
    async warmUp() {
      await score(warmUpPairs);
      warmedUp = counting.tokens();
    },
    async once() {
      const part = pairs.slice(next, next + batchSize);
      next = (next + batchSize) % pairs.length;
      logps.push(...(await score(part)));
      needed += neededTokens(part);
    },
    about: async () => {
      const computed = counting.tokens() - warmedUp;
      return {
        neededTokens: needed,
        computedTokens: computed,
        neededShare: needed / computed,
        compilations: compilations(),
        logps,
        peakFlopPerSecond: await peakFlopPerSecond(executor),
      };
    },
  };
}
