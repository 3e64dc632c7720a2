/** What an evaluation came to, as a file and in lines for a person. */
import type {Estimate} from '../../suites/estimate.js';
import {judgeRemedy} from '../../suites/judge.js';
import type {Summary} from '../../suites/summary.js';

const round = (value: number): string => (Math.abs(value) >= 10 ? value.toFixed(2) : value.toPrecision(4));

/** Such as `41.45 (38.20 to 44.71; 446 items)`. Resamples of one item are all alike: that is no interval. */
export const estimateText = ({value, low, high, items, interval}: Estimate): string =>
  items === 1 && interval === 'bootstrap'
    ? `${round(value)} (1 item, no interval)`
    : `${round(value)} (${round(low)} to ${round(high)}; ${items} ${items === 1 ? 'item' : 'items'})`;

const PAD = 26;

/** The result, line by line: numbers with their 95 % intervals. */
export const resultLines = (
  {metrics, rows = [], details = {}, notes = []}: Summary,
  unscored: Readonly<Record<string, number>>,
): string[] => {
  const line = (name: string, text: string): string => `${name.padEnd(PAD)} ${text}`;
  const plain = Object.entries(details).flatMap(([name, value]) => plainDetail(name, value));
  return [
    ...Object.entries(metrics).map(([name, estimate]) => line(name, estimateText(estimate))),
    ...rows.map(({name, total, estimate}) =>
      line(
        `  ${name}`,
        `${String(total).padStart(5)}  ${estimate === undefined ? 'no score' : estimateText(estimate)}`,
      ),
    ),
    ...plain.map(([name, text]) => line(name, text)),
    ...Object.entries(unscored).map(([reason, count]) => {
      const remedy = judgeRemedy('--judge', reason);
      return line('not scored', `${count}: ${reason}${remedy === undefined ? '' : `; ${remedy}`}`);
    }),
    ...notes.map((note) => line('note', note)),
    ...(Object.keys(metrics).length === 0 ? ['no item has a score'] : []),
  ];
};

const plainDetail = (name: string, value: unknown): (readonly [string, string])[] => {
  if (typeof value === 'number') return [[name, Number.isInteger(value) ? String(value) : round(value)]];
  if (typeof value === 'string') return [[name, value]];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([inner, each]) => plainDetail(`${name}.${inner}`, each));
};
