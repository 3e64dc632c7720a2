/** A table for a spreadsheet: RFC 4180, a row a cell of the grid. Pure. */
import type {GridReport} from '../grid-report.js';

const HEADER = [
  'dataset',
  'objective',
  'seeds',
  'max_delta',
  'max_delta_low',
  'max_delta_high',
  'mean_delta',
  'mean_delta_low',
  'mean_delta_high',
  'sd',
  'best_max_of_dataset',
  'best_mean_of_dataset',
];

/** Metrics last, of the last checkpoint, by their own names. */
export const csvTable = ({table: {rows}, metrics}: GridReport): string =>
  [
    [...HEADER, ...(metrics?.names ?? [])],
    ...rows.map(({dataset, objective, seeds, max, mean, sd, bestMax, bestMean}) => [
      dataset,
      objective,
      seeds,
      ...[max, mean].flatMap(({value, low, high}) => [value, low, high]),
      sd,
      bestMax,
      bestMean,
      ...(metrics?.rows.find((row) => row.dataset === dataset && row.objective === objective)?.values ?? []),
    ]),
  ]
    .map((cells) => `${cells.map((cell) => quoted(String(cell))).join(',')}\r\n`)
    .join('');

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
