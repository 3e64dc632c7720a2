/** What an answer cost is said with it, however it came. */
import test from 'ava';
import type {CachedEndpoint} from '../../../runtime/endpoints/answer-cache.js';
import type {EndpointReply} from '../../../runtime/endpoints/endpoint.js';
import {withPrice} from '../../../runtime/endpoints/priced.js';

const {signal} = new AbortController();
const answer = (promptTokens: number, completionTokens: number): EndpointReply => ({
  ...{kind: 'answer', text: 'a', finishReason: 'stop', model: 'm', requestId: '', seconds: 0},
  ...{promptTokens, completionTokens},
});
const answering = (reply: EndpointReply): CachedEndpoint => ({
  kept: async ({prompt}) => (prompt === 'known' ? reply : undefined),
  complete: async () => reply,
});
const price = {inputPerMillion: 2, outputPerMillion: 10};

test('An answer costs by its tokens, whether it is given now or was kept', async (t) => {
  const endpoint = withPrice(answering(answer(1000, 200)), price);
  t.like(await endpoint.complete({prompt: 'p', signal}), {cost: 0.004});
  t.like(await endpoint.kept({prompt: 'known'}), {cost: 0.004});
  t.is(await endpoint.kept({prompt: 'p'}), undefined);
});

test('Without a price, or a count of tokens, nobody knows; a refusal costs nothing', async (t) => {
  const uncounted = await withPrice(answering(answer(0, 0)), price).complete({prompt: 'p', signal});
  const unpriced = await withPrice(answering(answer(5, 5)), undefined).complete({prompt: 'p', signal});
  t.false('cost' in uncounted || 'cost' in unpriced);
  const refused = {kind: 'refused', reason: 'no'} as const;
  t.deepEqual(await withPrice(answering(refused), price).complete({prompt: 'p', signal}), refused);
});
