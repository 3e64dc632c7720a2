/** Where a run lies that a command is given. */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {RUNS_FOLDER} from '../../fleet/run/run-folder.js';

/** @param run an id of a run under ./runs, or the path of a folder. */
export const runFolderOf = (run: string): string =>
  existsSync(join(RUNS_FOLDER, run)) ? join(RUNS_FOLDER, run) : run;
