/** The demo teacher beside a fleet: its process, and the fleet as actors see it. */
import {randomBytes} from 'node:crypto';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {concatMap, filter, firstValueFrom, map, merge, type Observable, timer} from 'rxjs';
import {type ProcessEvent, supervise} from '../actor/supervise.js';
import {isTeacherListens, TEACHER_KEY_ENV} from '../demo/teacher/process.js';
import {TerminalError} from '../errors.js';
import type {Endpoint, Fleet} from '../fleet/file/schema.js';
import {codeRoot} from '../paths.js';

export interface Teacher {
  /** The fleet with the teacher's address in place of every `demo: true`. */
  readonly fleet: Fleet;
  /** What the environment of actors must hold. */
  readonly env: Readonly<Record<string, string>>;
  /** Emits the reason where the teacher is gone for good. */
  readonly broken$: Observable<string>;
  stop(): Promise<void>;
  kill(): void;
}

type DemoEndpoint = Extract<Endpoint, {demo: true}>;

const START_LIMIT_MS = 30_000;

/** Whether it is the demo teacher, which has no address until the fleet has started it. */
export const isDemo = (endpoint: Endpoint): endpoint is DemoEndpoint => 'demo' in endpoint;

/** The key that the environment gives the demo teacher, for actors that `up` does not start. */
export const teacherKey = (environment: NodeJS.ProcessEnv = process.env): string | undefined =>
  environment[TEACHER_KEY_ENV]?.trim() || undefined;

/** Starts one teacher for each demo endpoint of the fleet; undefined where it has none. */
export const startTeacher = async (fleet: Fleet, logFolder: string): Promise<Teacher | undefined> => {
  const demos = Object.entries(fleet.endpoints).flatMap(([name, endpoint]) =>
    isDemo(endpoint) ? [{name, endpoint}] : [],
  );
  if (demos.length === 0) return undefined;
  // Actors that are started elsewhere know only what the environment says.
  const env = {[TEACHER_KEY_ENV]: teacherKey() ?? randomBytes(16).toString('hex')};
  const commands = demos.map(async ({name, endpoint}) => ({
    name,
    entry: join(codeRoot, 'runtime/demo/teacher/main.js'),
    // The port is chosen here, so that a teacher that was started again is where actors look for it.
    args: argumentsOf(endpoint, await freePort(), fleet.seed),
    env,
    logFile: join(logFolder, `${name}.log`),
  }));
  const {events$, stop, kill} = supervise(await Promise.all(commands), {drainGraceMs: 5000});
  const broken$ = events$.pipe(
    filter((event) => event.kind === 'failed'),
    map(({name, reason}) => `endpoints.${name}: the demo teacher ended: ${reason}`),
  );
  try {
    const endpoints = {...fleet.endpoints};
    for (const {name, endpoint} of demos) {
      const baseUrl = await urlOf(name, events$, broken$);
      endpoints[name] = {
        baseUrl,
        apiKeyEnv: TEACHER_KEY_ENV,
        ...(endpoint.price && {price: endpoint.price}),
      };
    }
    return {fleet: {...fleet, endpoints}, env, broken$, stop, kill};
  } catch (error) {
    await stop();
    throw error;
  }
};

/** The address that a teacher tells. Rejects where it fails for good or says nothing. */
const urlOf = (
  name: string,
  events$: Observable<ProcessEvent>,
  broken$: Observable<string>,
): Promise<string> => {
  const told$ = events$.pipe(
    filter((event) => event.kind === 'message' && event.name === name),
    concatMap((event) => ('message' in event && isTeacherListens(event.message) ? [event.message.url] : [])),
  );
  const late$ = timer(START_LIMIT_MS).pipe(map(() => `endpoints.${name}: the demo teacher does not start`));
  const failed$ = merge(broken$, late$).pipe(
    map((reason): never => {
      throw new TerminalError(reason);
    }),
  );
  return firstValueFrom(merge(told$, failed$));
};

const argumentsOf = (
  {slots, latencyMs, tokensPerSecond, requestsPerMinute, failureRate}: DemoEndpoint,
  port: number,
  seed: number,
) =>
  Object.entries({
    port,
    seed,
    slots,
    'latency-ms': latencyMs,
    'tokens-per-second': tokensPerSecond,
    'requests-per-minute': requestsPerMinute,
    'failure-rate': failureRate,
  }).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, String(value)]));

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
