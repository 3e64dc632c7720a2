/**
 * The teacher as a process: `node runtime/demo/teacher/main.js --port 8080`, its key in ANCHORAGE_TEACHER_KEY. It sends
 * `{url}` or `{error}` to the process that forked it, or prints. It ends on SIGTERM, SIGINT or the message `drain`, and with
 * its parent; code 2 says that starting it again would not help.
 */
import {parseArgs} from 'node:util';
import {z} from 'zod';
import {messageOf, TerminalError} from '../../errors.js';
import {startTeacher, type TeacherOptions} from './teacher.js';

/** What the process that forks it is told, once. */
type TeacherMessage = {readonly url: string} | {readonly error: string};

const TEACHER_KEY_ENV = 'ANCHORAGE_TEACHER_KEY';

const text = {type: 'string'} as const;
const flags = {
  host: text,
  port: text,
  seed: text,
  'latency-ms': text,
  'tokens-per-second': text,
  'requests-per-minute': text,
  'failure-rate': text,
};
const flagsSchema = z.object({
  host: z.string().default('127.0.0.1'),
  port: z.coerce.number().int().min(0).max(65535).default(0),
  seed: z.coerce.number().int().nonnegative().default(0),
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
  const {host, port, seed} = parsed.data;
  return {
    host,
    port,
    key,
    seed,
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

const tell = (message: TeacherMessage): void => {
  if (process.send !== undefined) process.send(message);
  else if ('url' in message) console.log(message.url);
  else console.error(message.error);
};

const main = async (): Promise<void> => {
  const teacher = await startTeacher(readOptions());
  const end = (): void => {
    void teacher.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  process.once('disconnect', end);
  process.on('message', (message) => {
    if (message === 'drain') end();
  });
  tell({url: teacher.url});
};

main().catch((error: unknown) => {
  tell({error: messageOf(error)});
  process.exitCode = error instanceof TerminalError ? 2 : 1;
  process.disconnect?.();
});
