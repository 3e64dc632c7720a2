/** `bench real`, steps: many steps of a small model on real lengths; how often graphs are compiled, and whether memory grows. */

import {startContender} from '../contenders/contender.js';
import {executorOf, ours} from '../contenders/contenders.js';
import type {Memory} from '../contenders/job.js';
import {verdict} from '../learner/long.js';
import type {RealOptions} from '../options.js';
import {megabytes, type Report, rounded} from '../report.js';
import {pairKinds} from '../workload/workload.js';
import type {RealTrainingJob} from './job.js';
import {longestSequence} from './needed.js';
import {STEP} from './paces.js';
import {LIMITS, pairsFor, withRandomModel} from './subject.js';
import {percent} from './table.js';

const SIZE = '0.4M';
/** Looks at the memory over all of them. */
const LOOKS = 20;

export const measureSteps = (options: RealOptions, report: Report): Promise<void> =>
  withRandomModel(SIZE, async (subject) => {
    const {threads, batch, memory: memoryBytes, pairs: source} = options;
    const kinds = source.from === 'lengths' ? source.kinds : pairKinds;
    for (const {name: kind, pairs} of await pairsFor(subject, {from: 'lengths', kinds})) {
      for (const backend of options.backends) {
        const what = {
          bench: 'real',
          model: SIZE,
          pairs: kind,
          limits: LIMITS,
          batch,
          threads,
          contender: backend,
        };
        const every = Math.max(1, Math.floor(options.steps / LOOKS));
        report.say(`${SIZE}, ${LOOKS * every} steps, ${kind} pairs, ${batch} at a time, ${backend}`);
        const job: RealTrainingJob = {
          bench: 'real-training',
          model: subject.folder,
          threads,
          precision: 'float32',
          ...executorOf(backend),
          batchSize: batch,
          pairs,
          warmUpPairs: pairs
            .toSorted((one, other) => longestSequence([one]) - longestSequence([other]))
            .slice(0, batch),
          peerMicroBatchSize: batch,
          shuffle: true,
          ...STEP,
          ...(memoryBytes === undefined ? {} : {memoryBytes}),
        };
        // What is garbage is no growth, so it is collected before each look.
        const started = await startContender(ours(backend, ['--expose-gc']), job);
        if ('missing' in started) {
          report.skip(what, started.missing);
          continue;
        }
        const looks: Memory[] = [];
        let total = 0;
        for (let look = 1; look <= LOOKS; look++) {
          const {seconds, memory} = await started.run(every);
          if (memory === undefined) throw new Error(`${backend} did not say what it holds`);
          looks.push(memory);
          total += seconds.reduce((sum, each) => sum + each, 0);
        }
        const {peakMemoryBytes, about} = await started.end();
        const {losses: _, gradNorms: __, ...counts} = about;
        const memory = verdict(looks);
        report.row({
          kind: 'steps',
          ...what,
          secondsMean: rounded(total / (LOOKS * every)),
          rssMegabytes: looks.map(({rssBytes}) => megabytes(rssBytes)),
          ...memory,
          peakMemoryMegabytes: megabytes(peakMemoryBytes),
          ...counts,
        });
        report.say(
          `  ${counts.compilations} compilations; ${percent(Number(counts.neededShare))} of the computed tokens are needed; ` +
            `memory ${memory.grows ? 'grows' : 'does not grow'} over the last half ` +
            `(${memory.rssGrowthMegabytes} MB, noise ${memory.rssNoiseMegabytes}); peak ${megabytes(peakMemoryBytes)} MB`,
        );
      }
    }
  });
