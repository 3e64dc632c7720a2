/** From what a fleet says about an endpoint to an endpoint that was seen to answer. */
import {setMaxListeners} from 'node:events';
import {setTimeout as sleep} from 'node:timers/promises';
import {TerminalError} from '../errors.js';
import {hide} from '../text/redact.js';
import type {ChatSettings} from './chat.js';
import {checkEndpoint} from './check.js';
import {type Endpoint, openEndpoint} from './endpoint.js';
import type {EndpointPlace} from './explain.js';
import {isLocal} from './local.js';

/** How an actor asks, as its part of the fleet says. */
export interface Asking
  extends Pick<
    ChatSettings,
    'model' | 'temperature' | 'maxTokens' | 'maxTokensField' | 'seed' | 'extraBody'
  > {
  /** A key of the fleet's `endpoints`. */
  readonly endpoint: string;
  readonly concurrency: number;
  readonly timeoutMs: number;
}

/** An entry of the fleet's `endpoints`; the demo teacher's has no address until the fleet has started it. */
type EndpointEntry =
  | {readonly baseUrl: string; readonly apiKeyEnv?: string | undefined}
  | {readonly demo: true};

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
  return {baseUrl: entry.baseUrl, apiKeyEnv: keyVariableOf(entry), model, endpointKey, askingKey};
};

/**
 * The environment variable whose value an endpoint gets as its key: what the fleet names. OpenAI's own needs no naming; a key of
 * it is nobody else's to see.
 */
export const keyVariableOf = ({
  baseUrl,
  apiKeyEnv,
}: {
  readonly baseUrl: string;
  readonly apiKeyEnv?: string | undefined;
}): string | undefined => {
  const {protocol, hostname} = new URL(baseUrl);
  return apiKeyEnv ?? (protocol === 'https:' && hostname === 'api.openai.com' ? 'OPENAI_API_KEY' : undefined);
};

/**
 * The key from the environment, kept out of every line from then on; undefined where none is named, or none is there for an
 * endpoint of this machine. Throws a `TerminalError` that names the variable where it has to be set, or holds what no header
 * can carry.
 */
export const apiKeyFor = (
  place: Pick<EndpointPlace, 'baseUrl' | 'apiKeyEnv' | 'endpointKey'>,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined => {
  const {apiKeyEnv, endpointKey} = place;
  const variable = `the environment variable ${apiKeyEnv} (named by ${endpointKey}.apiKeyEnv)`;
  if (unsetKeyOf(place, environment) !== undefined) {
    throw new TerminalError(
      `${variable} is not set: it holds the endpoint's key; leave apiKeyEnv out where none is asked for`,
    );
  }
  const key = apiKeyEnv === undefined ? undefined : environment[apiKeyEnv]?.trim();
  if (!key) return undefined;
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new TerminalError(
      `${variable} holds no key: it has a line break, a space or another character that no key has; set it to the key alone`,
    );
  }
  hide(key);
  return key;
};

/** The variable that has to hold a key and does not. An endpoint of this machine seldom asks for one, and says so where it does. */
export const unsetKeyOf = (
  {baseUrl, apiKeyEnv}: Pick<EndpointPlace, 'baseUrl' | 'apiKeyEnv'>,
  environment: NodeJS.ProcessEnv,
): string | undefined =>
  apiKeyEnv === undefined || environment[apiKeyEnv]?.trim() || isLocal(baseUrl) ? undefined : apiKeyEnv;

/**
 * Opens an endpoint once it has answered something. Throws a `TerminalError` where it cannot be reached, refuses the key,
 * or speaks another protocol; calls `warn` where only a request can tell, and `tell` where requests are later asked otherwise.
 */
export const connectEndpoint = async (
  place: EndpointPlace,
  asking: Asking,
  {
    apiKey,
    signal,
    warn,
    tell = warn,
  }: {
    readonly apiKey: string | undefined;
    readonly signal: AbortSignal;
    readonly warn: (line: string) => void;
    readonly tell?: (line: string) => void;
  },
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
    return openEndpoint({...place, ...asking, apiKey}, tell);
  }
};
