/** `anchorage rm`: deletes a run, from its folder and from its server. */
import {lstat, realpath, rm} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {Command} from 'commander';
import {RUN_PATTERN} from '../bus/channels/subjects.js';
import {parseAddress} from '../bus/connection/address.js';
import {listRuns} from '../bus/connection/connection.js';
import {openBus} from '../bus/open-bus.js';
import {isMissing, RetryableError, TerminalError} from '../errors.js';
import {addressOf} from '../fleet/run/find-run.js';
import {holdRun} from '../fleet/run/hold.js';
import {folderHold, serverHold} from '../fleet/run/hold-stores.js';
import {isLive, RUNS_FOLDER, readRecord} from '../fleet/run/run-folder.js';
import {endOrphan} from '../nats-server/server.js';
import {say} from '../output.js';

/** Where a private server keeps what it has, in the run's folder. */
const STORE = 'nats';

interface RmOptions {
  readonly nats?: string;
}

export const rmCommand = (): Command =>
  new Command('rm')
    .argument('<run>', 'the id of the run')
    .option(
      '--nats <url>',
      "the run's NATS server; what its folder says, or NATS_URL where there is none, unless given",
    )
    .addHelpText(
      'after',
      '\nExamples:\n  anchorage rm first\n  anchorage rm first --nats nats://10.0.0.7:4222',
    )
    .action(async (run: string, {nats}: RmOptions) => {
      if (!RUN_PATTERN.test(run))
        throw new TerminalError(`run ${JSON.stringify(run)}: letters, digits, - and _ only, at most 64`);
      const folder = await runFolderOf(run);
      // Where there is a folder, it knows: a run of that id on another server is another run.
      const url = nats ?? (folder === undefined ? process.env.NATS_URL : await sharedServerOf(folder));
      const isOnServer = url !== undefined && url !== '' && (await runsOn(url, run)).includes(run);
      if (folder === undefined && !isOnServer)
        throw new TerminalError(
          `there is no run ${run} under ${resolve(RUNS_FOLDER)}${url ? ` nor on ${parseAddress(url).shown}` : '; for one on a server give --nats'}`,
        );
      // Held until it is gone: nobody begins or goes on with what is being deleted.
      const held = folder === undefined ? undefined : await holdRun(folderHold(folder), run, {say});
      try {
        if (isOnServer) await deleteFromServer(url, run);
        if (folder !== undefined && (await hasOwnServer(folder))) await endOrphan(join(folder, STORE));
        if (folder !== undefined) await rm(folder, {recursive: true, force: true});
      } catch (error) {
        await held?.release();
        throw error;
      }
      const places = [
        ...(folder === undefined ? [] : [folder]),
        ...(isOnServer ? [parseAddress(url).shown] : []),
      ];
      say(`run ${run} is deleted from ${places.join(' and ')}`);
    });

/** The folder of a run under `runs`, which must be there itself, and no link; undefined where there is none. */
const runFolderOf = async (run: string): Promise<string | undefined> => {
  const folder = join(resolve(RUNS_FOLDER), run);
  try {
    const isFolder = (await lstat(folder)).isDirectory();
    if (!isFolder || dirname(await realpath(folder)) !== (await realpath(RUNS_FOLDER)))
      throw new TerminalError(`${folder}: not a run's folder: nothing was deleted; remove it by hand`);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const record = await readRecord(folder);
  if (record !== undefined && isLive(record))
    throw new TerminalError(
      `run ${run} is running (process ${record.pid}): end it with Ctrl-C or \`kill ${record.pid}\`, then delete it`,
    );
  return folder;
};

/** The address of the server that a run was on; undefined for a private one, whose store is in the folder. */
const sharedServerOf = async (folder: string): Promise<string | undefined> => {
  const record = (await hasOwnServer(folder)) ? undefined : await readRecord(folder);
  return record === undefined ? undefined : addressOf(record);
};

const hasOwnServer = (folder: string): Promise<boolean> =>
  lstat(join(folder, STORE)).then(
    () => true,
    () => false,
  );

const runsOn = async (url: string, run: string): Promise<string[]> => {
  try {
    return await listRuns(url);
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error;
    throw new TerminalError(
      `${error.message}; nothing of run ${run} was deleted: start the server, or remove the folder by hand to leave what the server has`,
    );
  }
};

const deleteFromServer = async (url: string, run: string): Promise<void> => {
  const bus = await openBus({url, run, name: 'rm'});
  try {
    await holdRun(serverHold(bus.kv), run, {say});
    await bus.deleteRun();
  } finally {
    await bus.drain();
  }
};
