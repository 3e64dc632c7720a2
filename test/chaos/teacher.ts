/** The demonstration's teacher behind a server that writes down every call, so that calls made twice are seen. */
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {text} from 'node:stream/consumers';
import {startTeacher} from '../../runtime/demo/teacher/teacher.js';

export interface Call {
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly begunMs: number;
  /** Undefined while it is under way; of a caller that went away, when it did. */
  endedMs?: number;
}

export interface CountingTeacher {
  readonly url: string;
  readonly key: string;
  /** Requests for an answer, in the order in which they came. */
  readonly calls: readonly Call[];
  close(): Promise<void>;
}

export const startCountingTeacher = async (seed: number, latencyMs: number): Promise<CountingTeacher> => {
  const key = 'chaos';
  const teacher = await startTeacher({key, seed, latencyMs, failureRate: 0});
  const calls: Call[] = [];
  const forward = async (path: string, method: string, body: string) => {
    const response = await fetch(new URL(path, teacher.url), {
      method,
      headers: {authorization: `Bearer ${key}`, 'content-type': 'application/json'},
      ...(method === 'POST' ? {body} : {}),
    });
    return {status: response.status, body: await response.text()};
  };
  const server = createServer((request, response) => {
    const answer = async () => {
      const {url = '/', method = 'GET'} = request;
      const body = await text(request);
      if (method === 'POST') {
        const call: Call = {body, begunMs: Date.now()};
        calls.push(call);
        response.once('close', () => {
          call.endedMs = Date.now();
        });
      }
      const answered = await forward(url, method, body);
      response.writeHead(answered.status, {'content-type': 'application/json'}).end(answered.body);
    };
    answer().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    key,
    calls,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await teacher.close();
    },
  };
};

/** An answer is in its caller's hands, and not yet in the cache of answers, for no longer, on a machine that is busy. */
const IN_HAND_MS = 250;

/** A request is seen here a moment after it is sent: one that came no later than this after a kill was sent before it. */
const ON_ITS_WAY_MS = 100;

/** Whether its caller had asked and, as far as can be seen here, not brought the answer home yet. */
const isInFlight = ({begunMs, endedMs}: Call, atMs: number): boolean =>
  begunMs - ON_ITS_WAY_MS <= atMs && (endedMs === undefined || atMs - endedMs < IN_HAND_MS);

/** What was under way at a moment. */
export const inFlightAt = (calls: readonly Call[], atMs: number): Call[] =>
  calls.filter((call) => isInFlight(call, atMs));

/** Calls that were made again, by why. */
export interface Repeated {
  /** Under way when a process or the server was killed. */
  readonly inFlight: number;
  /** Brought home before. */
  readonly other: number;
}

export const repeatedOf = (calls: readonly Call[], kills: readonly {readonly atMs: number}[]): Repeated => {
  const before = new Map<string, Call>();
  const count = {inFlight: 0, other: 0};
  for (const call of calls) {
    const last = before.get(call.body);
    before.set(call.body, call);
    if (last === undefined) continue;
    const between = kills.filter(({atMs}) => last.begunMs - ON_ITS_WAY_MS <= atMs && atMs <= call.begunMs);
    if (between.some(({atMs}) => isInFlight(last, atMs))) count.inFlight += 1;
    else count.other += 1;
  }
  return count;
};
