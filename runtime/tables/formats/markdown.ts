/** A table for a README. Pure. */
import type {GridReport} from '../grid-report.js';
import {METRICS_CAPTION, metricsCells} from '../metrics.js';
import {CAPTION, intervalOf, points, sentencesOf, titleOf} from '../words.js';

export const markdownTable = ({table, breakdown, metrics, suite, ...said}: GridReport): string => {
  const {base, items, seeds, rows} = table;
  const lines = [
    ...ruled(
      ['Dataset', 'Objective', 'Max Δ', '95 %', 'Mean Δ (sd)', '95 %'],
      rows.map((row) => [
        titleOf(row.dataset),
        titleOf(row.objective),
        marked(points(row.max.value), row.bestMax, row.bestMaxOfAll),
        intervalOf(row.max),
        `${marked(points(row.mean.value), row.bestMean, row.bestMeanOfAll)} (${points(row.sd)})`,
        intervalOf(row.mean),
      ]),
      2,
    ),
    '',
    `${CAPTION} ${suite}, ${items} items, ${seeds.length} seeds; ${points(base.value)} before training. Italic: the best of its dataset; bold: of all. ${sentencesOf(said).join(' ')}`.trimEnd(),
  ];
  if (breakdown !== undefined)
    lines.push(
      '',
      ...ruled(
        ['', '# query', 'before', ...breakdown.columns.map(({dataset}) => `+ ${titleOf(dataset)}`)],
        [
          ...breakdown.rows.map((row) => [row.name, String(row.items), ...row.scores.map(points)]),
          ['Objective used:', '', '/', ...breakdown.columns.map(({objective}) => titleOf(objective))],
        ],
        1,
      ),
    );
  if (metrics !== undefined) {
    const {header, rows} = metricsCells(metrics);
    lines.push('', METRICS_CAPTION, '', ...ruled(header, rows, 2));
  }
  return `${lines.join('\n')}\n`;
};

const marked = (text: string, best: boolean, ofAll: boolean): string =>
  ofAll ? `**${text}**` : best ? `*${text}*` : text;

const ruled = (header: readonly string[], rows: readonly (readonly string[])[], left: number): string[] => {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [
    line(header),
    `| ${header.map((_, column) => (column < left ? '---' : '---:')).join(' | ')} |`,
    ...rows.map(line),
  ];
};
