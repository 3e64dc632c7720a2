/** `npm run bench`: measures the learner, its shards, the sampler, the bus, the fleet and its use of endpoints. */
import {CommanderError} from 'commander';
import {TerminalError} from '../errors.js';
import {benchBus} from './bus/bench.js';
import {benchEndpoints} from './endpoints/bench.js';
import {benchInterference} from './interference/bench.js';
import {benchLearner, benchMemory} from './learner/bench.js';
import {benchLong} from './learner/long.js';
import {benchOverlap} from './overlap/bench.js';
import {benchProgram} from './program.js';
import {benchReal} from './real/bench.js';
import {benchRecipes} from './recipes/bench.js';
import {report} from './report.js';
import {benchSampler} from './sampler/bench.js';
import {benchShards} from './shards/bench.js';

const program = benchProgram({
  learner: (options) => benchLearner(options, report),
  sampler: (options) => benchSampler(options, report),
  memory: (options) => benchMemory(options, report),
  long: (options) => benchLong(options, report),
  real: (options) => benchReal(options, report),
  bus: (options) => benchBus(options, report),
  shards: (options) => benchShards(options, report),
  overlap: (options) => benchOverlap(options, report),
  interference: (options) => benchInterference(options, report),
  endpoints: (options) => benchEndpoints(options, report),
  recipes: (options) => benchRecipes(options, report),
});

try {
  await program.parseAsync();
} catch (error) {
  // Commander has already said what is wrong; its help is no error. At once: contenders that wait for their turn end with us.
  if (error instanceof CommanderError) process.exit(error.exitCode);
  if (!(error instanceof TerminalError)) throw error;
  console.error(error.message);
  process.exit(1);
}
