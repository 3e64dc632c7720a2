/** How the sampler comes to ask the policy behind an endpoint: the same governor and the same account as all that a run asks. */
import {join} from 'node:path';
import type {ActorContext} from '../../actor/context.js';
import {type AdapterServer, openAdapterServer} from '../../endpoints/adapters.js';
import {withAnswerCache} from '../../endpoints/answer-cache.js';
import {type ChatRequest, listModels, postTo} from '../../endpoints/chat.js';
import {connectEndpoint} from '../../endpoints/connect.js';
import type {Endpoint, EndpointOptions} from '../../endpoints/endpoint.js';
import {apiKeyFor, placeOf} from '../../endpoints/place.js';
import type {Answer} from '../../endpoints/reply.js';
import {TerminalError} from '../../errors.js';
import type {Fleet} from '../file/schema.js';
import {samplerAsks} from '../fleet-actors.js';
import {accountedBy, onceSettled, openAccount} from './open-asking.js';

export interface PolicyEndpoint extends Endpoint {
  readonly baseUrl: string;
  /** The policy before training, as the server calls it. */
  readonly model: string;
  readonly adapters: AdapterServer;
  /** One request's deadline. */
  readonly timeoutMs: number;
}

/**
 * Opens it once it has answered something. What it answered is kept in the run's folder: a prompt that comes again, as after a kill
 * or where one of its requests had no answer, does not pay for it twice. Another run samples anew.
 *
 * @param fleetNow with the changes that the sampler works by.
 * @param isWorthKeeping of an answer.
 * @throws TerminalError where the sampler asks nobody, or it cannot be asked.
 */
export const openPolicyEndpoint = async (
  context: ActorContext<Fleet>,
  fleetNow: () => Fleet,
  isWorthKeeping: (answer: Answer, request: ChatRequest) => boolean,
): Promise<PolicyEndpoint> => {
  const {fleet, runFolder, signal, log, warn: tell} = context;
  const asks = samplerAsks(fleet);
  if (asks === undefined) throw new TerminalError('actors.sampler.endpoint: the fleet has none');
  const {endpoint: name, model, seed, extraBody, concurrency, timeoutMs} = asks;
  const place = placeOf('sampler', asks, fleet.endpoints);
  const apiKey = apiKeyFor(place);
  const ledger = await openAccount(context, 'sampler', fleetNow);
  const options: EndpointOptions = {
    ...place,
    api: 'completions',
    apiKey,
    temperature: fleet.policy.temperature,
    maxTokens: fleet.policy.maxCompletionTokens,
    seed,
    extraBody,
    concurrency,
    timeoutMs,
    ...accountedBy(ledger, fleet, name),
  };
  const warn = (line: string): void => log.warn(line);
  const connected = await connectEndpoint(options, {signal, warn, tell});
  const endpoint = withAnswerCache(connected, options, {
    folder: join(runFolder, 'answers'),
    warn,
    isWorthKeeping,
  });
  const server = {baseUrl: place.baseUrl, apiKey};
  return {
    ...onceSettled(endpoint, ledger),
    baseUrl: place.baseUrl,
    model,
    timeoutMs,
    adapters: openAdapterServer(
      {baseUrl: place.baseUrl, model},
      (url, body) => postTo(server, url, body, timeoutMs),
      () => listModels(server, timeoutMs),
    ),
  };
};
