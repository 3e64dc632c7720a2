/** Whose run the server has, and how this folder takes it up there. */
import {hostname} from 'node:os';
import type {Bus} from '../../bus/bus.js';
import {TerminalError} from '../../errors.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {goOnFromFolder} from '../../fleet/run/from-folder.js';
import {agreeOnOrigin, type Contents, originOf} from '../../fleet/run/origin.js';
import type {RunFolder} from '../../fleet/run/run-folder.js';
import {say} from '../../output.js';
import type {UpOptions} from './up-options.js';

interface Own {
  readonly bus: Bus;
  readonly folder: RunFolder;
  readonly fleet: Fleet;
  readonly contents: Contents;
  /** How many the run has. */
  readonly prompts: number;
}

/**
 * Begins the run on the server, or goes on with it there.
 *
 * @throws TerminalError where the run is not this folder's, where the server has lost it and it is not to be put there again, and
 * where it began with another fleet or other files.
 */
export const takeUp = async (
  {bus, folder, fleet, contents, prompts}: Own,
  {fromServer = false, fromFolder = false}: Pick<UpOptions, 'fromServer' | 'fromFolder'>,
): Promise<void> => {
  await requireOwnRun(bus, folder, fromServer);
  if ((await originOf(bus)) === undefined)
    await goOnFromFolder({bus, runFolder: folder.path, fleet, prompts, say}, fromFolder);
  await agreeOnOrigin(bus, {fleet, ...contents, folder: folder.path, host: hostname()});
};

/**
 * A run that the server has and this folder does not may be another person's, or one whose folder was removed. The run is this
 * folder's, too, where a process was killed after it had told the server and before it wrote the record.
 */
const requireOwnRun = async (bus: Bus, folder: RunFolder, isWanted: boolean): Promise<void> => {
  const {run, before, path, isNew} = folder;
  const origin = await originOf(bus);
  if (origin === undefined || before !== undefined || isWanted) return;
  if (!isNew && origin.folder === path && origin.host === hostname()) return;
  throw new TerminalError(
    `the NATS server has a run ${run} already, begun on ${origin.host} in ${origin.folder}, of which nothing is here: ` +
      `choose another --run, delete that one with \`anchorage rm ${run}\`, or go on with it by --from-server`,
  );
};
