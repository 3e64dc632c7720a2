/**
 * HTTP to one endpoint: through the proxy that the environment names, with bodies that are bounded and redirects that stay where
 * the key may go. The only file that knows `undici`, whose `fetch` is Node's own and, unlike that on Node 20, can be told of a proxy.
 */
import {Agent, type Dispatcher, EnvHttpProxyAgent, fetch, type Response as Reply} from 'undici';
import {messageOf, TerminalError} from '../errors.js';
import {hide} from '../text/redact.js';
import {isLocal} from './local.js';

/** What came instead of an answer. */
export type TransportFailure =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers: {get(name: string): string | null};
      /** As far as it is read. */
      readonly body: string;
    }
  | {readonly kind: 'connection'; readonly reason: string}
  | {readonly kind: 'too_large'};

/**
 * Thrown by the fetch of a transport. It carries the failure beside its message, in which clients look for words such as
 * "timeout".
 */
export class TransportError extends Error {
  override name = 'TransportError';
  readonly failure: TransportFailure;

  constructor(failure: TransportFailure) {
    super('the request was not answered');
    this.failure = failure;
  }
}

/** Of an answer, unpacked. The longest that models give are a hundredth of it. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** Of what comes instead of one: enough to see why. */
const MAX_ERROR_BYTES = 64 * 1024;
const MAX_REDIRECTS = 3;
/** What is sent beside the body. Nothing else goes out, whatever the environment has for OpenAI's own clients. */
const HEADERS = ['accept', 'api-key', 'authorization', 'content-type', 'user-agent'];
const HEADERS_OF_OPENAI = [...HEADERS, 'openai-organization', 'openai-project'];

/**
 * A fetch for one endpoint. Its responses are complete and have status 2xx; it throws a `TransportError` otherwise, or the reason
 * of the signal. Throws a `TerminalError` where a proxy's variable holds no address.
 */
export const openFetch = (
  baseUrl: string,
  environment: NodeJS.ProcessEnv = process.env,
): typeof globalThis.fetch => {
  const {dispatcher, through} = routeTo(baseUrl, environment);
  const sent = new URL(baseUrl).hostname === 'api.openai.com' ? HEADERS_OF_OPENAI : HEADERS;

  const answerTo = async (url: URL, init: RequestInit, redirects: number): Promise<Response> => {
    const given = new Headers(init.headers);
    const response = await fetch(url, {
      method: init.method ?? 'GET',
      headers: sent.flatMap((name): [string, string][] => {
        const value = given.get(name);
        return value === null ? [] : [[name, value]];
      }),
      ...(typeof init.body === 'string' ? {body: init.body} : {}),
      ...(init.signal ? {signal: init.signal} : {}),
      redirect: 'manual',
      dispatcher,
    });
    const {status, headers} = response;
    if (response.ok) {
      const body = await bodyOf(response, MAX_BODY_BYTES);
      if (body === undefined) throw new TransportError({kind: 'too_large'});
      return new Response(body, {headers: {'x-request-id': headers.get('x-request-id') ?? ''}});
    }
    const target = redirectOf(response, url);
    if (target === undefined) {
      const body = (await bodyOf(response, MAX_ERROR_BYTES, true)) ?? '';
      throw new TransportError({kind: 'status', status, headers, body});
    }
    await response.body?.cancel();
    const isSame = init.method === 'GET' || status === 307 || status === 308;
    if (target.origin !== url.origin || !isSame || redirects === MAX_REDIRECTS) {
      const body = `it sends on to ${target.origin}${target.pathname}, where the key is not taken`;
      throw new TransportError({kind: 'status', status, headers, body});
    }
    return answerTo(target, init, redirects + 1);
  };

  return async (input, init = {}) => {
    try {
      return await answerTo(new URL(input instanceof Request ? input.url : input), init, 0);
    } catch (error) {
      if (error instanceof TransportError || init.signal?.aborted) throw error;
      throw new TransportError({kind: 'connection', reason: reasonOf(error, through)});
    }
  };
};

/**
 * A fetch for files of any size, through the same proxies: bodies are streams, redirects are left to the caller, and any status is
 * an answer. It throws a `TransportError` where none comes, or the reason of the signal.
 *
 * @param stillMs how long nothing may come.
 */
export const openStreams = (
  baseUrl: string,
  stillMs: number,
  environment: NodeJS.ProcessEnv = process.env,
): typeof globalThis.fetch => {
  const {dispatcher, through} = routeTo(baseUrl, environment, {
    headersTimeout: stillMs,
    bodyTimeout: stillMs,
  });
  return async (input, init = {}) => {
    try {
      const url = input instanceof Request ? input.url : input;
      // Node's own types of these are of another version of undici.
      const response = await fetch(url, {...init, dispatcher} as Parameters<typeof fetch>[1]);
      return response as unknown as Response;
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new TransportError({kind: 'connection', reason: reasonOf(error, through)});
    }
  };
};

/** The text of a body, read no further than `most` bytes; what is longer is undefined, or its beginning where that will do. */
const bodyOf = async (response: Reply, most: number, beginning = false): Promise<string | undefined> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early ends the connection.
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes <= most) continue;
    if (!beginning) return undefined;
    break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, most));
};

const redirectOf = (response: Reply, from: URL): URL | undefined => {
  const location = response.headers.get('location');
  if (response.status < 300 || response.status > 399 || location === null) return undefined;
  return URL.canParse(location, from.href) ? new URL(location, from) : undefined;
};

/** The deadlines are the caller's, so a connection has none of its own beside the one for its opening. */
const PATIENT = {headersTimeout: 0, bodyTimeout: 0};

/** How requests go out, and through which variable's proxy. */
const routeTo = (
  baseUrl: string,
  environment: NodeJS.ProcessEnv,
  timeouts = PATIENT,
): {readonly dispatcher: Dispatcher; readonly through: string | undefined} => {
  const proxyIn = (...names: readonly string[]) => {
    const name = names.find((each) => environment[each]?.trim());
    return {name, url: name === undefined ? '' : proxyAddress(name, environment[name]?.trim() ?? '')};
  };
  if (isLocal(baseUrl)) return {dispatcher: new Agent(timeouts), through: undefined};
  const http = proxyIn('http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY');
  const https = proxyIn('https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY');
  const {name: through} = baseUrl.startsWith('https:') ? https : http;
  if (through === undefined) return {dispatcher: new Agent(timeouts), through};
  const dispatcher = new EnvHttpProxyAgent({
    ...timeouts,
    httpProxy: http.url,
    httpsProxy: https.url,
    noProxy: environment.no_proxy ?? environment.NO_PROXY ?? '',
    // As others do: many proxies open a tunnel to port 443 alone.
    proxyTunnel: false,
  });
  return {dispatcher, through};
};

/** The address in a proxy's variable, which may hold credentials: it is never shown. */
const proxyAddress = (name: string, text: string): string => {
  const address = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new TerminalError(
      `the environment variable ${name} is no address of a proxy such as http://proxy.example:3128`,
    );
  const {password} = new URL(address);
  if (password !== '') hide(password);
  return address;
};

const reasonOf = (error: unknown, through: string | undefined): string =>
  `${rootCauseOf(error)}${through ? ` (through ${through})` : ''}`;

/** `fetch failed` says nothing; what it was caused by does. */
const rootCauseOf = (error: unknown): string => {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  // An address with several numbers fails with an AggregateError, which has a code and no message.
  return messageOf(root) || ((root as NodeJS.ErrnoException).code ?? messageOf(error));
};
