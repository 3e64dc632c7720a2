/** From what a fleet says about an endpoint to an endpoint that was seen to answer. */
import {setMaxListeners} from 'node:events';
import {setTimeout as sleep} from 'node:timers/promises';
import {TerminalError} from '../errors.js';
import {hide} from '../redact.js';
import {checkEndpoint} from './check.js';
import {type Endpoint, openEndpoint} from './endpoint.js';
import type {EndpointPlace} from './explain.js';

/** How an actor asks, as its part of the fleet says. */
export interface Asking {
  /** A key of the fleet's `endpoints`. */
  readonly endpoint: string;
  readonly model: string;
  readonly temperature: number;
  readonly maxTokens: number;
  readonly concurrency: number;
  readonly timeoutMs: number;
}

/** An entry of the fleet's `endpoints`; the demo teacher's has no address until the fleet has started it. */
type EndpointEntry = {readonly baseUrl: string; readonly apiKeyEnv: string} | {readonly demo: true};

/** An endpoint that starts beside the actor may come up a little after it. */
const START_LIMIT_MS = 10_000;
const START_PAUSE_MS = 250;

/**
 * Where `actor` asks. Throws a `TerminalError` where the fleet has no such endpoint or its address is not known.
 *
 * @param actor such as `reviser`; its settings are those of `actors.reviser`.
 */
export const placeOf = (
  actor: string,
  {endpoint, model}: Pick<Asking, 'endpoint' | 'model'>,
  endpoints: Readonly<Record<string, EndpointEntry>>,
): EndpointPlace => {
  const endpointKey = `endpoints.${endpoint}`;
  const askingKey = `actors.${actor}`;
  const entry = endpoints[endpoint];
  if (entry === undefined) {
    throw new TerminalError(
      `${askingKey}.endpoint: there is no ${endpointKey}; the fleet has ${Object.keys(endpoints).join(', ')}`,
    );
  }
  if ('demo' in entry) {
    throw new TerminalError(
      `${endpointKey}: the demo teacher has no address here; start the fleet with \`anchorage up\``,
    );
  }
  return {baseUrl: entry.baseUrl, apiKeyEnv: entry.apiKeyEnv, model, endpointKey, askingKey};
};

/**
 * The key from the environment, kept out of every line from then on. Throws a `TerminalError` that names the variable where
 * it is not set, or holds what no header can carry.
 */
export const apiKeyFor = (
  {apiKeyEnv, endpointKey}: Pick<EndpointPlace, 'apiKeyEnv' | 'endpointKey'>,
  environment: NodeJS.ProcessEnv = process.env,
): string => {
  const key = environment[apiKeyEnv]?.trim();
  if (!key) {
    throw new TerminalError(
      `the environment variable ${apiKeyEnv} (named by ${endpointKey}.apiKeyEnv) is not set: it holds the endpoint's key; any word will do where none is asked for`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new TerminalError(
      `the environment variable ${apiKeyEnv} (named by ${endpointKey}.apiKeyEnv) holds no key: it has a line break, a space or another character that no key has; set it to the key alone`,
    );
  }
  hide(key);
  return key;
};

/**
 * Opens an endpoint once it has answered something. Throws a `TerminalError` where it cannot be reached, refuses the key,
 * or speaks another protocol; calls `warn` where only a request can tell.
 */
export const connectEndpoint = async (
  place: EndpointPlace,
  asking: Asking,
  {apiKey, signal, warn}: {apiKey: string; signal: AbortSignal; warn: (line: string) => void},
): Promise<Endpoint> => {
  // Each request that waits listens: many listeners are no leak.
  setMaxListeners(0, signal);
  const limit = performance.now() + START_LIMIT_MS;
  for (;;) {
    const check = await checkEndpoint(
      {...place, apiKey},
      Math.max(START_PAUSE_MS, limit - performance.now()),
    );
    switch (check.kind) {
      case 'denied':
      case 'garbage':
        throw new TerminalError(check.reason);
      case 'unreachable':
        if (performance.now() + START_PAUSE_MS >= limit) throw new TerminalError(check.reason);
        await sleep(START_PAUSE_MS);
        signal.throwIfAborted();
        continue;
      case 'unlisted':
      case 'model_missing':
        warn(check.reason);
        break;
      case 'serves':
        break;
    }
    return openEndpoint({...place, ...asking, apiKey});
  }
};
