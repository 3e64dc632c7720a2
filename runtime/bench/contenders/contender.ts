/** A process that is measured, as the one that measures sees it. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import type {z} from 'zod';
import {isMissing, TerminalError} from '../../errors.js';
import {allocatorEnvironment} from '../../machine/allocator.js';
import type {BusJob} from '../bus/job.js';
import {type Ended, endedSchema, type Job, type Ran, type Run, ranSchema, readySchema} from './job.js';

export interface Contender {
  readonly name: string;
  /** From its start until it was ready: libraries, the model, the warm-up. */
  readonly startSeconds: number;
  /** Does the job `count` times. */
  run(count: number): Promise<Ran>;
  /** Ends the process. */
  end(): Promise<Ended>;
}

/** Why a contender is not there. */
export interface Missing {
  readonly name: string;
  readonly missing: string;
}

export interface Command {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** The last of what a process that failed wrote. */
const STDERR_TAIL_CHARS = 2000;

/** How long a contender may be silent; one that hangs is ended and must not hold up the bench. */
export interface Patience {
  /** Before any answer: a peer that compiles its model takes minutes. */
  readonly answerMs: number;
  /** More for each time that the job is to be done. */
  readonly runMs: number;
  /** From its last answer to its end. */
  readonly leaveMs: number;
}

const PATIENCE: Patience = {answerMs: 30 * 60_000, runMs: 60_000, leaveMs: 10_000};

/** Starts a process and resolves when it has warmed up, or has said what it lacks. */
export async function startContender(
  {name, command, args}: Command,
  job: Job | BusJob,
  {answerMs, runMs, leaveMs} = PATIENCE,
): Promise<Contender | Missing> {
  const begin = performance.now();
  // As an actor of ours has it; peers run as they come.
  const own = command === process.execPath ? allocatorEnvironment() : {};
  const child = spawn(command, args, {stdio: ['pipe', 'pipe', 'pipe'], env: {...environment(job), ...own}});
  const ask = conversation(name, child);
  const first = await ask(job, readySchema, answerMs).catch((error: unknown) => {
    if (isMissing(error)) return {missing: `${command} is not there`};
    throw error;
  });
  if ('missing' in first) {
    // It waits for what to run; so would we for it.
    child.kill();
    return {name, missing: first.missing};
  }
  return {
    name,
    startSeconds: (performance.now() - begin) / 1000,
    run: (count) => ask({count} satisfies Run, ranSchema, answerMs + count * runMs),
    async end() {
      const ended = await ask(undefined, endedSchema, answerMs);
      await gone(child, leaveMs);
      return ended;
    },
  };
}

/** Contenders that only work at the same time, as one: each turn takes as long as the slowest. */
export async function startTogether(
  name: string,
  members: readonly {readonly command: Command; readonly job: Job}[],
): Promise<Contender | Missing> {
  const started = await Promise.all(members.map(({command, job}) => startContender(command, job)));
  const contenders: Contender[] = [];
  for (const each of started) {
    if ('missing' in each) return {name, missing: each.missing};
    contenders.push(each);
  }
  return {
    name,
    startSeconds: Math.max(...contenders.map(({startSeconds}) => startSeconds)),
    async run(count) {
      const ran = await Promise.all(contenders.map((contender) => contender.run(count)));
      const slowest = (turn: number) => Math.max(...ran.map(({seconds}) => seconds[turn] ?? Number.NaN));
      return {seconds: Array.from({length: count}, (_, turn) => slowest(turn))};
    },
    async end() {
      const ended = await Promise.all(contenders.map((contender) => contender.end()));
      const peakMemoryBytes = Math.max(...ended.map((each) => each.peakMemoryBytes));
      return {peakMemoryBytes, about: ended[0]?.about ?? {}};
    },
  };
}

/** Resolves when the process has ended, so that it disturbs nobody who is measured later. */
async function gone(child: ChildProcess, leaveMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const impatient = setTimeout(() => child.kill('SIGKILL'), leaveMs);
  await once(child, 'exit');
  clearTimeout(impatient);
}

/** Libraries take their threads from here before a program can say. */
const environment = ({threads}: Job | BusJob): NodeJS.ProcessEnv => ({
  ...process.env,
  OMP_NUM_THREADS: `${threads}`,
  TF_NUM_INTRAOP_THREADS: `${threads}`,
  TF_CPP_MIN_LOG_LEVEL: '2',
  TOKENIZERS_PARALLELISM: 'false',
});

/** Sends a line (the end of the input, for undefined) and resolves to the line that answers it. */
type Ask = <T>(message: object | undefined, answer: z.ZodType<T>, limitMs: number) => Promise<T>;

function conversation(name: string, child: ChildProcess): Ask {
  const {stdin, stdout, stderr} = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error('a contender needs pipes');
  let said = '';
  stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-STDERR_TAIL_CHARS);
  });
  const ended = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const how = signal ?? `code ${code}`;
      reject(new TerminalError(`${name} ended by itself (${how}); it last wrote:\n${said}`));
    });
  });
  // Whoever waits for an answer sees it; nobody may be waiting.
  ended.catch(() => undefined);
  // A process that is gone answers through `ended`.
  stdin.on('error', () => undefined);
  const lines = createInterface({input: stdout})[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const {value, done} = await lines.next();
    return done ? ended : JSON.parse(value);
  };
  return async (message, answer, limitMs) => {
    if (message === undefined) stdin.end();
    else stdin.write(`${JSON.stringify(message)}\n`);
    let impatient: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      impatient = setTimeout(() => {
        child.kill('SIGKILL');
        // At once: processes of its own may hold its pipes open.
        reject(
          new TerminalError(
            `${name} gave no answer within ${limitMs / 1000} s and was ended; it last wrote:\n${said}`,
          ),
        );
      }, limitMs);
    });
    try {
      return answer.parse(await Promise.race([next(), ended, silence]));
    } finally {
      clearTimeout(impatient);
    }
  };
}
