/** `anchorage data make`: a fleet without a learner, from its file to a file of pairs. */
import {Command} from 'commander';
import {judgeLines} from '../../dashboard/judge-lines.js';
import {writeReport} from '../../dashboard/report.js';
import {exportRun} from '../../data/export-run.js';
import {requireOutput} from '../../data/pairs-output.js';
import {messageOf} from '../../errors.js';
import {readFleet} from '../../fleet/file/load.js';
import {fewPairsLines, rejectionsText} from '../../metrics/rejections.js';
import {complain, say} from '../../output.js';
import {runUp} from '../up/run-up.js';
import {readyToRun} from '../up/up.js';
import {againText, type TellEnding, tellFailed} from '../up/up-ending.js';
import {type ShortOptions, type UpOptions, withFleetOptions, withShortSet} from '../up/up-options.js';
import {exportOf, type OutOptions, withOutOptions} from './export.js';

type MakeOptions = UpOptions & Omit<ShortOptions, 'epochs'> & OutOptions;

export const makeCommand = (): Command =>
  withOutOptions(withFleetOptions(new Command('make')))
    .description('make pairs and train nobody: a fleet without a learner, ending in a file; Ctrl-C drains it')
    .argument(
      '<fleet.yaml>',
      'any fleet; its objective, training and evaluation are not used, and may be left out',
    )
    .addHelpText(
      'after',
      `
Each prompt is answered by the policy as it is. A run that was killed goes on with the same --run, and what an endpoint has
answered is not asked again: the same seed gives the same file.

Examples:
  anchorage data make fleet.yaml --out pairs.jsonl
  anchorage data make fleet.yaml --out pairs.parquet --form clair --max-pairs 1000 --run first
  anchorage data make fleet.yaml --out pairs.jsonl --dry-run`,
    )
    .action(async (file: string, given: MakeOptions) => {
      const options = withShortSet(given);
      await requireOutput(given.out, given.force ?? false);
      const fleet = await readFleet(file, options.set, 'pairs');
      const checked = await readyToRun(file, fleet, options);
      if (checked !== undefined) process.exitCode = await runUp(file, checked, options, tellMade(given));
    });

/** Writes the file of a complete run, and says how the run ended, whatever becomes of its report. */
const tellMade =
  (out: OutOptions): TellEnding =>
  async ({file = '', fleet, options, folder}, ending, {made, faults}) => {
    const words = [
      'data',
      'make',
      file,
      '--out',
      out.out,
      ...(out.form === 'trl' ? [] : ['--form', out.form]),
    ];
    const again = againText([...words, ...(out.force ? ['--force'] : [])], folder.run, options);
    const report = await writeReport(folder.path).catch((error) => ({fault: messageOf(error)}));
    for (const fault of faults) complain(fault);
    if ('fault' in report) complain(`no report was written: ${report.fault}`);
    switch (ending.kind) {
      case 'complete': {
        if (made !== undefined) for (const line of fewPairsLines(made, fleet.training)) say(line);
        if ('result' in report)
          for (const line of judgeLines(report.result, fleet.actors.judge?.orders)) say(line);
        if (faults.length > 0) {
          // What the files lack, the export would lack, too.
          say(`complete its files with: ${again}`);
          return 1;
        }
        const pairs = await exportRun(folder.path, exportOf(out));
        const rejected = made === undefined ? '' : `; ${made.counts().rejected} prompts rejected`;
        const why = made === undefined ? '' : rejectionsText(made.rejections());
        say(`${pairs} pairs in ${out.out}${rejected}${why === '' ? '' : ` (${why})`}`);
        return pairs === 0 || 'fault' in report ? 1 : 0;
      }
      case 'drained':
        say(
          `stopped with ${made?.counts().made ?? 'some'} pairs; nothing is left running; go on with: ${again}`,
        );
        return 0;
      case 'failed':
        return tellFailed(folder, ending, again);
    }
  };
