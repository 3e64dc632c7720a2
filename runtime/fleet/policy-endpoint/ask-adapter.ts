/** One request to the policy behind an endpoint, by the adapter that it names. */
import type {ActorContext} from '../../actor/context.js';
import {countAnswer} from '../../endpoints/answer-cache.js';
import type {Endpoint, EndpointReply} from '../../endpoints/endpoint.js';
import {RetryableError} from '../../errors.js';
import type {GenerationRequest} from '../../model/generation/generation.js';
import {type Text, transcriptOf} from '../../model/text/conversations.js';
import {samplingBody} from './answered.js';
import type {Adapter, KeptAdapters} from './kept-adapters.js';
import type {PolicyServer} from './open-policy.js';

/** Of a request that is turned away because its adapter is not there: the server may be started again more than once. */
const TRIES = 3;

/**
 * @param onGone told where the server took up no adapters any more.
 * @returns a function that asks, and once more where the server had forgotten the adapter. It throws a `RetryableError` where that
 * is not there any more.
 */
export const askByAdapters = (
  {count, signal, warn}: Pick<ActorContext<unknown>, 'count' | 'signal' | 'warn'>,
  server: PolicyServer,
  kept: KeptAdapters,
  endTokenIds: readonly number[],
  onGone: () => void = () => undefined,
) => {
  let saidOtherModel = false;
  return async (
    endpoint: Endpoint,
    request: GenerationRequest,
    prompt: Text,
    adapter: Adapter | undefined,
  ): Promise<EndpointReply> => {
    for (let tries = 1; ; tries += 1) {
      const seen = adapter === undefined ? 0 : kept.loadsOf(adapter);
      const named =
        adapter === undefined ? {model: server.model, body: {}} : server.adapters.naming(adapter.name);
      const reply = await endpoint.complete({
        model: named.model,
        prompt: transcriptOf(prompt),
        promptIds: request.promptIds,
        body: {...samplingBody(request, endTokenIds), ...named.body},
        seed: request.seed,
        signal,
      });
      if (reply.kind === 'answer') {
        countAnswer(count, reply);
        if (adapter !== undefined && reply.model !== named.model && !saidOtherModel) {
          saidOtherModel = true;
          warn(
            `endpoint ${server.baseUrl} names its answers ${reply.model}, and ${named.model} was asked: see that it serves adapters`,
          );
        }
        return reply;
      }
      if (adapter === undefined || tries === TRIES) return reply;
      switch (await kept.loadedAgain(adapter, seen)) {
        case 'loaded':
          continue;
        case 'there':
          return reply;
        case 'gone':
          onGone();
          throw new RetryableError(`${adapter.name} is not there any more: ${reply.reason}`);
      }
    }
  };
};
