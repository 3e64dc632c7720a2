/** What a training step of ours really computes, and how fast the executor's matrix products are at best here. */
import type {Executor} from '../../tensor/executor.js';
import {peakFlopPerSecond} from '../../tensor/peak.js';
import type {ProbeJob} from '../contenders/job.js';
import type {Work} from '../contenders/work.js';
import {countingExecutor} from './flops.js';
import {openTraining} from './training.js';

export async function openProbe(job: ProbeJob, executor: Executor): Promise<Work> {
  const counting = countingExecutor(executor);
  const training = await openTraining(job, counting.executor);
  let steps = 0;
  return {
    async once() {
      await training.once();
      steps += 1;
    },
    about: async () => ({
      computedFlop: counting.flop() / steps,
      peakFlopPerSecond: await peakFlopPerSecond(executor),
    }),
  };
}
