/** A table as one self-contained page with its learning curves: no script, no network. Pure. */

import {framed, SEALED} from '../../dashboard/html/frame.js';
import {figure, table as htmlRows, section, shown} from '../../dashboard/html/page.js';
import {type Chart, MOST_COLOURS} from '../../dashboard/html/svg.js';
import type {Curve, GridReport} from '../grid-report.js';
import {METRICS_CAPTION, type Metrics, metricsCells} from '../metrics.js';
import {CAPTION, intervalOf, points, sentencesOf, titleOf} from '../words.js';

export const htmlTable = (report: GridReport): string => {
  const {name, suite, table, breakdown, metrics, curves, runs} = report;
  const {base, items, seeds, rows} = table;
  const lead = `${suite}, ${items} items, ${seeds.length} seeds; ${points(base.value)} ${intervalOf(base)} before training`;
  const datasets = [...new Set(rows.map(({dataset}) => dataset))];
  return framed({
    title: shown(name),
    kind: 'Anchorage grid',
    heading: `${shown(name)}${runs.complete < runs.all ? ` <span class="note">${runs.complete} of ${runs.all} runs</span>` : ''}`,
    lead: shown(lead),
    head: SEALED,
    parts: [
      section(
        'tables',
        '',
        htmlRows(
          'Score against that before training, in points',
          ['Dataset', 'Objective', 'Max Δ', '95 %', 'Mean Δ', 'sd', '95 %'],
          rows.map((row) => [
            titleOf(row.dataset),
            titleOf(row.objective),
            `${points(row.max.value)}${mark(row.bestMax, row.bestMaxOfAll)}`,
            intervalOf(row.max),
            `${points(row.mean.value)}${mark(row.bestMean, row.bestMeanOfAll)}`,
            points(row.sd),
            intervalOf(row.mean),
          ]),
        ),
        'Table',
      ),
      section(
        'card',
        '',
        `<p>* the best of its dataset, ** of all. ${shown([CAPTION, ...sentencesOf(report)].join(' '))}</p>`,
      ),
      section(
        'charts card',
        '',
        datasets.map((dataset, index) => figure(`chart-${index}`, chartOf(dataset, curves))).join('\n'),
        'Learning curves',
      ),
      breakdown === undefined
        ? ''
        : section(
            'tables',
            '',
            htmlRows(
              'By benchmark',
              ['', '# query', 'before', ...breakdown.columns.map(({dataset}) => `+ ${titleOf(dataset)}`)],
              [
                ...breakdown.rows.map((row) => [row.name, String(row.items), ...row.scores.map(points)]),
                ['Objective used:', '', '/', ...breakdown.columns.map(({objective}) => titleOf(objective))],
              ],
            ),
            'By benchmark',
          ),
      metrics === undefined ? '' : metricsSection(metrics),
    ],
  });
};

const metricsSection = (metrics: Metrics): string => {
  const {header, rows} = metricsCells(metrics);
  return section('tables', '', htmlRows(METRICS_CAPTION, header, rows), 'Metrics');
};

const mark = (best: boolean, ofAll: boolean): string => (ofAll ? ' **' : best ? ' *' : '');

const chartOf = (dataset: string, curves: readonly Curve[]): Chart => {
  const own = curves.filter((curve) => curve.dataset === dataset);
  return {
    title: titleOf(dataset),
    description: `Score by step under each objective: ${own
      .map(({objective, points: all}) => `${objective} ends at ${all.at(-1)?.score.toFixed(3) ?? 'none'}`)
      .join(', ')}.`,
    xLabel: 'step',
    include: [0],
    series: own.map(({objective, points: all}, index) => ({
      name: titleOf(objective),
      colour: (index % MOST_COLOURS) + 1,
      dots: true,
      points: all.map(({step: x, score: y}) => ({x, y})),
    })),
  };
};
