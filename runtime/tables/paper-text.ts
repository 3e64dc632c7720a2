/** A grid of the paper's datasets and objectives beside the paper's Table 1: what agrees, what does not, how surely. Pure. */
import {TerminalError} from '../errors.js';
import type {Estimate} from '../statistics/paired-bootstrap.js';
import {aligned, textTable} from './formats/text.js';
import type {GridReport} from './grid-report.js';
import {claims, orderingsOf, paperTable1, type Verdict, verdictOf} from './paper.js';
import {intervalOf, points, titleOf} from './words.js';

/** @throws TerminalError where the grid lacks a cell of the paper's table. */
export const paperText = (report: GridReport): string => {
  const {table} = report;
  const rows = paperTable1.map((paper) => {
    const own = table.rows.find(
      ({dataset, objective}) => dataset === paper.dataset && objective === paper.objective,
    );
    if (own === undefined)
      throw new TerminalError(
        `--paper: the grid has no run of ${paper.dataset} by ${paper.objective} yet; its datasets and objectives are those of the paper's Table 1, or leave --paper out`,
      );
    return {paper, own};
  });
  const orderings = orderingsOf(table);
  const count = (verdict: Verdict): number => orderings.filter((each) => each.verdict === verdict).length;
  const agree = count('holds') + count('holds within its interval');
  const against = orderings
    .filter(({verdict}) => verdict === 'does not hold')
    .map(
      ({above, below, paper, ours}) =>
        `  ${nameOf(above)} over ${nameOf(below)}: ${points(paper)} in the paper, ${signed(ours)} here`,
    );
  return [
    textTable(report),
    "Beside the paper's Table 1 (Llama-3-8B-Instruct on MixEval-Hard, splits of 2024-06-01 and 2024-08-11):",
    '',
    ...aligned(
      ['Dataset', 'Objective', 'Max Δ', 'paper 06', 'paper 08', 'Mean Δ', 'paper 06', 'paper 08'],
      rows.map(({paper, own}, index) => [
        rows[index - 1]?.paper.dataset === paper.dataset ? '' : titleOf(paper.dataset),
        titleOf(paper.objective),
        points(own.max.value),
        points(paper.june.max),
        points(paper.august.max),
        points(own.mean.value),
        points(paper.june.mean),
        points(paper.august.mean),
      ]),
      2,
    ),
    '',
    'What the paper finds, and whether it holds here (beyond the 95 % interval of each difference, unless said otherwise):',
    ...claims.flatMap(({text, by, source, differences}) => {
      const found = differences(table);
      return [`  ${verdictOf(found)}: by ${by} Δ, ${text} (${source}); ${leastOf(found)}`];
    }),
    '',
    `Of ${orderings.length} orderings of the paper's mean Δ (2024-06-01; two objectives on a dataset, two datasets under an objective) ${agree} agree, ` +
      `${count('holds')} of them beyond their intervals; ${orderings.length - agree} do not, ${against.length} of them beyond theirs${against.length === 0 ? '.' : ':'}`,
    ...against,
    '',
  ].join('\n');
};

const nameOf = ({dataset, objective}: {readonly dataset: string; readonly objective: string}): string =>
  `${titleOf(dataset)} by ${titleOf(objective)}`;
const signed = ({value, low, high}: Estimate): string => `${points(value)} ${intervalOf({low, high})}`;

/** The difference that decides: the smallest. */
const leastOf = (differences: readonly Estimate[]): string => {
  const [least] = [...differences].sort((one, other) => one.value - other.value);
  if (least === undefined) return '';
  return differences.length === 1
    ? `difference ${signed(least)}`
    : `the smallest of ${differences.length} differences is ${signed(least)}`;
};
