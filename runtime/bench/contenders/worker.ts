/** A process of ours that is measured: does the job that its standard input names. */
import {createInterface} from 'node:readline';
import {TerminalError} from '../../errors.js';
import {liveTensors} from '../../tensor/memory.js';
import {openExecutor} from '../../tensor/open.js';
import {openProbe} from '../learner/probe.js';
import {openTraining} from '../learner/training.js';
import {openRealReference} from '../real/work/reference.js';
import {openRealSampling} from '../real/work/sampling.js';
import {openRealTraining} from '../real/work/training.js';
import {openSampling} from '../sampler/sampling.js';
import {openSharding} from '../shards/sharding.js';
import {openTransfer} from '../shards/transfer.js';
import type {Ended, Job, Memory, Ran, Ready, Run} from './job.js';
import type {Work} from './work.js';

/** Done before anything is timed: the first run compiles, the second finds its buffers. */
const WARM_UPS = 2;

/** Throws a TerminalError where this machine lacks what the job needs. */
async function open(job: Job): Promise<Work> {
  if (job.bench === 'transfer') return openTransfer(job);
  const {backend, device = 'cpu', threads, precision} = job;
  // Alone on its cores while it runs, as the offline commands are.
  const options = {backend, device, threads, precision, spin: true};
  const {executor} = await openExecutor(options);
  if (job.bench === 'sampler') return openSampling(job, executor);
  if (job.bench === 'shard') return openSharding(job, executor);
  if (job.bench === 'real-training') return openRealTraining(job, executor);
  if (job.bench === 'real-reference') return openRealReference(job, executor);
  if (job.bench === 'real-sampling') return openRealSampling(job, executor);
  return job.bench === 'learner' ? openTraining(job, executor) : openProbe(job, executor);
}

async function serve(): Promise<void> {
  const lines = createInterface({input: process.stdin})[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => {
    const {value, done} = await lines.next();
    return done ? undefined : value;
  };
  const first = await next();
  if (first === undefined) return;
  const work = await open(JSON.parse(first) as Job);
  await warmUp(work);
  answer({ready: true});
  for (let line = await next(); line !== undefined; line = await next()) {
    const {count} = JSON.parse(line) as Run;
    const seconds: number[] = [];
    for (let run = 0; run < count; run++) {
      await work.prepare?.();
      const begin = performance.now();
      await work.once();
      seconds.push((performance.now() - begin) / 1000);
    }
    answer({seconds, memory: memoryNow()});
  }
  // Before it is worked out what there is to say, which takes memory too.
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  answer({peakMemoryBytes, about: await work.about()});
  await work.close?.();
}

async function warmUp(work: Work): Promise<void> {
  if (work.warmUp !== undefined) return work.warmUp();
  for (let run = 0; run < WARM_UPS; run++) await work.once();
}

function memoryNow(): Memory {
  // There with --expose-gc: what is garbage is no growth.
  globalThis.gc?.();
  const {rss, heapUsed, arrayBuffers} = process.memoryUsage();
  return {rssBytes: rss, heapBytes: heapUsed + arrayBuffers, tensors: liveTensors()};
}

const answer = (line: Ready | Ran | Ended): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

await serve().catch((error: unknown) => {
  if (!(error instanceof TerminalError)) throw error;
  answer({missing: error.message});
});
