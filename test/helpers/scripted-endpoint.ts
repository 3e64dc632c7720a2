/** A real HTTP server that plays an OpenAI-compatible endpoint, well or badly, as a test tells it to. */
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {ExecutionContext} from 'ava';

/** What the server does with one request. */
export type ScriptedReply =
  | {
      readonly kind: 'respond';
      readonly status: number;
      readonly body: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  /** Never answers. */
  | {readonly kind: 'hang'}
  /** Sends a head and half of a body, and no more. */
  | {readonly kind: 'stall'}
  /** Ends the connection before a head, or in the middle of a body. */
  | {readonly kind: 'cut'; readonly where: 'head' | 'body'};

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  /** The header in which Azure's deployments get a key. */
  readonly apiKey: string | undefined;
  /** The JSON of a POST; undefined otherwise. */
  readonly body: SeenBody | undefined;
  /** Requests that the script had not replied to when this one came, itself included. */
  readonly underWay: number;
}
export interface SeenBody {
  readonly model: string;
  readonly messages: readonly {readonly role: string; readonly content: string}[];
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly seed?: number;
  readonly chat_template_kwargs?: unknown;
  readonly response_format?: unknown;
}

export const json = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ScriptedReply => ({
  kind: 'respond',
  status,
  body: JSON.stringify(body),
  headers: {'content-type': 'application/json', ...headers},
});

/** Whether a request is what an endpoint is asked to find out whether it refuses everything. */
export const isProbe = ({body}: SeenRequest): boolean => body?.messages.at(-1)?.content === 'Say yes.';

export const completion = (content: string | null, finishReason = 'stop'): ScriptedReply =>
  json(
    200,
    {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'scripted-2024',
      choices: [{index: 0, message: {role: 'assistant', content}, finish_reason: finishReason}],
      usage: {prompt_tokens: 11, completion_tokens: 7, total_tokens: 18},
    },
    {'x-request-id': 'req_7'},
  );

export const apiError = (
  status: number,
  message: string,
  {code = null, headers = {}}: {code?: string | null; headers?: Readonly<Record<string, string>>} = {},
): ScriptedReply => json(status, {error: {message, type: 'error', param: null, code}}, headers);

export const html: ScriptedReply = {
  kind: 'respond',
  status: 200,
  body: '<!doctype html><title>Welcome</title>',
  headers: {'content-type': 'text/html'},
};

export const modelList = (...ids: string[]): ScriptedReply =>
  json(200, {object: 'list', data: ids.map((id) => ({id, object: 'model'}))});

/** Plays the replies in order and then the last of them for ever. */
export const inOrder = (...replies: [ScriptedReply, ...ScriptedReply[]]) => {
  let next = 0;
  return (): ScriptedReply => replies[Math.min(next++, replies.length - 1)] ?? replies[0];
};

/**
 * Serves until the test ends. `baseUrl` ends in /v1.
 *
 * @param script what to do with a request; a promise holds the request until it is settled.
 */
export const scriptedEndpoint = async (
  t: ExecutionContext,
  script: (request: SeenRequest) => ScriptedReply | Promise<ScriptedReply>,
): Promise<{readonly baseUrl: string; readonly requests: readonly SeenRequest[]}> => {
  const requests: SeenRequest[] = [];
  let underWay = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    underWay += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      authorization: request.headers.authorization,
      apiKey: request.headers['api-key']?.toString(),
      body: text === '' ? undefined : (JSON.parse(text) as SeenBody),
      underWay,
    };
    requests.push(seen);
    const reply = await script(seen);
    underWay -= 1;
    play(reply, response);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const {port} = server.address() as AddressInfo;
  return {baseUrl: `http://127.0.0.1:${port}/v1`, requests};
};

const play = (reply: ScriptedReply, response: ServerResponse): void => {
  switch (reply.kind) {
    case 'respond':
      response.writeHead(reply.status, reply.headers).end(reply.body);
      return;
    case 'hang':
      return;
    case 'stall':
    case 'cut':
      if (reply.kind === 'cut' && reply.where === 'head') {
        response.destroy();
        return;
      }
      response.writeHead(200, {'content-type': 'application/json', 'content-length': '1000'});
      response.write('{"id": "chatcmpl-1", ', () => {
        if (reply.kind === 'cut') response.destroy();
      });
  }
};
