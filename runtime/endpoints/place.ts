/** From what a fleet says about an endpoint to where it is, and its key. Loads no client: that is `connect.ts`. */
import {readFileSync, statSync} from 'node:fs';
import {TerminalError} from '../errors.js';
import {isPipe} from '../json/regular-file.js';
import {hide} from '../text/redact.js';
import {type EndpointPlace, settingOf} from './explain.js';
import {isLocal} from './local.js';

/** An entry of the fleet's `endpoints`; the demo teacher's has no address until the fleet has started it. */
type EndpointEntry =
  | {
      readonly baseUrl: string;
      readonly apiKeyEnv?: string | undefined;
      readonly apiKeyFile?: string | undefined;
    }
  | {readonly demo: true};

/**
 * Where `actor` asks. Throws a `TerminalError` where the fleet has no such endpoint or its address is not known.
 *
 * @param actor such as `reviser`; its settings are those of `actors.reviser`.
 */
export const placeOf = (
  actor: string,
  asked: {readonly endpoint: string; readonly model: string},
  endpoints: Readonly<Record<string, EndpointEntry>>,
): EndpointPlace => askingPlace(`actors.${actor}`, asked, endpoints);

/**
 * The same of whoever asks.
 *
 * @param askingKey the fleet's key of its settings, such as `evaluation.judge`.
 */
export const askingPlace = (
  askingKey: string,
  {endpoint, model}: {readonly endpoint: string; readonly model: string},
  endpoints: Readonly<Record<string, EndpointEntry>>,
): EndpointPlace => {
  const endpointKey = `endpoints.${endpoint}`;
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
  const {baseUrl, apiKeyFile} = entry;
  return {baseUrl, apiKeyEnv: keyVariableOf(entry), apiKeyFile, model, endpointKey, askingKey};
};

/**
 * The environment variable whose value an endpoint gets as its key: what the fleet names. OpenAI's own needs no naming; a key of
 * it is nobody else's to see.
 */
export const keyVariableOf = ({
  baseUrl,
  apiKeyEnv,
  apiKeyFile,
}: {
  readonly baseUrl: string;
  readonly apiKeyEnv?: string | undefined;
  readonly apiKeyFile?: string | undefined;
}): string | undefined => {
  if (apiKeyFile !== undefined) return undefined;
  const {protocol, hostname} = new URL(baseUrl);
  return apiKeyEnv ?? (protocol === 'https:' && hostname === 'api.openai.com' ? 'OPENAI_API_KEY' : undefined);
};

/**
 * The key from the environment or a file, kept out of every line from then on; undefined where none is named, or none is there
 * for an endpoint of this machine. Throws a `TerminalError` that names where it has to be put, or what holds what no header can
 * carry.
 */
export const apiKeyFor = (
  place: KeyPlace & Pick<EndpointPlace, 'endpointKey'>,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined => {
  const {apiKeyEnv, apiKeyFile, endpointKey} = place;
  const [holder, option] =
    apiKeyFile === undefined
      ? [`the environment variable ${apiKeyEnv}`, 'apiKeyEnv']
      : [`the file ${apiKeyFile}`, 'apiKeyFile'];
  const named = `${holder} (named by ${settingOf(endpointKey, option)})`;
  if (unsetKeyOf(place, environment) !== undefined) {
    const what = apiKeyFile === undefined ? 'is not set' : 'is empty, or cannot be read';
    throw new TerminalError(
      `${named} ${what}: it holds the endpoint's key; leave ${endpointKey.startsWith('-') ? settingOf(endpointKey, option) : option} out where none is asked for`,
    );
  }
  const key = keyIn(place, environment);
  if (!key) return undefined;
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new TerminalError(
      `${named} holds no key: it has a line break, a space or another character that no key has; set it to the key alone`,
    );
  }
  hide(key);
  return key;
};

type KeyPlace = Pick<EndpointPlace, 'baseUrl' | 'apiKeyEnv' | 'apiKeyFile'>;

/** Bytes of a key's file, at most: another file, named by mistake, is not read whole. */
const MOST_KEY_BYTES = 16_384;

const keyIn = ({apiKeyEnv, apiKeyFile}: KeyPlace, environment: NodeJS.ProcessEnv): string | undefined => {
  if (apiKeyFile === undefined) return apiKeyEnv === undefined ? undefined : environment[apiKeyEnv]?.trim();
  try {
    if (isPipe(apiKeyFile)) return undefined;
    return statSync(apiKeyFile).size > MOST_KEY_BYTES ? '' : readFileSync(apiKeyFile, 'utf8').trim();
  } catch {
    return undefined;
  }
};

/**
 * The variable or the file that has to hold a key and does not. An endpoint of this machine seldom asks for one, and says so
 * where it does; a file that is named is meant.
 */
export const unsetKeyOf = (place: KeyPlace, environment: NodeJS.ProcessEnv): string | undefined => {
  const {baseUrl, apiKeyEnv, apiKeyFile} = place;
  if (keyIn(place, environment)) return undefined;
  return apiKeyFile ?? (isLocal(baseUrl) ? undefined : apiKeyEnv);
};
