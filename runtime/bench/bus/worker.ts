/** A process that moves messages: `worker.js ours|bare`, told what and how many on its standard input. */
import {createInterface} from 'node:readline';
import type {Ended, Ran, Ready, Run} from '../contenders/job.js';
import {openBare} from './bare.js';
import type {BusJob} from './job.js';
import {openOurs} from './ours.js';

/** Moved before anything is timed: what runs often is compiled then, and the stream has its files. */
const WARM_UP = 4000;

const answer = (line: Ready | Ran | Ended): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const lines = createInterface({input: process.stdin})[Symbol.asyncIterator]();
const next = async (): Promise<string | undefined> => {
  const {value, done} = await lines.next();
  return done ? undefined : value;
};

const first = await next();
if (first !== undefined) {
  const open = process.argv[2] === 'bare' ? openBare : openOurs;
  const loop = await open(JSON.parse(first) as BusJob);
  await loop.move(WARM_UP);
  answer({ready: true});
  for (let line = await next(); line !== undefined; line = await next()) {
    const {count} = JSON.parse(line) as Run;
    const cpuBefore = process.cpuUsage();
    const begin = performance.now();
    await loop.move(count);
    const seconds = (performance.now() - begin) / 1000;
    const {user, system} = process.cpuUsage(cpuBefore);
    answer({seconds: [seconds], cpuSeconds: (user + system) / 1e6});
  }
  await loop.close();
  answer({peakMemoryBytes: process.resourceUsage().maxRSS * 1024, about: {}});
  process.exit(0);
}
