/** Writes what a run came to into its folder: `report.txt`, `report.html` and `result.json`. */
import {join} from 'node:path';
import {writeWhole, writeWholeJson} from '../machine/whole-file.js';
import {reportPage} from './html/page.js';
import {readRunFiles} from './read/run-files.js';
import {briefText, reportText} from './report-text.js';
import {type Summary, summarize} from './summary.js';

/**
 * Reads nothing but the run's folder, so that it works while the run goes on, after it, and on another machine.
 *
 * @returns the text of report.txt, what of it a terminal has room for, and what result.json holds.
 * @throws TerminalError where the folder is no run's.
 */
export async function writeReport(
  runFolder: string,
): Promise<{text: string; brief: string; result: Summary}> {
  const files = await readRunFiles(runFolder);
  const summary = summarize(files);
  const text = reportText(summary, files);
  await Promise.all([
    writeWhole(join(runFolder, 'report.txt'), text),
    writeWhole(join(runFolder, 'report.html'), reportPage(summary, files)),
    writeWholeJson(join(runFolder, 'result.json'), summary),
  ]);
  return {text, brief: briefText(summary, files), result: summary};
}
