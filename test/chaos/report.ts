/** The figures of many trials, as lines of a table. Pure. */
import {roles} from './plan.js';
import type {Swaps} from './swaps.js';
import type {Trial} from './trial.js';

/** The value that a share of the sorted values does not exceed; undefined of none. */
export const quantile = (values: readonly number[], share: number): number | undefined =>
  values.toSorted((one, other) => one - other)[Math.max(0, Math.ceil(share * values.length) - 1)];

const rounded = (value: number | undefined): string =>
  value === undefined ? '-' : String(Math.round(value));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const reportOf = (trials: readonly Trial[]): string => {
  const kills = trials.flatMap((trial) => trial.kills);
  const rows = roles.map((role) => {
    const of = kills.filter((done) => done.role === role);
    const recoveries = of.flatMap(({recoveryMs}) => (recoveryMs === undefined ? [] : [recoveryMs]));
    const figures = [quantile(recoveries, 0.5), quantile(recoveries, 0.95), quantile(recoveries, 1)];
    return [role, String(of.length), ...figures.map(rounded)];
  });
  const loads = trials.flatMap(({startAndLoadMs}) => (startAndLoadMs === undefined ? [] : [startAndLoadMs]));
  const inFlight = sum(kills.map((done) => done.inFlight));
  const totals: readonly (readonly [string, string | number])[] = [
    ['trials', trials.length],
    ['with something wrong', trials.filter(({wrong}) => wrong.length > 0).length],
    ['kills', kills.length],
    ['pairs', sum(trials.map(({pairs}) => pairs))],
    ['lost', sum(trials.map(({lost}) => lost))],
    ['resolved or trained twice', sum(trials.map(({twice}) => twice))],
    ['final weights not equal', trials.filter(({equal}) => !equal).length],
    ['teacher calls', sum(trials.map(({calls}) => calls))],
    [
      'calls repeated / in flight at the kills',
      `${sum(trials.map(({repeated}) => repeated.inFlight))} / ${inFlight}`,
    ],
    ['calls repeated whose answers were kept', sum(trials.map(({repeated}) => repeated.other))],
    ['start + checkpoint load ms, median (of)', `${rounded(quantile(loads, 0.5))} (${loads.length})`],
    [
      'seconds a trial, median',
      rounded(
        quantile(
          trials.map(({seconds}) => seconds),
          0.5,
        ),
      ),
    ],
  ];
  const table = [['killed', 'times', 'ms to next step: median', 'p95', 'max'], ...rows];
  return [
    ...totals.map(([what, figure]) => `${what.padEnd(42)}${figure}`),
    '',
    ...table.map((row) =>
      row
        .map((cell, column) => cell.padEnd(column === 0 ? 12 : column === 2 ? 26 : 8))
        .join('')
        .trimEnd(),
    ),
  ].join('\n');
};

/** One trial in a line; what is wrong in lines of its own, with what has it again. */
export const lineOf = (trial: Trial, options: string): string => {
  const {plan, kills, pairs, steps, equal, repeated, seconds, wrong, kept} = trial;
  const {seed, dataset, shards, epochs} = plan;
  const killed = kills.map(({role, recoveryMs}) => `${role} ${rounded(recoveryMs)}`).join(', ');
  const inFlight = sum(kills.map((done) => done.inFlight));
  const head =
    `seed ${seed}: ${dataset}, ${shards} shard(s), ${epochs} epoch(s), ${pairs} pairs, ${steps} steps, ` +
    `${equal ? 'equal' : 'NOT EQUAL'}, ${repeated.inFlight} of ${inFlight} calls in flight made again, ` +
    `${seconds.toFixed(1)} s; ${killed}`;
  const again = `  again: npm run chaos -- --trials 1 --seed ${seed} ${options}; kept: ${kept.join(' ')}`;
  return [head, ...wrong.map((line) => `  WRONG: ${line}`), ...(wrong.length > 0 ? [again] : [])].join('\n');
};

/** The figures of swaps. */
export const swapsReportOf = ({swaps, steps, pairs, lost, twice, equal, wrong}: Swaps): string => {
  const row = (what: string, values: readonly number[]): string[] => [
    what,
    ...[quantile(values, 0.5), quantile(values, 0.95), quantile(values, 1)].map(rounded),
  ];
  const table = [
    ['from the question to', 'median', 'p95', 'max'],
    row(
      'the first step by it, in steps',
      swaps.map(({latencySteps}) => latencySteps),
    ),
    row(
      'the decision, ms',
      swaps.map(({decidedMs}) => decidedMs),
    ),
    row(
      'the end of that step, ms',
      swaps.flatMap(({takenMs}) => (takenMs === undefined ? [] : [takenMs])),
    ),
  ];
  return [
    `swaps ${swaps.length}, steps ${steps}, pairs ${pairs}, lost ${lost}, twice ${twice}, weights ${equal ? 'equal' : 'NOT EQUAL'}, wrong ${wrong.length}`,
    ...table.map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(column === 0 ? 34 : 9))
        .join('')
        .trimEnd(),
    ),
  ].join('\n');
};
