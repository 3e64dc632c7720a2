/**
 * HTTP to one endpoint: through the proxy that the environment names, with bodies that are bounded and redirects that stay where
 * the key may go. The only file that knows `undici`, which is Node's own and, unlike that in Node 20, can be told of a proxy. Answers
 * are had by its `request`: its `fetch`, by the streams of the web, takes twice the processor time, beside a learner that wants it.
 */
import {pipeline, type Readable} from 'node:stream';
import {constants, createBrotliDecompress, createGunzip} from 'node:zlib';
import {Agent, type Dispatcher, EnvHttpProxyAgent, fetch, request} from 'undici';
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
    const {
      statusCode: status,
      headers,
      body,
    } = await request(url, {
      method: init.method ?? 'GET',
      headers: {
        ...Object.fromEntries(
          sent.flatMap((name): [string, string][] => {
            const value = given.get(name);
            return value === null ? [] : [[name, value]];
          }),
        ),
        'accept-encoding': ACCEPTED,
      },
      ...(typeof init.body === 'string' ? {body: init.body} : {}),
      ...(init.signal ? {signal: init.signal} : {}),
      dispatcher,
    });
    // Whoever reads it meets what goes wrong; of what is left unread nobody does, and it would end the process.
    body.on('error', () => undefined);
    const header = (name: string): string | null => [headers[name]].flat()[0] ?? null;
    const unpacked = (): Readable => unpack(body, header('content-encoding'));
    if (status >= 200 && status <= 299) {
      const text = await textOf(unpacked(), MAX_BODY_BYTES);
      if (text === undefined) throw new TransportError({kind: 'too_large'});
      return new Response(text, {headers: {'x-request-id': header('x-request-id') ?? ''}});
    }
    const target = redirectOf(status, header('location'), url);
    if (target === undefined) {
      const said = (await textOf(unpacked(), MAX_ERROR_BYTES, true)) ?? '';
      throw new TransportError({kind: 'status', status, headers: {get: header}, body: said});
    }
    body.destroy();
    const isSame = init.method === 'GET' || status === 307 || status === 308;
    if (target.origin !== url.origin || !isSame || redirects === MAX_REDIRECTS) {
      const said = `it sends on to ${target.origin}${target.pathname}, where the key is not taken`;
      throw new TransportError({kind: 'status', status, headers: {get: header}, body: said});
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

/**
 * How an answer may be packed, by its `content-encoding`; where its end lacks, what came is read, as browsers do. Not `deflate`, by
 * which servers mean two things.
 */
const UNPACKED: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: () => createGunzip({finishFlush: constants.Z_SYNC_FLUSH}),
  br: () => createBrotliDecompress({finishFlush: constants.BROTLI_OPERATION_FLUSH}),
};
const ACCEPTED = Object.keys(UNPACKED).join(', ');

/**
 * A body as it was before it was packed; one packed in another way stays so, and is no answer. undici's own interceptor for this says
 * on every start that it is experimental.
 */
const unpack = (body: Readable, encoding: string | null): Readable => {
  const unpacking = UNPACKED[encoding?.trim().toLowerCase() ?? ''];
  // What goes wrong with either ends both, and is met by whoever reads.
  return unpacking === undefined ? body : pipeline(body, unpacking(), () => undefined);
};

/** The text of a body, read no further than `most` bytes; what is longer is undefined, or its beginning where that will do. */
const textOf = async (body: Readable, most: number, beginning = false): Promise<string | undefined> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early ends the connection.
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes <= most) continue;
    if (!beginning) return undefined;
    break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, most));
};

const redirectOf = (status: number, location: string | null, from: URL): URL | undefined => {
  if (status < 300 || status > 399 || location === null) return undefined;
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
