/** The demonstration's teacher behind a server that writes down every call, so that calls made twice are seen. */
import {readdirSync, readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {startTeacher} from '../../runtime/demo/teacher/teacher.js';

export interface Call {
  /** Its answer's request id: what is kept of the answer carries it. */
  readonly id: string;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly begunMs: number;
  /** Undefined while it is under way; of a caller that went away, when it did. */
  endedMs?: number;
  /** Whether the answer to the same question from before was kept when this one came; undefined of the first. */
  readonly wasKept?: boolean | undefined;
}

export interface CountingTeacher {
  readonly url: string;
  readonly key: string;
  /** Requests for an answer, in the order in which they came. */
  readonly calls: readonly Call[];
  close(): Promise<void>;
}

/** @param answers the folder in which its callers keep answers; where it is not there, none is kept. */
export const startCountingTeacher = async (
  seed: number,
  latencyMs: number,
  answers = '',
): Promise<CountingTeacher> => {
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
      const id = String(calls.length);
      if (method === 'POST') {
        const before = calls.findLast((each) => each.body === body);
        const wasKept = before && keptIn(answers).has(before.id);
        const call: Call = {id, body, begunMs: Date.now(), wasKept};
        calls.push(call);
        response.once('close', () => {
          call.endedMs = Date.now();
        });
      }
      const answered = await forward(url, method, body);
      const headers = {'content-type': 'application/json', 'x-request-id': id};
      response.writeHead(answered.status, headers).end(answered.body);
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

/** The request ids of the answers that are kept now. */
export const keptIn = (answers: string): ReadonlySet<string> => {
  try {
    const files = readdirSync(answers, {recursive: true, encoding: 'utf8'});
    return new Set(files.filter((name) => name.endsWith('.json')).map((name) => idIn(join(answers, name))));
  } catch {
    return new Set(); // no answer was kept yet
  }
};

const idIn = (path: string): string => {
  const {requestId}: {requestId: string} = JSON.parse(readFileSync(path, 'utf8'));
  return requestId;
};

/** A request is seen here a moment after it is sent: one that came no later than this after a kill was sent before it. */
const ON_ITS_WAY_MS = 100;

/**
 * What a kill could cost: all that was asked and whose answer was not kept. When an answer left here says nothing of that: on a
 * machine that is busy its caller may take a second to write it down, and to be killed in that time is to have it lost. A
 * caller keeps an answer before it does anything else with it, so what was published or acknowledged is not among these.
 */
export const inFlightAt = (calls: readonly Call[], atMs: number, kept: ReadonlySet<string>): Call[] =>
  calls.filter(({id, begunMs}) => begunMs - ON_ITS_WAY_MS <= atMs && !kept.has(id));

/** Calls that were made again, by why. */
export interface Repeated {
  /** Under way, or in their callers' hands, when a process or the server was killed. */
  readonly inFlight: number;
  /** Kept before, or not lost by any kill. */
  readonly other: number;
}

export const repeatedOf = (calls: readonly Call[], kills: readonly {readonly atMs: number}[]): Repeated => {
  const before = new Map<string, Call>();
  const count = {inFlight: 0, other: 0};
  for (const call of calls) {
    const last = before.get(call.body);
    before.set(call.body, call);
    if (last === undefined) continue;
    const isBetween = kills.some(({atMs}) => last.begunMs - ON_ITS_WAY_MS <= atMs && atMs <= call.begunMs);
    if (isBetween && call.wasKept !== true) count.inFlight += 1;
    else count.other += 1;
  }
  return count;
};

/** Answers that left here and were never kept, although no process or server was killed since they were asked for. */
export const neverKept = (
  calls: readonly Call[],
  kills: readonly {readonly atMs: number}[],
  kept: ReadonlySet<string>,
): Call[] => {
  const lastKillMs = Math.max(0, ...kills.map(({atMs}) => atMs));
  const answeredAgain = new Set(calls.filter(({id}) => kept.has(id)).map(({body}) => body));
  return calls.filter(({body, begunMs}) => begunMs - ON_ITS_WAY_MS > lastKillMs && !answeredAgain.has(body));
};
