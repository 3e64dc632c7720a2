/** `bench long`: thousands of steps in one process, and whether tensors or memory grow. */
import {startContender} from '../contenders/contender.js';
import {ours} from '../contenders/contenders.js';
import type {Memory} from '../contenders/job.js';
import type {LongOptions} from '../options.js';
import {megabytes, type Report, rounded} from '../report.js';
import {learnerJob} from './bench.js';

/** Looks at the memory over the whole run. */
const LOOKS = 20;

export async function benchLong(options: LongOptions, report: Report): Promise<void> {
  for (const size of options.sizes) {
    for (const backend of options.backends) {
      const what = {bench: 'long', size, contender: backend, threads: options.threads};
      // What is garbage is no growth, so it is collected before each look.
      const command = ours(backend, ['--expose-gc']);
      const started = await startContender(command, learnerJob(options, size, 'plain', backend));
      if ('missing' in started) {
        report.skip(what, started.missing);
        continue;
      }
      const every = Math.max(1, Math.floor(options.steps / LOOKS));
      const looks: Memory[] = [];
      for (let look = 1; look <= LOOKS; look++) {
        const {seconds, memory} = await started.run(every);
        if (memory === undefined) throw new Error(`${backend} did not say what it holds`);
        looks.push(memory);
        report.row({
          kind: 'memory',
          ...what,
          step: look * every,
          secondsMean: rounded(seconds.reduce((sum, each) => sum + each, 0) / seconds.length),
          tensors: memory.tensors,
          rssMegabytes: megabytes(memory.rssBytes),
          heapMegabytes: rounded(memory.heapBytes / 2 ** 20),
        });
      }
      const {peakMemoryBytes} = await started.end();
      report.row({
        kind: 'verdict',
        ...what,
        steps: LOOKS * every,
        ...verdict(looks),
        peakMemoryMegabytes: megabytes(peakMemoryBytes),
      });
    }
  }
}

/** Below this, growth over half a run is the allocator's own. */
const LEAST_GROWTH_BYTES = 4 * 2 ** 20;
/** Growth counts where it is more than so many standard deviations of what is left around the line. */
const DEVIATIONS = 3;

/** What the last half of the run says: the first still warms up. */
export function verdict(looks: readonly Memory[]) {
  const last = looks.slice(Math.floor(looks.length / 2));
  const rss = growth(last.map(({rssBytes}) => rssBytes));
  const heap = growth(last.map(({heapBytes}) => heapBytes));
  const tensors = (last.at(-1)?.tensors ?? 0) - (last[0]?.tensors ?? 0);
  return {
    tensorsGrowth: tensors,
    rssGrowthMegabytes: rounded(rss.growth / 2 ** 20),
    rssNoiseMegabytes: rounded(rss.noise / 2 ** 20),
    heapGrowthMegabytes: rounded(heap.growth / 2 ** 20),
    heapNoiseMegabytes: rounded(heap.noise / 2 ** 20),
    grows: tensors > 0 || isGrowth(rss) || isGrowth(heap),
  };
}

interface Growth {
  /** Along the line of least squares, from the first look to the last. */
  readonly growth: number;
  /** Standard deviation around that line. */
  readonly noise: number;
}

const isGrowth = ({growth, noise}: Growth): boolean =>
  growth > Math.max(LEAST_GROWTH_BYTES, DEVIATIONS * noise);

function growth(values: readonly number[]): Growth {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [covariance, variance] = [0, 0];
  for (const [i, value] of values.entries()) {
    covariance += (i - middle) * (value - mean);
    variance += (i - middle) ** 2;
  }
  const slope = covariance / variance;
  const squares = values.map((value, i) => (value - mean - slope * (i - middle)) ** 2);
  return {
    growth: slope * (values.length - 1),
    noise: Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / Math.max(1, values.length - 2)),
  };
}
