/** `anchorage report`. */
import {join} from 'node:path';
import {Command} from 'commander';
import {writeReport} from '../../dashboard/report.js';
import {say} from '../../output.js';
import {runFolderOf} from '../options/run-folder-of.js';

export const reportCommand = (): Command =>
  new Command('report')
    .argument('<run>', 'the id of a run under ./runs, or the path of its folder')
    .addHelpText(
      'after',
      '\nExamples:\n  anchorage report 20260131-174502\n  anchorage report /data/runs/long-one',
    )
    .action(async (run: string) => {
      const folder = runFolderOf(run);
      const {brief} = await writeReport(folder);
      say(brief);
      say(`written: ${join(folder, 'report.html')}`);
    });
