/** Which run a command or a program means, and where its server is. */
import {join, resolve} from 'node:path';
import {parseAddress} from '../../bus/connection/address.js';
import {listRuns} from '../../bus/connection/connection.js';
import {TerminalError} from '../../errors.js';
import {liveRuns, RUNS_FOLDER, type RunRecord, readRecord} from './run-folder.js';

export interface RunChoice {
  /** Such as nats://127.0.0.1:4222. */
  readonly nats?: string | undefined;
  readonly run?: string | undefined;
  /** Where runs are kept; `runs` in the working folder unless told. */
  readonly runs?: string | undefined;
}

/** How whoever asks says which run and which server is meant. */
export interface RunWords {
  readonly run: string;
  readonly nats: string;
}

const commandWords: RunWords = {run: '--run', nats: '--nats'};

export interface FoundRun {
  readonly run: string;
  readonly url: string;
  /** The process that holds the run, where it is on this machine. */
  readonly pid: number | undefined;
}

/**
 * The address of a live run's server. Its folder has that of a private server whole, and that of another without
 * credentials: those are taken from NATS_URL where it names the same server.
 */
export const addressOf = ({natsUrl}: RunRecord): string => {
  const url = process.env.NATS_URL;
  return url && parseAddress(url).shown === natsUrl ? url : natsUrl;
};

/** The server of a run that is live under `runs`; undefined where there is no such run. */
export const liveServer = async (runs: string, run: string): Promise<string | undefined> => {
  const live = (await liveRuns(runs)).find((record) => record.run === run);
  return live === undefined ? undefined : addressOf(live);
};

/**
 * The run meant, and its server: of the server that is named, its only run or the one named; else the newest run that is
 * live under `runs` or the one named, where its folder says; else the same of the server in NATS_URL.
 */
export const findRun = async (
  {nats, run, runs = RUNS_FOLDER}: RunChoice,
  words: RunWords = commandWords,
): Promise<FoundRun> => {
  if (nats !== undefined) return {run: await runOn(nats, run, words), url: nats, pid: undefined};
  const live = (await liveRuns(runs)).find((record) => run === undefined || record.run === run);
  if (live !== undefined) return {run: live.run, url: addressOf(live), pid: live.pid};
  const url = process.env.NATS_URL;
  if (url) return {run: await runOn(url, run, words), url, pid: undefined};
  if (run === undefined) {
    throw new TerminalError(
      `no run is live under ${resolve(runs)}; start one with \`anchorage up\`, or give ${words.nats}`,
    );
  }
  const known = (await readRecord(join(runs, run))) !== undefined;
  const remedy = known
    ? `its report: anchorage report ${run}`
    : `for a run on another machine give ${words.nats}`;
  throw new TerminalError(`run ${run} is not running under ${resolve(runs)}; ${remedy}`);
};

/** A run that the server has, so that a misspelt one does not come into being. */
const runOn = async (url: string, run: string | undefined, words: RunWords): Promise<string> => {
  const known = await listRuns(url);
  const only = known.length === 1 ? known[0] : undefined;
  const meant = run ?? only;
  if (meant !== undefined && known.includes(meant)) return meant;
  const list = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
  const {shown} = parseAddress(url);
  throw new TerminalError(
    run === undefined
      ? `${shown}: which run? give ${words.run}; ${list}`
      : `${shown}: there is no run ${run}; ${list}`,
  );
};
