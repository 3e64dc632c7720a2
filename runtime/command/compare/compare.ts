/** `anchorage compare`: several runs beside each other. */
import {Command} from 'commander';
import {writeWhole} from '../../machine/whole-file.js';
import {say} from '../../output.js';
import {comparePage} from '../../tables/compare-page.js';
import {compareText} from '../../tables/compare-text.js';
import {readCompared} from './read-compared.js';

interface CompareOptions {
  readonly html?: string;
  readonly json?: boolean;
}

export const compareCommand = (): Command =>
  new Command('compare')
    .argument(
      '<run...>',
      'two or more: ids under ./runs, or folders; the first is what the others are compared with',
    )
    .option('--html <file>', 'writes a page with all curves, each in one picture')
    .option('--json', 'print all of it as JSON')
    .addHelpText(
      'after',
      `
The best and the last checkpoint of each run against those of the first, on the items that both were scored on: the
difference, its 95 % interval, and the chance of one as large between equals. Runs that kept no grades by item have their scores alone.

Examples:
  anchorage compare first first-dpo first-apo_down --html compare.html`,
    )
    .action(async (runs: readonly string[], {html, json = false}: CompareOptions) => {
      const compared = await readCompared(runs);
      if (html !== undefined) await writeWhole(html, comparePage(compared));
      if (json)
        say(
          JSON.stringify(
            {...compared, runs: compared.runs.map(({curves: _, ...rest}) => rest)},
            undefined,
            2,
          ),
        );
      else say(compareText(compared));
      if (html !== undefined && !json) say(`page       ${html}`);
    });
