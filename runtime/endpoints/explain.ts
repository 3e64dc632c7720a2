/** What to tell a person about an endpoint that does not work: one line that names what to change. */
import type {Failure} from './reply.js';

/** Where an endpoint's settings are written, so that a message can name them. */
export interface EndpointPlace {
  readonly baseUrl: string;
  readonly model: string;
  /** The environment variable that holds the key; undefined where none is sent. */
  readonly apiKeyEnv: string | undefined;
  /** The file that holds it instead. */
  readonly apiKeyFile?: string | undefined;
  /** The fleet's key of the endpoint, such as `endpoints.teacher`; or a command's option, such as `--judge`. */
  readonly endpointKey: string;
  /** The fleet's key of who asks, such as `actors.reviser`; or what a command's options begin with, such as `--judge`, or `-`. */
  readonly askingKey: string;
}

/** What a setting is called where it is written: `endpoints.teacher.apiKeyEnv`, or `--judge-api-key-env`. */
export const settingOf = (key: string, name: string): string => {
  if (!key.startsWith('-')) return `${key}.${name}`;
  const option = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return name === 'baseUrl' ? key : `${key}-${option}`;
};

/** The failure in the endpoint's own words, then the remedy. */
export const explain = (place: EndpointPlace, failure: Failure): string =>
  `endpoint ${place.baseUrl}, model ${place.model}: ${failure.reason}; ${remedyFor(place, failure)}`;

/** What to change, as the end of a sentence. */
export const remedyFor = (
  {apiKeyEnv, apiKeyFile, endpointKey, askingKey}: EndpointPlace,
  {kind, status}: Failure,
): string => {
  const holder = apiKeyFile ?? apiKeyEnv;
  const at = (name: 'baseUrl' | 'apiKeyEnv' | 'apiKeyFile') => settingOf(endpointKey, name);
  const own = (name: 'model' | 'concurrency' | 'timeoutMs') => settingOf(askingKey, name);
  const asking = askingKey.startsWith('-') ? 'the options' : askingKey;
  const address = `${at('baseUrl')}, which usually ends in /v1`;
  switch (kind) {
    case 'denied':
      if (status === 401 || status === 403) {
        if (holder === undefined)
          return `set ${at('apiKeyEnv')} to the name of the environment variable that holds a key for it`;
        return `set ${holder} (named by ${at(apiKeyFile === undefined ? 'apiKeyEnv' : 'apiKeyFile')}) to a key that is valid there for this model`;
      }
      if (status === 402 || status === 429)
        return `add credit to the account of the key${holder === undefined ? '' : ` in ${holder}`}`;
      if (status === 400)
        return `correct ${asking} so that the model accepts it, or choose another ${own('model')}`;
      return `correct ${own('model')} or ${address}`;
    case 'overloaded':
      return `lower ${own('concurrency')}, or raise the account's limits`;
    case 'garbage':
      return `correct ${address}`;
    case 'timeout':
      return `see whether it is at work, raise ${own('timeoutMs')}, or correct ${at('baseUrl')}`;
    case 'unavailable':
      return `start it, or correct ${at('baseUrl')}`;
    case 'refused':
      return `correct ${asking} so that the endpoint accepts its requests`;
  }
};
