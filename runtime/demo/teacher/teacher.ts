/**
 * The demonstration's teacher: an HTTP server that speaks the chat completions API of OpenAI, with models that know the
 * demonstration's task by rule. Delays, rate limits and failures can be set, so that a fleet meets here what it would
 * meet at a real endpoint.
 *
 *   GET  /v1/models, GET /v1/models/{id}   reviser, thorough, judge, stronger, careless, hasty
 *   POST /v1/chat/completions              complete or streamed
 *   GET  /v1/slots                         how busy it is: `SlotUse`; of no other endpoint
 */
import {randomUUID} from 'node:crypto';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import {messageOf, TerminalError} from '../../errors.js';
import {type Answer, answer, chunksOf, completionOf} from './completion.js';
import {createFailures} from './injected-failures.js';
import {teacherModels} from './models.js';
import {createRateLimit} from './rate-limit.js';
import {type ChatRequest, RequestError, readRequest} from './request.js';
import {createSlots} from './slots.js';

export interface TeacherOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** What clients must send as their bearer token. */
  readonly key: string;
  /** Decides which mistake is corrected, ties, and which requests fail. */
  readonly seed: number;
  /** Requests answered at once; others wait in line, in order of arrival. Undefined is any number. */
  readonly slots?: number | undefined;
  /** From when a request has its slot to the first byte of its answer. */
  readonly latencyMs: number;
  /** How fast an answer is written after that; undefined is at once. */
  readonly tokensPerSecond?: number | undefined;
  /** Beyond it, requests get status 429 and a `retry-after`. */
  readonly requestsPerMinute?: number | undefined;
  /** The share of requests answered with status 500 or 503, from 0 to 1. A request tried again draws anew. */
  readonly failureRate: number;
}

