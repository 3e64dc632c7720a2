/**
 * The teacher as a process: `node runtime/demo/teacher/main.js --port 8080`, its key in ANCHORAGE_TEACHER_KEY. It tells its
 * address, or why it cannot start, to the process that forked it as actors do (`{kind: 'fatal' | 'failed', message}`), or
 * prints it. It ends on SIGTERM and with its parent; code 2 says that starting it again would not help.
 *
 * Under a parent, SIGINT and SIGHUP are ignored: a terminal sends them to the whole group, and the reviser still needs its
 * answers while it drains.
 */
import {parseArgs} from 'node:util';
import * as z from 'zod';
import {messageOf, TerminalError} from '../../errors.js';
import {complain, say} from '../../output.js';
import {TEACHER_KEY_ENV, type TeacherListens} from './process.js';
import {startTeacher, type TeacherOptions} from './teacher.js';

const text = {type: 'string'} as const;
const flags = {
  host: text,
  port: text,
  seed: text,
  slots: text,
  'latency-ms': text,
  'tokens-per-second': text,
  'requests-per-minute': text,
  'failure-rate': text,
};
const flagsSchema = z.object({
  host: z.string().default('127.0.0.1'),
  port: z.coerce.number().int().min(0).max(65535).default(0),
  seed: z.coerce.number().int().nonnegative().default(0),
  slots: z.coerce.number().int().positive().optional(),
  'latency-ms': z.coerce.number().nonnegative().default(0),
  'tokens-per-second': z.coerce.number().positive().optional(),
  'requests-per-minute': z.coerce.number().int().positive().optional(),
  'failure-rate': z.coerce.number().min(0).max(1).default(0),
});

const readOptions = (): TeacherOptions => {
  const key = process.env[TEACHER_KEY_ENV];
  if (key === undefined || key === '') {
    throw new TerminalError(`${TEACHER_KEY_ENV} is not set; set it to the key that clients will send`);
  }
  const parsed = flagsSchema.safeParse(readFlags());
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new TerminalError(`--${String(issue?.path[0])}: ${issue?.message}`);
  }
  const {host, port, seed, slots} = parsed.data;
  return {
    host,
    port,
    key,
    seed,
    slots,
    latencyMs: parsed.data['latency-ms'],
    tokensPerSecond: parsed.data['tokens-per-second'],
    requestsPerMinute: parsed.data['requests-per-minute'],
    failureRate: parsed.data['failure-rate'],
  };
};

const readFlags = () => {
  try {
    return parseArgs({options: flags}).values;
  } catch (cause) {
    throw new TerminalError(messageOf(cause), {cause});
  }
};

const main = async (): Promise<void> => {
  const teacher = await startTeacher(readOptions());
  const end = (): void => {
    void teacher.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  if (process.send === undefined) {
    process.once('SIGINT', end);
    say(teacher.url);
    return;
  }
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.once('disconnect', end);
  process.send({url: teacher.url} satisfies TeacherListens);
};

main().catch((error: unknown) => {
  const message = messageOf(error);
  const fatal = error instanceof TerminalError;
  if (process.send === undefined) complain(message);
  else process.send({kind: fatal ? 'fatal' : 'failed', message});
  process.exitCode = fatal ? 2 : 1;
  process.disconnect?.();
});
