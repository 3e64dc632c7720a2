/** HTTP to a Hub: its token goes to it alone, what fails by chance is tried again, and what is refused is said in one line. */
import {setTimeout as sleep} from 'node:timers/promises';
import {openStreams, TransportError} from '../endpoints/transport.js';
import {messageOf, TerminalError} from '../errors.js';
import {excerpt} from '../text/excerpt.js';
import type {Hub} from './hub.js';
import type {RepositoryKind} from './hub-name.js';

/** Thrown where a Hub, or whom it sends on to, answers with a status that is no success. */
export class HubRefused extends Error {
  override name = 'HubRefused';
  readonly status: number;
  /** `X-Error-Code`, such as `GatedRepo`. */
  readonly code: string;

  constructor(status: number, code: string, said: string) {
    super(`answers ${status}${said === '' ? '' : ` (${said})`}`);
    this.status = status;
    this.code = code;
  }
}

const TRIES = 5;
/** Where nobody answers at all. */
const TRIES_TO_REACH = 2;
const MOST_WAIT_MS = 60_000;
const MOST_REDIRECTS = 5;
/** An address that sends nothing for so long is taken for gone. */
const STILL_MS = 60_000;
const MOST_SAID = 300;
const USER_AGENT = 'anchorage';

/** A fetch to a Hub whose responses have status 2xx; it throws a HubRefused, a TransportError, or the signal's reason. */
export const hubFetch = (hub: Hub): typeof globalThis.fetch => {
  const send = openStreams(hub.endpoint, STILL_MS);
  const ours = new URL(hub.endpoint);

  const answerTo = async (url: URL, init: RequestInit, redirects: number): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.delete('authorization');
    headers.set('user-agent', USER_AGENT);
    if (url.origin === ours.origin && hub.token !== undefined)
      headers.set('authorization', `Bearer ${hub.token}`);
    const response = await send(url, {...init, headers, redirect: 'manual'});
    if (response.ok) return response;
    const {status} = response;
    const location = response.headers.get('location');
    if (status < 300 || status > 399 || location === null) throw await refusalOf(response);
    await response.body?.cancel();
    const isAsked = init.method === undefined || init.method === 'GET' || init.method === 'HEAD';
    const target = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    const isSafe = target?.protocol === 'https:' || target?.protocol === ours.protocol;
    if (target === undefined || !isSafe || redirects === MOST_REDIRECTS || !(isAsked || status >= 307))
      throw new HubRefused(status, '', 'it sends on to where nothing is asked');
    return answerTo(target, init, redirects + 1);
  };

  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    // What was committed may be there although its answer was lost.
    const isRepeatable = init.method !== 'POST' || !url.pathname.includes('/commit/');
    for (let failures = 1; ; failures++) {
      try {
        return await answerTo(url, init, 0);
      } catch (error) {
        if (init.signal?.aborted || !isRepeatable || !mayPass(error)) throw error;
        if (failures === (error instanceof TransportError ? TRIES_TO_REACH : TRIES)) throw error;
        const asked = error instanceof PassingRefusal ? error.afterMs : undefined;
        await sleep(Math.min(asked ?? hub.waitMs(failures), MOST_WAIT_MS), undefined, {
          signal: init.signal ?? undefined,
        });
      }
    }
  };
};

/** One that may not come again. */
class PassingRefusal extends HubRefused {
  readonly afterMs: number | undefined;

  constructor(status: number, code: string, said: string, afterMs: number | undefined) {
    super(status, code, said);
    this.afterMs = afterMs;
  }
}

const mayPass = (error: unknown): boolean =>
  error instanceof PassingRefusal || error instanceof TransportError;

const refusalOf = async (response: Response): Promise<HubRefused> => {
  const {status, headers} = response;
  const code = headers.get('x-error-code') ?? '';
  const said = excerpt(headers.get('x-error-message') ?? (await saidIn(response)), MOST_SAID);
  if (status !== 429 && status < 500) return new HubRefused(status, code, said);
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return new PassingRefusal(status, code, said, seconds >= 0 ? seconds * 1000 : undefined);
};

/** What a body says that is JSON with an `error`; nothing of another, which is a page. */
const saidIn = async (response: Response): Promise<string> => {
  try {
    const body: unknown = JSON.parse(await textOf(response));
    const said = body !== null && typeof body === 'object' && 'error' in body ? body.error : undefined;
    return typeof said === 'string' ? said.replaceAll(/\s+/g, ' ') : '';
  } catch {
    return '';
  }
};

const MOST_TEXT_BYTES = 64 * 1024;

const textOf = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > MOST_TEXT_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** What was asked for, as a line about it begins. */
export interface Asked {
  readonly kind: RepositoryKind;
  /** `ORG/NAME`, with a revision where one was typed. */
  readonly name: string;
  /** Said before what is wrong: that no folder of the name is here, where one could be meant. */
  readonly before?: string | undefined;
  readonly to: 'read' | 'write';
}

/** The one line about what failed; the error itself where it is no Hub's. */
export const hubComplaint = (hub: Hub, asked: Asked, error: unknown): unknown => {
  const said = complaintOf(hub, asked, error);
  return said === undefined
    ? error
    : new TerminalError(`${asked.name}: ${asked.before ?? ''}${said}`, {cause: error});
};

const complaintOf = (hub: Hub, {kind, name, to}: Asked, error: unknown): string | undefined => {
  const at = `the Hub at ${hub.endpoint}`;
  if (error instanceof TransportError)
    return `${at} cannot be reached (${error.failure.kind === 'connection' ? error.failure.reason : messageOf(error)}); check the network, HF_ENDPOINT and the proxy's variables`;
  if (!(error instanceof HubRefused)) return undefined;
  const {status, code} = error;
  if (code === 'GatedRepo')
    return `it is gated: ask for access at ${hub.endpoint}/${kind === 'dataset' ? 'datasets/' : ''}${name.split('@')[0]}, and set HF_TOKEN to a token of that account`;
  if (code === 'RevisionNotFound')
    return `${at} has no such revision of it; give one that it has after the @`;
  if (code === 'EntryNotFound') return `${at} has not all files of it that it lists; try again later`;
  if (status === 401 && hub.token !== undefined)
    return `${at} refuses the token; set HF_TOKEN to one that holds`;
  if (status === 401 && to === 'write')
    return `${at} takes nothing without a token; set HF_TOKEN to one that may write`;
  if (status === 404 || status === 401)
    return `${at} has no such ${kind === 'dataset' ? 'data set' : kind}${hub.token === undefined ? ' for everybody; a private one needs HF_TOKEN' : ', or none that the token may see'}`;
  if (status === 403)
    return `${at} ${error.message}: the token may not ${to} it; set HF_TOKEN to one that may`;
  if (status === 429)
    return `${at} ${error.message}: it was asked too often; try again later${hub.token === undefined ? ', or set HF_TOKEN' : ''}`;
  return `${at} ${error.message}${status >= 500 ? '; try again later' : ''}`;
};
