/**
 * The command `anchorage` in the test's own process: what it says and its code, without the time that a process takes to start.
 * For lines that are answered and over; what is stopped or killed on its way is a process of its own (`process.ts`).
 */
import {runProgram} from '../../runtime/command/program.js';
import type {Ended} from './process.js';

export interface TypedOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

let last: Promise<unknown> = Promise.resolve();

/** One at a time: the working folder, the environment and the outputs are the whole process's. */
export const typed = (args: readonly string[], options: TypedOptions = {}): Promise<Ended> => {
  const turn = last.then(() => run(args, options));
  last = turn.catch(() => undefined);
  return turn;
};

const run = async (
  args: readonly string[],
  {cwd = process.cwd(), env = {}}: TypedOptions,
): Promise<Ended> => {
  const before = process.cwd();
  const stdout = capture(process.stdout);
  const stderr = capture(process.stderr);
  const restore = setEnvironment({NATS_URL: '', ...env});
  process.chdir(cwd);
  try {
    const code = await runProgram(['node', 'anchorage', ...args]);
    return {code, stdout: stdout.text(), stderr: stderr.text()};
  } finally {
    process.chdir(before);
    restore();
    stdout.end();
    stderr.end();
    // What the command says with it is its own code, not that of the tests.
    process.exitCode = undefined;
  }
};

/** Takes what is written, and afterwards the listeners that the command left. */
const capture = (stream: NodeJS.WriteStream) => {
  const {write} = stream;
  const listeners = stream.listeners('error');
  let text = '';
  stream.write = (chunk: Uint8Array | string): boolean => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  };
  return {
    text: () => text,
    end() {
      stream.write = write;
      for (const listener of stream.listeners('error'))
        if (!listeners.includes(listener)) stream.off('error', listener as (error: Error) => void);
    },
  };
};

/** Sets variables, and returns how they are put back. */
const setEnvironment = (env: NodeJS.ProcessEnv): (() => void) => {
  const set = (values: NodeJS.ProcessEnv): void => {
    for (const [name, value] of Object.entries(values))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  };
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  set(env);
  return () => set(before);
};
