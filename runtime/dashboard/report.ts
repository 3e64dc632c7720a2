/** Writes what a run came to into its folder: `report.txt`, `report.html` and `result.json`. */
import {join} from 'node:path';
import {plain} from '../plain-text.js';
import {writeWhole, writeWholeJson} from '../whole-file.js';
import {reportPage} from './page.js';
import {readRunFiles} from './run-files.js';
import {summarize} from './summary.js';
import {reportText} from './text.js';

/**
 * Reads nothing but the run's folder, so that it works while the run goes on, after it, and on another machine.
 *
 * @returns the text of report.txt, and what result.json holds.
 * @throws TerminalError where the folder is no run's, or a line of it cannot be read.
 */
export async function writeReport(
  runFolder: string,
): Promise<{text: string; result: Record<string, unknown>}> {
  const files = await readRunFiles(runFolder);
  const summary = summarize(files);
  const text = plain(reportText(summary, files.scores));
  await Promise.all([
    writeWhole(join(runFolder, 'report.txt'), text),
    writeWhole(join(runFolder, 'report.html'), reportPage(summary, files)),
    writeWholeJson(join(runFolder, 'result.json'), summary),
  ]);
  return {text, result: {...summary}};
}
