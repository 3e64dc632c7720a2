/** `npm run bench`: measures the learner, its shards, the sampler, the bus and the fleet on this machine. */
import {TerminalError} from '../errors.js';
import {benchBus} from './bus/bench.js';
import {learnerPeers, memoryPeers} from './contenders/contenders.js';
import {benchSteps} from './learner/bench.js';
import {benchLong} from './learner/long.js';
import {type Bench, type Options, parseOptions} from './options.js';
import {benchOverlap} from './overlap/bench.js';
import {benchReal} from './real/bench.js';
import {report} from './report.js';
import {benchSampler} from './sampler/bench.js';
import {benchShards} from './shards/bench.js';

const run: Readonly<Record<Bench, (options: Options) => Promise<void>>> = {
  learner: (options) => benchSteps(options, learnerPeers(options), report),
  memory: (options) => benchSteps(options, memoryPeers(options), report),
  sampler: (options) => benchSampler(options, report),
  long: (options) => benchLong(options, report),
  real: (options) => benchReal(options, report),
  bus: (options) => benchBus(options, report),
  shards: (options) => benchShards(options, report),
  overlap: (options) => benchOverlap(options, report),
};

try {
  const options = parseOptions(process.argv.slice(2));
  await run[options.bench](options);
} catch (error) {
  if (!(error instanceof TerminalError)) throw error;
  console.error(error.message);
  // At once: contenders that wait for their turn end with us.
  process.exit(1);
}
