/** Runs beside each other as one self-contained page: each curve of all of them in one picture. Pure. */

import {framed, SEALED} from '../dashboard/html/frame.js';
import {figure, table as htmlRows, section, shown} from '../dashboard/html/page.js';
import {type Chart, MOST_COLOURS} from '../dashboard/html/svg.js';
import {differenceCells} from './compare-text.js';
import type {Compared, ComparedRun, ComparedScores} from './compared.js';
import {points} from './words.js';

export const comparePage = ({runs, suites, others, settings}: Compared): string => {
  const names = runs.map(({run}) => run).join(', ');
  return framed({
    title: shown(names),
    kind: 'Anchorage comparison',
    heading: shown(names),
    lead: `${shown(suites.length > 1 ? `scored by different suites: ${suites.join(', ')}` : `scored by ${suites[0]}`)}`,
    head: SEALED,
    parts: [
      section(
        'tables',
        '',
        [
          scoreTable(runs, others.length === 0 ? '' : `by ${suites[0]}, `),
          ...others.map((each) => scoreTable(each.runs, `by ${each.suite}, `)),
        ].join(''),
        'Scores',
      ),
      section(
        'charts',
        '',
        chartsOf(runs)
          .map((chart, index) => figure(`chart-${index}`, chart))
          .join('\n'),
        'Curves',
      ),
      settings.length === 0
        ? ''
        : section(
            'tables',
            '',
            htmlRows(
              'Settings that differ',
              ['', ...runs.map(({run}) => run)],
              settings.map(({key, values}) => [key, ...values.map((value) => value ?? 'unset')]),
            ),
            'Settings',
          ),
    ],
  });
};

const scoreTable = (runs: readonly ComparedScores[], by: string): string =>
  htmlRows(
    `Scores ${by}in points, and differences to ${runs[0]?.run} on the items in common`,
    ['Run', 'Objective', 'before', 'best', 'last', 'best −', '95 %', 'p', 'last −', '95 %', 'p'],
    runs.map(cellsOf),
  );

const cellsOf = ({run, objective, base, best, last, againstFirst}: ComparedScores): string[] => [
  run,
  objective ?? 'none',
  base === null ? '' : points(100 * base),
  ...[best, last].map((score) => (score === null ? '' : `${points(100 * score.score)} (${score.step})`)),
  ...differenceCells(againstFirst.best),
  ...differenceCells(againstFirst.last),
];

/** Of each chart that runs have with a line of their own, that line of every run. */
const chartsOf = (runs: readonly ComparedRun[]): Chart[] => {
  const [first] = runs;
  return (first?.curves ?? []).flatMap(({title, xLabel, include, description, series}) =>
    series.map(({name, dots}): Chart => {
      const lines = runs.flatMap(({run, curves}, index) => {
        const own = curves.find((chart) => chart.title === title)?.series.find((each) => each.name === name);
        return own === undefined
          ? []
          : [{name: run, points: own.points, colour: (index % MOST_COLOURS) + 1, dots: dots ?? false}];
      });
      return {
        title: series.length === 1 ? title : `${title}: ${name}`,
        description:
          series.length === 1 ? `${title} of ${lines.map((line) => line.name).join(', ')}.` : description,
        xLabel,
        include: include ?? [],
        series: lines,
      };
    }),
  );
};
