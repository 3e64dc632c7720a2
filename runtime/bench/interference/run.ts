/** One run of `anchorage up` whose evaluators come and go while the learner takes steps. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {TerminalError} from '../../errors.js';
import type {FleetInput} from '../../fleet/file/schema.js';
import {codeRoot} from '../../paths.js';
import {type MetricRow, type Turn, type TurnFigures, turnFigures} from './figures.js';
import {takenBetween, takenBy} from './processes.js';

export interface InterferenceJob {
  readonly evaluation: FleetInput['evaluation'];
  readonly endpoints?: FleetInput['endpoints'];
  /** Process ids by name, of who works for the evaluation beside the run. */
  readonly beside?: Readonly<Record<string, number>>;
  /** Of the learner and of each evaluator. */
  readonly threads: number | undefined;
  readonly rounds: number;
  readonly seconds: number;
}

const RUN = 'run';
const PAIRS = 256;
/** Until a turn is counted, after evaluators came or went: a process that starts computes, too. */
const SETTLE_MS = 3_000;
const POLL_MS = 200;
const START_LIMIT_MS = 120_000;

/**
 * All pairs are made at first, and trained on again and again from then on: the learner takes steps as fast as it can, beside
 * nobody but the evaluators.
 */
const fleetOf = ({evaluation, endpoints, threads}: InterferenceJob): FleetInput => {
  const own = threads === undefined ? {} : {threads};
  return {
    run: RUN,
    prompts: {demo: true, count: 4 * PAIRS},
    policy: {model: 'demo', format: 'plain', maxPromptTokens: 32, maxCompletionTokens: 32},
    // Next to nothing is learnt, so that answers are as long in the last turn as in the first.
    objective: {name: 'apo_zero', beta: 1, learningRate: 1e-12},
    training: {
      ...{maxPairs: PAIRS, epochs: 100_000, batchSize: 16, checkpointEverySteps: 100},
      keep: {last: 2, best: 0},
    },
    ...(evaluation === undefined ? {} : {evaluation}),
    endpoints: {teacher: {demo: true}, ...endpoints},
    actors: {
      reviser: {endpoint: 'teacher', model: 'reviser', maxTokens: 512, concurrency: 16},
      learner: own,
      evaluator: own,
    },
  };
};

export const runTurns = async (job: InterferenceJob, say: (line: string) => void): Promise<TurnFigures[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'anchorage-bench-'));
  const {NATS_URL: _running, ...env} = process.env;
  const command = (...args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [join(codeRoot, 'runtime/command/main.js'), ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  await writeFile(join(folder, 'fleet.json'), JSON.stringify(fleetOf(job)));
  const up = command('up', 'fleet.json');
  let said = '';
  up.stderr?.on('data', (data) => {
    said += String(data);
  });
  const ended = once(up, 'close').then(([code]): never => {
    throw new TerminalError(`bench: up ended with code ${String(code)}: ${said.trim()}`);
  });
  ended.catch(() => undefined);
  // Answers that are kept would not be asked for again: the policy hardly changes.
  const answers = join(folder, 'runs', '.answers');
  const forgetting = setInterval(
    () => void rm(answers, {recursive: true, force: true}).catch(() => undefined),
    500,
  );
  try {
    return await Promise.race([ended, turnsOf(job, up, folder, command, say)]);
  } finally {
    clearInterval(forgetting);
    up.kill('SIGINT');
    await ended.catch(() => undefined);
    await rm(folder, {recursive: true, force: true});
  }
};

const turnsOf = async (
  {rounds, seconds, beside}: InterferenceJob,
  {pid = 0}: ChildProcess,
  folder: string,
  command: (...args: readonly string[]) => ChildProcess,
  say: (line: string) => void,
): Promise<TurnFigures[]> => {
  await pairsAreMade(folder);
  const taken = () => takenBy({up: pid, ...beside});
  const turns: Turn[] = [];
  for (let round = 0; round < rounds; round++)
    for (const evaluators of round % 2 === 0 ? (['off', 'on'] as const) : (['on', 'off'] as const)) {
      await scale(command, evaluators === 'on' ? 1 : 0);
      await sleep(SETTLE_MS);
      const [fromMs, before] = [Date.now(), taken()];
      await sleep(1000 * seconds);
      const [toMs, after] = [Date.now(), taken()];
      turns.push({
        round,
        evaluators,
        fromMs,
        toMs,
        taken: takenBetween(before, after, (toMs - fromMs) / 1000),
      });
      say(`round ${round + 1}, evaluators ${evaluators}`);
    }
  const rows = await rowsIn(folder);
  return turns.map((turn) => turnFigures(turn, rows));
};

/** Resolves when the learner takes steps of the second epoch, and nobody samples any more. */
const pairsAreMade = async (folder: string): Promise<void> => {
  const limit = performance.now() + START_LIMIT_MS;
  for (;;) {
    const taken = (await rowsIn(folder)).filter(({loss}) => loss !== undefined).length;
    if (taken > (2 * PAIRS) / 16) return;
    if (performance.now() > limit)
      throw new TerminalError('bench: the learner did not come to its second epoch');
    await sleep(POLL_MS);
  }
};

const scale = async (
  command: (...args: readonly string[]) => ChildProcess,
  evaluators: number,
): Promise<void> => {
  const child = command('scale', `evaluator=${evaluators}`, '--run', RUN);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new TerminalError(`bench: scale ended with code ${String(code)}`);
};

const rowsIn = async (folder: string): Promise<MetricRow[]> => {
  const text = await readFile(join(folder, 'runs', RUN, 'metrics.jsonl'), 'utf8').catch(() => '');
  // The last line may be under way.
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as MetricRow);
};
