/**
 * Kills what runs, or changes it while it runs, and compares what is left with what an undisturbed run leaves:
 *
 *   npm run chaos -- --trials 100             whole fleets, in which everybody is killed at random moments
 *   npm run chaos -- --trials 5 --only judge  the same with one role as the only victim
 *   npm run chaos -- --swaps 100              changes of the objective while two shards train
 *   npm run chaos -- --faults 30              whole fleets, each with one thing that stands still or is cut off for 30 s
 *   npm run chaos -- --data 32000             so many prompts into a file of pairs, undisturbed and then under 7 kills (--kills):
 *                                             memory by quarters of the run, calls made again, and whether the files are the same
 *
 * `--seed N` begins with another seed: trial number k has the seed N + k.
 * `--prompts N` makes runs of another length. Exit code 1 where anything is wrong.
 */
import {parseArgs} from 'node:util';
import {runFaults} from './faults.js';
import {runMany} from './many/many.js';
import {manyReportOf} from './many/report.js';
import {isRole, planOf, type Role, roles} from './plan.js';
import {lineOf, reportOf, swapsReportOf} from './report.js';
import {runSwaps} from './swaps.js';
import {runTrial, type Trial} from './trial.js';

/** One trial in so many measures, too, what a learner's start takes. */
const LOAD_EVERY = 4;

const {values} = parseArgs({
  options: {
    trials: {type: 'string', default: '10'},
    seed: {type: 'string', default: '1'},
    only: {type: 'string'},
    prompts: {type: 'string', default: '150'},
    swaps: {type: 'string'},
    faults: {type: 'string'},
    data: {type: 'string'},
    kills: {type: 'string', default: '7'},
  },
});

const wholeNumber = (option: string, text: string): number => {
  if (!/^\d+$/.test(text)) throw new Error(`--${option} ${text}: not a whole number`);
  return Number(text);
};

interface Killing {
  readonly trials: number;
  readonly seed: number;
  readonly only: Role | undefined;
  readonly prompts: number;
}

const killAround = async ({trials, seed, only, prompts}: Killing): Promise<boolean> => {
  const done: Trial[] = [];
  const options = `--prompts ${prompts}${only === undefined ? '' : ` --only ${only}`}`;
  for (let number = 0; number < trials; number += 1) {
    const trial = await runTrial(planOf({seed: seed + number, only, prompts}), {
      measureLoad: number % LOAD_EVERY === 0,
    });
    done.push(trial);
    console.log(lineOf(trial, options));
  }
  console.log(`\n${reportOf(done)}`);
  return done.every(({wrong}) => wrong.length === 0);
};

const swapAround = async (swaps: number, seed: number): Promise<boolean> => {
  const done = await runSwaps({swaps, seed});
  console.log(swapsReportOf(done));
  for (const line of done.wrong) console.log(`WRONG: ${line}`);
  if (done.kept.length > 0)
    console.log(`again: npm run chaos -- --swaps ${swaps} --seed ${seed}; kept: ${done.kept.join(' ')}`);
  return done.wrong.length === 0;
};

const failAround = (seconds: number, seed: number, only: string | undefined): Promise<boolean> =>
  runFaults({
    seed,
    lastingMs: 1000 * seconds,
    only,
    onDone: ({fault, pairsMeanwhile, stepsMeanwhile, lost, twice, seconds: took, wrong}) => {
      const meanwhile = `${pairsMeanwhile} pairs and ${stepsMeanwhile} steps meanwhile`;
      console.log(`${fault}: ${meanwhile}, lost ${lost}, twice ${twice}, ${took.toFixed(0)} s`);
      for (const line of wrong) console.log(`  WRONG: ${line}`);
    },
  });

const {only} = values;
const roleOf = (word: string | undefined): Role | undefined => {
  if (word === undefined || isRole(word)) return word;
  throw new Error(`--only ${word}: one of ${roles.join(', ')}`);
};
const seed = wholeNumber('seed', values.seed);
const makeAround = async (prompts: number, kills: number): Promise<boolean> => {
  const many = await runMany({prompts, kills, seed, say: (line) => console.error(line)});
  console.log(manyReportOf(many, prompts));
  for (const line of many.wrong) console.log(`WRONG: ${line}`);
  if (many.wrong.length > 0)
    console.log(`again: npm run chaos -- --data ${prompts} --kills ${kills} --seed ${seed}`);
  return many.wrong.length === 0;
};
const chosen = (): Promise<boolean> => {
  if (values.data !== undefined)
    return makeAround(wholeNumber('data', values.data), wholeNumber('kills', values.kills));
  if (values.faults !== undefined) return failAround(wholeNumber('faults', values.faults), seed, only);
  if (values.swaps !== undefined) return swapAround(wholeNumber('swaps', values.swaps), seed);
  return killAround({
    trials: wholeNumber('trials', values.trials),
    seed,
    only: roleOf(only),
    prompts: wholeNumber('prompts', values.prompts),
  });
};
process.exitCode = (await chosen()) ? 0 : 1;
