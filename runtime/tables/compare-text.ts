/** Runs beside each other on a terminal. Pure. */
import type {Compared, ComparedScores, ScoreAt} from './compared.js';
import type {Difference} from './comparison.js';
import {aligned} from './formats/text.js';
import {intervalOf, points} from './words.js';

export const compareText = ({runs, suites, others, settings}: Compared): string => {
  const lines = [
    ...scoreLines(runs),
    '',
    suites.length > 1
      ? `Scored by different suites (${suites.join(', ')}): their scores are no comparison.`
      : `Scores by ${suites[0]}, in points, at (step). Differences are over the items in common; p by a paired sign test.`,
    ...runs.slice(1).flatMap((run) => noGradesText(run)),
    '',
    ...others.flatMap((each) => [
      ...scoreLines(each.runs),
      '',
      `The same by ${each.suite}.`,
      ...each.runs.slice(1).flatMap((run) => noGradesText(run)),
      '',
    ]),
    ...(settings.length === 0
      ? ['All settings are the same.']
      : [
          'Settings that differ:',
          ...aligned(
            ['', ...runs.map(({run}) => run)],
            settings.map(({key, values}) => [key, ...values.map((value) => cut(value ?? 'unset'))]),
            1,
          ),
        ]),
  ];
  return lines.join('\n');
};

const scoreLines = (runs: readonly ComparedScores[]): string[] =>
  aligned(
    [
      'Run',
      'Objective',
      'before',
      'best',
      'last',
      `best − ${runs[0]?.run}`,
      '95 %',
      'p',
      'last −',
      '95 %',
      'p',
    ],
    runs.map((run) => [
      run.run,
      run.objective ?? 'none',
      run.base === null ? '' : points(100 * run.base),
      scoreText(run.best),
      scoreText(run.last),
      ...differenceCells(run.againstFirst.best),
      ...differenceCells(run.againstFirst.last),
    ]),
    2,
  );

const scoreText = (score: ScoreAt | null): string =>
  score === null ? '' : `${points(100 * score.score)} (${score.step})`;

export const differenceCells = (difference: Difference | undefined): string[] =>
  difference === undefined
    ? ['', '', '']
    : [signed(difference.value), intervalOf(difference), pText(difference.p)];

const signed = (value: number): string => `${value > 0 ? '+' : ''}${points(value)}`;
export const pText = (p: number): string => (p < 0.001 ? '<.001' : p.toFixed(3));

const noGradesText = ({run, againstFirst, last}: ComparedScores): string[] =>
  againstFirst.last !== undefined || last === null
    ? []
    : [
        `${run}: it, or the first run, kept no grades by item, or they have none in common: there is no interval.`,
      ];

const MOST = 48;
const cut = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text);