export interface Teacher {
  /** Where the API begins: `http://host:port/v1`. */
  readonly url: string;
  /** Ends the server and every connection, answered or not. */
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Throws a `TerminalError` where it cannot listen on the port. */
export const startTeacher = async (options: TeacherOptions): Promise<Teacher> => {
  const {host = '127.0.0.1', port = 0} = options;
  const respond = createResponder(options);
  const server = createServer((request, response) => {
    void respond(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new TerminalError(
          `the teacher cannot listen on ${host}:${port}: ${messageOf(cause)}; choose another port`,
          {cause},
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listening}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** Answers one request whatever happens: what is thrown becomes the body of an error. */
const createResponder = (options: TeacherOptions) => {
  const handle = createHandler(options);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    response.setHeader('x-request-id', `req_${randomUUID().replaceAll('-', '')}`);
    try {
      await handle(request, response, gone.signal);
    } catch (error) {
      if (gone.signal.aborted) return;
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const known =
        error instanceof RequestError
          ? error
          : new RequestError(500, `The teacher failed: ${messageOf(error)}`);
      for (const [name, value] of Object.entries(known.headers)) response.setHeader(name, value);
      sendJson(response, known.status, known.body);
    }
  };
};

const createHandler = (options: TeacherOptions) => {
  const startedAt = Math.floor(Date.now() / 1000);
  const rateLimit =
    options.requestsPerMinute === undefined
      ? undefined
      : createRateLimit(options.requestsPerMinute, () => performance.now());
  const slots = createSlots(options.slots, () => performance.now());
  const fails = createFailures(options.seed, options.failureRate);
  const modelObject = (id: string) => ({id, object: 'model', created: startedAt, owned_by: 'anchorage'});

  const limit = (response: ServerResponse): void => {
    const taken = rateLimit?.take();
    if (taken === undefined) return;
    response.setHeader('x-ratelimit-limit-requests', String(options.requestsPerMinute));
    response.setHeader('x-ratelimit-remaining-requests', taken.allowed ? String(taken.remaining) : '0');
    if (taken.allowed) return;
    const headers = {
      'retry-after': String(Math.ceil(taken.waitMs / 1000)),
      'retry-after-ms': String(Math.ceil(taken.waitMs)),
    };
    const message = `The limit of ${options.requestsPerMinute} requests per minute is reached; wait ${headers['retry-after']} s.`;
    throw new RequestError(429, message, {code: 'rate_limit_exceeded', headers});
  };

  const complete = async (
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> => {
    limit(response);
    const body = await readBody(request);
    const leave = await slots.enter(signal);
    try {
      await respond(body, response, signal);
    } finally {
      leave();
    }
  };

  const respond = async (body: string, response: ServerResponse, signal: AbortSignal): Promise<void> => {
    const begunAtMs = performance.now();
    const chat = readRequest(body);
    const model = teacherModels.get(chat.model) ?? refuseModel(chat.model);
    const identity = {
      id: `chatcmpl-${randomUUID().replaceAll('-', '')}`,
      created: Math.floor(Date.now() / 1000),
    };
    const made = answer(chat, model, {seed: options.seed, ...identity});
    const until = (ms: number) => waitUntil(begunAtMs + ms, signal);
    await until(options.latencyMs);
    fails(body);
    const dueMs = (tokens: number) =>
      options.latencyMs +
      (options.tokensPerSecond === undefined ? 0 : (tokens * 1000) / options.tokensPerSecond);
    if (chat.stream === true) return sendStream(response, made, chat, (tokens) => until(dueMs(tokens)));
    await until(dueMs(made.usage.completion_tokens));
    response.setHeader('openai-processing-ms', String(Math.round(performance.now() - begunAtMs)));
    sendJson(response, 200, completionOf(made));
  };

  return async (request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> => {
    authorize(request, options.key);
    const {method = '', url = '/'} = request;
    const path = (url.split('?')[0] ?? '').replace(/\/$/, '');
    const modelId = /^\/v1\/models\/([^/]+)$/.exec(path)?.[1];
    if (path === '/v1/chat/completions') {
      allowOnly('POST', method, path);
      return complete(request, response, signal);
    }
    if (path === '/v1/models') {
      allowOnly('GET', method, path);
      return sendJson(response, 200, {object: 'list', data: [...teacherModels.keys()].map(modelObject)});
    }
    if (path === '/v1/slots') {
      allowOnly('GET', method, path);
      return sendJson(response, 200, slots.use());
    }
    if (modelId !== undefined) {
      allowOnly('GET', method, path);
      if (!teacherModels.has(modelId)) refuseModel(modelId);
      return sendJson(response, 200, modelObject(modelId));
    }
    throw new RequestError(404, `There is nothing at ${method} ${path}.`);
  };
};

const authorize = ({headers}: IncomingMessage, key: string): void => {
  const given = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1];
  if (given === undefined) {
    throw new RequestError(401, "No API key was sent; send it in the header 'Authorization: Bearer KEY'.");
  }
  if (given !== key)
    throw new RequestError(401, 'The API key is not the right one.', {code: 'invalid_api_key'});
};

const allowOnly = (allowed: string, method: string, path: string): void => {
  if (method === allowed) return;
  throw new RequestError(405, `${path} takes ${allowed}, not ${method}.`, {
    code: 'method_not_supported',
    headers: {allow: allowed},
  });
};

const refuseModel = (name: string): never => {
  throw new RequestError(
    404,
    `There is no model '${name}' here; there are ${[...teacherModels.keys()].join(', ')}.`,
    {
      code: 'model_not_found',
    },
  );
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  let bytes = 0;
  // Left open where it is too long, so that the answer can be sent; the connection closes with it.
  for await (const part of request.iterator({destroyOnReturn: false})) {
    parts.push(part);
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) {
      const headers = {connection: 'close'};
      throw new RequestError(413, `The body is over ${MAX_BODY_BYTES} bytes.`, {headers});
    }
  }
  return Buffer.concat(parts).toString('utf8');
};

const waitUntil = async (atMs: number, signal: AbortSignal): Promise<void> => {
  const waitMs = atMs - performance.now();
  if (waitMs >= 1) await sleep(waitMs, undefined, {signal});
};

const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(body));
};

/** Server-sent events: one chunk each, then `[DONE]`. */
const sendStream = async (
  response: ServerResponse,
  made: Answer,
  chat: ChatRequest,
  untilTokens: (tokens: number) => Promise<void>,
): Promise<void> => {
  response.writeHead(200, {'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache'});
  let tokens = 0;
  for (const chunk of chunksOf(made, chat.stream_options?.include_usage === true)) {
    if (chunk.choices.some(({delta}) => delta.role === undefined && delta.content !== undefined))
      await untilTokens(++tokens);
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
  response.end('data: [DONE]\n\n');
};
