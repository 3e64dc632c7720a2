import test from 'ava';
import {ask, type Readable} from '../../../runtime/actor/ask.js';
import type {EndpointReply} from '../../../runtime/endpoints/endpoint.js';

const {signal} = new AbortController();
const answer = (text: string): EndpointReply => ({
  kind: 'answer',
  text,
  finishReason: 'stop',
  model: 'm',
  requestId: '',
  promptTokens: 1,
  completionTokens: 1,
  seconds: 0,
});
type Number = {readonly kind: 'number'; readonly value: number};
const read = ({text}: {readonly text: string}): Readable<Number> =>
  /^\d+$/.test(text)
    ? {kind: 'number', value: Number(text)}
    : {kind: 'malformed', detail: `no number: ${text}`};

/** Asks what answers so, one after the other; what came of it, the seeds, and what was counted. */
const asked = async (replies: readonly EndpointReply[], retryMalformed: boolean) => {
  const seeds: (number | undefined)[] = [];
  const counted: string[] = [];
  const endpoint = {
    complete: async ({seed}: {readonly seed?: number | undefined}) => {
      seeds.push(seed);
      return replies[seeds.length - 1] ?? answer('');
    },
  };
  const count = (metric: string) => counted.push(metric);
  const found = await ask({signal, count}, endpoint, {prompt: 'p', seeds: [1, 2], read}, retryMalformed);
  return {found, seeds, retries: counted.filter((metric) => metric.startsWith('malformed'))};
};

test('a malformed answer is asked for once more, by another seed, and counted', async (t) => {
  const {found, seeds, retries} = await asked([answer('well'), answer('4')], true);
  t.like(found, {kind: 'read', read: {value: 4}});
  t.deepEqual(seeds, [1, 2]);
  t.deepEqual(retries, ['malformed/retried', 'malformed/mended']);
});

test('no answer is asked for a third time, or again where that is off', async (t) => {
  const twice = await asked([answer('well'), answer('hm'), answer('4')], true);
  t.like(twice.found, {kind: 'malformed', detail: 'no number: hm', text: 'hm'});
  t.deepEqual(twice.retries, ['malformed/retried']);
  const once = await asked([answer('well'), answer('4')], false);
  t.like(once.found, {kind: 'malformed', detail: 'no number: well', text: 'well'});
  t.deepEqual(once.retries, []);
});

test('a refusal is not asked again, and one of the second try says less than the first answer', async (t) => {
  const refused = {kind: 'refused', reason: 'no'} as const;
  t.like((await asked([refused], true)).found, refused);
  t.like((await asked([answer('well'), refused], true)).found, {kind: 'malformed', text: 'well'});
});

test('what was asked is counted over both tries, with what it cost where the endpoint has a price', async (t) => {
  const usageOf = async (...replies: EndpointReply[]) => (await asked(replies, true)).found.usage;
  const one = {requests: 1, promptTokens: 1, completionTokens: 1};
  t.deepEqual(await usageOf(answer('4')), one);
  const priced = (text: string, cost: number): EndpointReply => ({...answer(text), cost}) as EndpointReply;
  t.deepEqual(await usageOf(priced('well', 0.5), priced('4', 0.25)), {
    ...{requests: 2, promptTokens: 2, completionTokens: 2},
    cost: 0.75,
  });
  const refused = {kind: 'refused', reason: 'no'} as const;
  t.deepEqual(await usageOf(answer('well'), refused), one);
  t.deepEqual(await usageOf(refused), {requests: 0, promptTokens: 0, completionTokens: 0});
});
