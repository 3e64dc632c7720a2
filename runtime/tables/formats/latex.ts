/** A table for a paper: a `tabular` of booktabs, bold and underlined as in Table 1. Pure. */
import type {Breakdown} from '../breakdown.js';
import type {GridReport} from '../grid-report.js';
import {type Metrics, metricsCells} from '../metrics.js';
import {points, titleOf} from '../words.js';

export const latexTable = ({table: {rows}, breakdown, metrics}: GridReport): string => {
  const body = rows.flatMap((row, index) => {
    const isFirst = rows[index - 1]?.dataset !== row.dataset;
    const cells = [
      isFirst ? escaped(titleOf(row.dataset)) : '',
      escaped(titleOf(row.objective)),
      marked(points(row.max.value), row.bestMax, row.bestMaxOfAll),
      span(row.max),
      `${marked(points(row.mean.value), row.bestMean, row.bestMeanOfAll)} (${points(row.sd)})`,
      span(row.mean),
    ];
    return [...(isFirst && index > 0 ? ['\\midrule'] : []), `${cells.join(' & ')} \\\\`];
  });
  const first = tabular(
    'llrrrr',
    'Dataset & Objective & Max $\\Delta$ & 95\\,\\% & Mean $\\Delta$ & 95\\,\\%',
    body,
  );
  return [
    first,
    ...(breakdown === undefined ? [] : [breakdownTabular(breakdown)]),
    ...(metrics === undefined ? [] : [metricsTabular(metrics)]),
  ].join('\n');
};

const breakdownTabular = ({columns, rows}: Breakdown): string =>
  tabular(
    `l${'r'.repeat(columns.length + 2)}`,
    ['', '\\# query', 'before', ...columns.map(({dataset}) => `+ ${escaped(titleOf(dataset))}`)].join(' & '),
    [
      ...rows.map(
        (row) => `${[escaped(row.name), String(row.items), ...row.scores.map(points)].join(' & ')} \\\\`,
      ),
      '\\midrule',
      `${['Objective used:', '', '/', ...columns.map(({objective}) => escaped(titleOf(objective)))].join(' & ')} \\\\`,
    ],
  );

const metricsTabular = (metrics: Metrics): string => {
  const {header, rows} = metricsCells(metrics, {repeats: false});
  return tabular(
    `ll${'r'.repeat(header.length - 2)}`,
    header.map(escaped).join(' & '),
    rows.map((cells) => `${cells.map(escaped).join(' & ')} \\\\`),
  );
};

const tabular = (columns: string, header: string, body: readonly string[]): string =>
  [
    `\\begin{tabular}{${columns}}`,
    '\\toprule',
    `${header} \\\\`,
    '\\midrule',
    ...body,
    '\\bottomrule',
    '\\end{tabular}',
    '',
  ].join('\n');

const span = ({low, high}: {readonly low: number; readonly high: number}): string =>
  `[${points(low)}, ${points(high)}]`;

const marked = (text: string, best: boolean, ofAll: boolean): string => {
  const underlined = best ? `\\underline{${text}}` : text;
  return ofAll ? `\\textbf{${underlined}}` : underlined;
};

/** What TeX would take for its own. */
const escaped = (text: string): string =>
  text.replace(/[\\{}$&#_%~^]/g, (character) => specials[character] ?? `\\${character}`);
const specials: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};
