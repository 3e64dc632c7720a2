/**
 * `bench bus`: what our bus adds to a bare loop of the client library, in time and in processor time of all processes,
 * nats-server included. Both move the same bytes through a queue of the same settings, in turns, on one server.
 */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {TerminalError} from '../../errors.js';
import {findServer} from '../../nats-server/find-server.js';
import {type RunningServer, startServer} from '../../nats-server/server.js';
import {codeRoot} from '../../paths.js';
import {type Command, type Contender, startContender} from '../contenders/contender.js';
import {median} from '../contenders/rounds.js';
import {cpuSecondsOf} from '../cpu.js';
import type {BusOptions} from '../options.js';
import {type Report, rounded} from '../report.js';
import type {BusJob} from './job.js';

const SIZES_BYTES = [256, 4096];

const commandOf = (name: 'ours' | 'bare'): Command => ({
  name,
  command: process.execPath,
  args: [join(codeRoot, 'runtime', 'bench', 'bus', 'worker.js'), name],
});

/** Microseconds a message, one turn. */
interface Turn {
  readonly wall: number;
  /** Of the process that moves the messages, and of the server. */
  readonly client: number;
  readonly server: number;
}

export async function benchBus(options: BusOptions, report: Report): Promise<void> {
  const {NATS_URL: _running, ...env} = process.env;
  const found = await findServer(env);
  if (found.kind !== 'binary')
    throw new TerminalError(
      found.kind === 'none' ? found.advice : 'bench: no nats-server that can be started',
    );
  const storeFolder = await mkdtemp(join(tmpdir(), 'anchorage-bench-'));
  try {
    const server = await startServer({binary: found.path, storeFolder});
    try {
      for (const bytes of SIZES_BYTES) await measure(options, report, server, bytes);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(storeFolder, {recursive: true, force: true});
  }
}

async function measure(
  {window, rounds, messages}: BusOptions,
  report: Report,
  server: RunningServer,
  bytes: number,
): Promise<void> {
  const what = {bench: 'bus', bytes, window};
  report.say(`${bytes} bytes, ${window} in flight, ${messages} messages a turn`);
  const job: BusJob = {bench: 'bus', url: server.url, run: `bench-${bytes}`, bytes, window, threads: 1};
  const ours = await start('ours', job);
  const bare = await start('bare', job);
  const turns = {ours: [] as Turn[], bare: [] as Turn[]};
  for (let round = 0; round < rounds; round++) {
    // Who goes first changes, so that neither always follows the other.
    const order = round % 2 === 0 ? ([ours, bare] as const) : ([bare, ours] as const);
    for (const contender of order) {
      const turn = await turnOf(contender, server.pid, messages);
      turns[contender === ours ? 'ours' : 'bare'].push(turn);
    }
  }
  await ours.end();
  await bare.end();
  for (const name of ['ours', 'bare'] as const)
    report.row({kind: 'messages', ...what, contender: name, ...summary(turns[name])});
  report.row({
    kind: 'ratio',
    ...what,
    contender: 'ours',
    against: 'bare',
    ...overhead(turns.ours, turns.bare),
  });
}

const start = async (name: 'ours' | 'bare', job: BusJob): Promise<Contender> => {
  const started = await startContender(commandOf(name), job);
  if ('missing' in started) throw new TerminalError(`bench: ${name}: ${started.missing}`);
  return started;
};

const turnOf = async (contender: Contender, serverPid: number, messages: number): Promise<Turn> => {
  const before = cpuSecondsOf(serverPid);
  const {seconds, cpuSeconds} = await contender.run(messages);
  const after = cpuSecondsOf(serverPid);
  const micros = (of: number | undefined): number => ((of ?? Number.NaN) * 1e6) / messages;
  return {
    wall: micros(seconds[0]),
    client: micros(cpuSeconds),
    server: micros(before === undefined || after === undefined ? undefined : after - before),
  };
};

const cpuOf = ({client, server}: Turn): number => client + server;

const summary = (turns: readonly Turn[]) => ({
  microseconds: rounded(median(turns.map(({wall}) => wall))),
  microsecondsByRound: turns.map(({wall}) => rounded(wall)),
  cpuMicroseconds: rounded(median(turns.map(cpuOf))),
  cpuMicrosecondsClient: rounded(median(turns.map(({client}) => client))),
  cpuMicrosecondsServer: rounded(median(turns.map(({server}) => server))),
});

/** Round by round, since within a round the machine was in one mood; the median of rounds. */
export const overhead = (ours: readonly Turn[], bare: readonly Turn[]) => {
  const compare = (of: (turn: Turn) => number) => {
    const pairs = ours.map((turn, round) => [of(turn), of(bare[round] ?? turn)] as const);
    return {
      added: rounded(median(pairs.map(([mine, other]) => mine - other))),
      ratio: rounded(median(pairs.map(([mine, other]) => mine / other))),
      byRound: pairs.map(([mine, other]) => rounded(mine / other)),
    };
  };
  const [wall, cpu] = [compare(({wall}) => wall), compare(cpuOf)];
  return {
    addedMicroseconds: wall.added,
    ratio: wall.ratio,
    ratioByRound: wall.byRound,
    addedCpuMicroseconds: cpu.added,
    cpuRatio: cpu.ratio,
    cpuRatioByRound: cpu.byRound,
  };
};
