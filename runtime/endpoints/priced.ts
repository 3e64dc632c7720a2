/**
 * Says of each answer what it cost, by the price of the endpoint, whether it is given now or was kept. Of one whose tokens the
 * endpoint does not count nobody knows.
 */
import type {CachedEndpoint} from './answer-cache.js';
import type {EndpointReply} from './endpoint.js';
import {costOf, type Price} from './usage.js';

export const withPrice = (endpoint: CachedEndpoint, price: Price | undefined): CachedEndpoint => {
  if (price === undefined) return endpoint;
  const priced = (reply: EndpointReply): EndpointReply =>
    reply.kind === 'answer' && reply.promptTokens + reply.completionTokens > 0
      ? {...reply, cost: costOf(reply, price)}
      : reply;
  return {
    async kept(request) {
      const known = await endpoint.kept(request);
      return known && priced(known);
    },
    complete: async (request) => priced(await endpoint.complete(request)),
  };
};
