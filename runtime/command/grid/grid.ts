/** `anchorage grid`: datasets × objectives × seeds, and one table. */

import {join} from 'node:path';
import {Command} from 'commander';
import {writeWhole} from '../../machine/whole-file.js';
import {complain, say} from '../../output.js';
import {textTable} from '../../tables/formats/text.js';
import {paperText} from '../../tables/paper-text.js';
import {ourCommand, shellWords} from '../../text/shell-words.js';
import {interruptible} from '../offline/interruptible.js';
import {progressLine} from '../offline/progress-line.js';
import {wholeFrom} from '../options/values.js';
import {type GridEnd, type GridOptions, runGrid} from './run-grid.js';

export const gridCommand = (): Command =>
  new Command('grid')
    .argument('<grid.yaml>', 'its datasets, objectives and seeds, and the fleet that all runs have in common')
    .option(
      '--out <folder>',
      'gets the runs and the tables; grids/NAME, by the name of the file, unless given',
    )
    .option('--cores <number>', 'to run on; those of the machine unless given', wholeFrom(1))
    .option('--paper', "print it beside the paper's Table 1: for its datasets and objectives")
    .addHelpText(
      'after',
      `
Pairs are made once for each dataset and seed, by \`anchorage data make\`; each objective then trains on them, by \`anchorage
replay\`. The same command goes on after Ctrl-C or a kill, and does nothing twice. The table is in table.txt, .md, .csv, .tex,
.json and .html; that of a further suite in table-NAME.txt, and so on.

Examples:
  anchorage grid deploy/grid/table1.yaml --paper
  anchorage grid grid.yaml --out grids/first --cores 8`,
    )
    .action(async (file: string, options: GridOptions) => {
      const progress = progressLine();
      let end: GridEnd | undefined;
      try {
        process.exitCode = await interruptible(async (signal) => {
          end = await runGrid(file, options, {progress, signal});
          return end.kind !== 'stopped';
        });
      } finally {
        progress.end();
      }
      if (end !== undefined) await tell(end, file, options);
    });

const tell = async (
  {folder, tables, kind}: GridEnd,
  file: string,
  {out, paper = false}: GridOptions,
): Promise<void> => {
  for (const [place, {report}] of tables.entries()) {
    // Of a grid that lacks runs there is nothing to lay beside the paper yet.
    const isBeside = paper && kind === 'complete' && place === 0;
    const text = isBeside ? paperText(report) : textTable(report);
    if (isBeside) await writeWhole(join(folder, 'paper.txt'), text);
    say(`\n${text}`);
  }
  for (const {file} of tables)
    say(`table      ${folder}/${file}.html, and .txt, .md, .csv, .tex, .json beside it`);
  if (kind === 'complete') return;
  const given = [...(out === undefined ? [] : ['--out', out]), ...(paper ? ['--paper'] : [])];
  complain(`not complete: go on with: ${shellWords([...ourCommand(), 'grid', file, ...given])}`);
  if (kind === 'failed') process.exitCode = 1;
};
