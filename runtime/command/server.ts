/** The NATS server that a command stands on: one that runs already, or a private one. */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {from, map, NEVER, type Observable} from 'rxjs';
import {parseAddress} from '../bus/connection/address.js';
import {listRuns} from '../bus/connection/connection.js';
import {messageOf, TerminalError} from '../errors.js';
import {type FoundServer, findServer} from '../nats-server/find-server.js';
import {startServer} from '../nats-server/server.js';
import {say} from '../output.js';

export interface RunServer {
  /** With its credentials: never for a line, nor for an argument. */
  readonly url: string;
  /** What of it may be written into the run's folder: of a private server all, for the folder's owner alone. */
  readonly kept: string;
  /** Such as `nats-server 2.10.27 of this run, nats://127.0.0.1:39015`. */
  readonly how: string;
  /** It is the run's own, and ends with it. */
  readonly isPrivate: boolean;
  /** Emits the reason where the server cannot be kept running. */
  readonly broken$: Observable<string>;
  stop(): Promise<void>;
}

export interface ServerChoice {
  readonly nats?: string | undefined;
  /** Of a private server; any free one unless given. */
  readonly port?: number | undefined;
  /** The run's folder: a private server keeps its store in `nats/`. */
  readonly folder: string;
}

/** Takes the server that was named, or finds and starts one for the run. */
export const openServer = async ({nats, port, folder}: ServerChoice): Promise<RunServer> => {
  const found = await find(nats, {say: (line) => say(line)});
  if (found.kind === 'running') {
    const {shown} = parseAddress(found.url);
    const running = {url: found.url, kept: shown, how: shown, isPrivate: false};
    return {...running, broken$: NEVER, stop: async () => undefined};
  }
  const storeFolder = join(folder, 'nats');
  // The run is this process's: whoever started a server that is still there was killed.
  const options = {binary: found.path, storeFolder, takesOver: true, ...(port === undefined ? {} : {port})};
  const server = await startServer(options);
  return {
    url: server.url,
    kept: server.url,
    how: `nats-server ${found.version} of this run, ${server.shown}`,
    isPrivate: true,
    broken$: from(server.failed).pipe(map(({message}) => message)),
    stop: () => server.stop(),
  };
};

/** One line about the server that a run would use. Throws where there is none that works. */
export const checkServer = async (nats: string | undefined): Promise<string> => {
  const found = await find(nats, {install: false}).catch((error: unknown) => {
    throw new TerminalError(`${messageOf(error)}; \`anchorage up\` first tries to get one for itself`);
  });
  if (found.kind === 'running')
    return `${parseAddress(found.url).shown} answers, with JetStream; ${(await listRuns(found.url)).length} runs`;
  const storeFolder = await mkdtemp(join(tmpdir(), 'anchorage-doctor-'));
  try {
    const server = await startServer({binary: found.path, storeFolder});
    await server.stop();
    return `${found.path} ${found.version} starts`;
  } finally {
    await rm(storeFolder, {recursive: true, force: true});
  }
};

type Usable = Exclude<FoundServer, {kind: 'none'}>;

const find = async (nats: string | undefined, options: Parameters<typeof findServer>[1]): Promise<Usable> => {
  const found = await findServer(
    nats === undefined ? process.env : {...process.env, NATS_URL: nats},
    options,
  );
  if (found.kind === 'none') throw new TerminalError(found.advice);
  return found;
};
