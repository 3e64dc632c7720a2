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
  /** The fleet's key of the endpoint, such as `endpoints.teacher`. */
  readonly endpointKey: string;
  /** The fleet's key of who asks, such as `actors.reviser`. */
  readonly askingKey: string;
}

/** The failure in the endpoint's own words, then the remedy. */
export const explain = (place: EndpointPlace, failure: Failure): string =>
  `endpoint ${place.baseUrl}, model ${place.model}: ${failure.reason}; ${remedyFor(place, failure)}`;

/** What to change, as the end of a sentence. */
export const remedyFor = (
  {apiKeyEnv, apiKeyFile, endpointKey, askingKey}: EndpointPlace,
  {kind, status}: Failure,
): string => {
  const holder = apiKeyFile ?? apiKeyEnv;
  const address = `${endpointKey}.baseUrl, which usually ends in /v1`;
  switch (kind) {
    case 'denied':
      if (status === 401 || status === 403) {
        if (holder === undefined)
          return `set ${endpointKey}.apiKeyEnv to the name of the environment variable that holds a key for it`;
        return `set ${holder} (named by ${endpointKey}.${apiKeyFile === undefined ? 'apiKeyEnv' : 'apiKeyFile'}) to a key that is valid there for this model`;
      }
      if (status === 402 || status === 429)
        return `add credit to the account of the key${holder === undefined ? '' : ` in ${holder}`}`;
      if (status === 400)
        return `correct ${askingKey} so that the model accepts it, or choose another ${askingKey}.model`;
      return `correct ${askingKey}.model or ${address}`;
    case 'overloaded':
      return `lower ${askingKey}.concurrency, or raise the account's limits`;
    case 'garbage':
      return `correct ${address}`;
    case 'timeout':
      return `see whether it is at work, raise ${askingKey}.timeoutMs, or correct ${endpointKey}.baseUrl`;
    case 'unavailable':
      return `start it, or correct ${endpointKey}.baseUrl`;
    case 'refused':
      return `correct ${askingKey} so that the endpoint accepts its requests`;
  }
};
