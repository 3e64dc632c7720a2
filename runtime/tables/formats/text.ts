/** A table for a terminal. Pure. */
import type {GridReport} from '../grid-report.js';
import {METRICS_CAPTION, metricsCells} from '../metrics.js';
import {CAPTION, intervalOf, points, sentencesOf, titleOf} from '../words.js';

export const textTable = ({name, suite, table, breakdown, metrics, runs, ...said}: GridReport): string => {
  const {base, items, seeds, rows} = table;
  const lines = [
    `${name}: ${suite}, ${items} items, ${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}; ${points(base.value)} ${intervalOf(base)} before training`,
    ...(runs.complete < runs.all
      ? [`${runs.complete} of ${runs.all} runs are complete: the others are not in it`]
      : []),
    ...sentencesOf(said),
    '',
    ...aligned(
      ['Dataset', 'Objective', 'Max Δ', '95 %', 'Mean Δ', '(sd)', '95 %'],
      rows.map((row, index) => [
        rows[index - 1]?.dataset === row.dataset ? '' : titleOf(row.dataset),
        titleOf(row.objective),
        `${points(row.max.value)}${mark(row.bestMax, row.bestMaxOfAll)}`,
        intervalOf(row.max),
        `${points(row.mean.value)}${mark(row.bestMean, row.bestMeanOfAll)}`,
        `(${points(row.sd)})`,
        intervalOf(row.mean),
      ]),
      2,
    ),
    '',
    `* the best of its dataset, ** of all. ${CAPTION}`,
  ];
  if (breakdown !== undefined)
    lines.push(
      '',
      ...aligned(
        ['', '# query', 'before', ...breakdown.columns.map(({dataset}) => `+ ${titleOf(dataset)}`)],
        [
          ...breakdown.rows.map((row) => [row.name, String(row.items), ...row.scores.map(points)]),
          ['Objective used:', '', '/', ...breakdown.columns.map(({objective}) => titleOf(objective))],
        ],
        1,
      ),
    );
  if (metrics !== undefined) {
    const {header, rows} = metricsCells(metrics, {repeats: false});
    lines.push('', METRICS_CAPTION, '', ...aligned(header, rows, 2));
  }
  return `${lines.join('\n')}\n`;
};

/** A blank in the place of a mark that is not there, so that numbers stay below each other. */
const mark = (best: boolean, ofAll: boolean): string => (ofAll ? ' **' : best ? ' * ' : '   ');

/** @param left so many first columns are aligned to the left. */
export const aligned = (
  header: readonly string[],
  rows: readonly (readonly string[])[],
  left: number,
): string[] => {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column < left ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return [line(header), ...rows.map(line)];
};
