/** `npm run chaos -- --trials 100 [--seed N] [--only ROLE]`: see the folder's other files for what it does. */
import {parseArgs} from 'node:util';
import {isRole, planOf, roles} from './plan.js';
import {lineOf, reportOf} from './report.js';
import {runTrial, type Trial} from './trial.js';

const {values} = parseArgs({
  options: {
    trials: {type: 'string', default: '10'},
    seed: {type: 'string', default: '1'},
    only: {type: 'string'},
  },
});
const {only} = values;
const [trials, seed] = [Number(values.trials), Number(values.seed)];
if (!Number.isInteger(trials) || !Number.isInteger(seed) || (only !== undefined && !isRole(only)))
  throw new Error(`--trials and --seed are whole numbers, and --only is one of ${roles.join(', ')}`);

const done: Trial[] = [];
for (let number = 0; number < trials; number += 1) {
  const plan = planOf({seed: seed + number, ...(only === undefined ? {} : {only})});
  const trial = await runTrial(plan, {measureLoad: number % 4 === 0});
  done.push(trial);
  console.log(lineOf(trial));
}
console.log(`\n${reportOf(done)}`);
process.exitCode = done.some(({wrong}) => wrong.length > 0) ? 1 : 0;
