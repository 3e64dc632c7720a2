/** How an actor comes to ask the policy behind an endpoint: the same governor and the same account as all that a run asks. */
import {join} from 'node:path';
import type {ActorContext} from '../../actor/context.js';
import {type AdapterServer, openAdapterServer} from '../../endpoints/adapters.js';
import {withAnswerCache} from '../../endpoints/answer-cache.js';
import {type ChatRequest, listModels, postTo} from '../../endpoints/chat.js';
import {connectEndpoint} from '../../endpoints/connect.js';
import type {Endpoint, EndpointOptions} from '../../endpoints/endpoint.js';
import {apiKeyFor, placeOf} from '../../endpoints/place.js';
import {withPrice} from '../../endpoints/priced.js';
import type {Answer} from '../../endpoints/reply.js';
import type {Ledger} from '../asking/ledger.js';
import {accountedBy, onceSettled} from '../asking/open-asking.js';
import type {Fleet} from '../file/schema.js';
import type {evaluatorAsks, PolicyActor, samplerAsks} from '../fleet-actors.js';

export interface PolicyServer {
  readonly baseUrl: string;
  /** The policy before training, as the server calls it. */
  readonly model: string;
  readonly adapters: AdapterServer;
  /** One request's deadline. */
  readonly timeoutMs: number;
  /**
   * What answers by so many tokens at most, once it has answered something, or is waited for.
   *
   * @throws TerminalError where it cannot be asked.
   */
  answering(maxTokens: number): Promise<Endpoint>;
}

/**
 * Nothing is sent yet. What it answers is kept in the run's folder: a prompt that comes again, as after a kill or where one of its
 * requests had no answer, does not pay for it twice. Another run samples anew.
 *
 * @param isWorthKeeping of an answer.
 * @throws TerminalError where the fleet has no such endpoint, or no key for it.
 */
export const openPolicyServer = (
  context: ActorContext<Fleet>,
  actor: PolicyActor,
  asks: NonNullable<ReturnType<typeof samplerAsks> | ReturnType<typeof evaluatorAsks>>,
  ledger: Ledger,
  isWorthKeeping: (answer: Answer, request: ChatRequest) => boolean,
): PolicyServer => {
  const {fleet, runFolder, signal, log, warn: tell} = context;
  const {endpoint: name, model, seed, extraBody, concurrency, timeoutMs} = asks;
  const place = placeOf(actor, asks, fleet.endpoints);
  const apiKey = apiKeyFor(place);
  const server = {baseUrl: place.baseUrl, apiKey};
  const warn = (line: string): void => log.warn(line);
  return {
    baseUrl: place.baseUrl,
    model,
    timeoutMs,
    adapters: openAdapterServer(
      {baseUrl: place.baseUrl, model},
      (url, body) => postTo(server, url, body, timeoutMs),
      () => listModels(server, timeoutMs),
    ),
    async answering(maxTokens) {
      const options: EndpointOptions = {
        ...place,
        api: 'completions',
        apiKey,
        // Each request says its own.
        temperature: fleet.policy.temperature,
        maxTokens,
        seed,
        extraBody,
        concurrency,
        timeoutMs,
        ...accountedBy(ledger, fleet, name),
      };
      const folder = join(runFolder, 'answers');
      const connected = await connectEndpoint(options, {signal, warn, tell, isWaitedFor: true});
      const kept = withAnswerCache(connected, options, {folder, warn, isWorthKeeping});
      return onceSettled(withPrice(kept, options.price), ledger);
    },
  };
};
