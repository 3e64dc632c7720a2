import test from 'ava';
import type {Endpoint, EndpointReply} from '../../../runtime/endpoints/endpoint.js';
import {judgeOf, judgeRemedy, unscoredBecause} from '../../../runtime/suites/judge.js';
import {markedNumber, numberFrom, verdictReader} from '../../../runtime/suites/verdict.js';

const {signal} = new AbortController();
const rating = {name: 'rating', values: [1, 2], marked: markedNumber(1, 2), value: numberFrom(1, 2)};
const answer = (text: string, finishReason = 'stop'): EndpointReply => ({
  ...{kind: 'answer', text, finishReason, model: 'm', requestId: ''},
  ...{promptTokens: 1, completionTokens: 1, seconds: 0},
});
/** Asked once, of an endpoint that replies so, the last for ever. */
const asked = async (replies: readonly EndpointReply[], form: 'marked' | 'plain' = 'marked') => {
  const seeds: unknown[] = [];
  const endpoint: Endpoint = {
    async complete({seed}) {
      seeds.push(seed);
      return replies[Math.min(seeds.length, replies.length) - 1] ?? answer('');
    },
  };
  const judge = judgeOf(endpoint, {model: 'm', signal});
  const verdict = await judge.ask({prompt: 'q'}, verdictReader(rating, {form}));
  return {verdict, seeds, why: verdict.kind === 'read' ? '' : unscoredBecause(verdict)};
};

test('What cannot be read is asked again by another seed, in three tries', async (t) => {
  const mended = await asked([answer('Good.'), answer('[[2]]')]);
  t.like(mended, {verdict: {kind: 'read', value: 2}, seeds: [0, 1]});
  const never = await asked([answer('Good.'), answer('Fine.'), answer('Nice.')]);
  t.like(never, {verdict: {kind: 'unreadable', tries: 3, cause: 'form'}, why: 'the judge cannot be read'});
});

test('Where another seed brings the same words, as where an endpoint decodes greedily, a third would', async (t) => {
  t.deepEqual((await asked([answer('Good.')])).seeds, [0, 1]);
});

test('An answer that is cut is not asked for again, and is told apart from one that cannot be read', async (t) => {
  const cut = await asked([answer('It is', 'length')]);
  t.deepEqual(cut.seeds, [0]);
  t.is(cut.why, "the judge's answer is cut");
  t.is(
    judgeRemedy('--judge', cut.why),
    'raise --judge-max-tokens, or ask for less (--judge-form plain, and --judge-structured where the endpoint can hold answers to JSON)',
  );
  t.regex(
    judgeRemedy('evaluation.judge', cut.why) ?? '',
    /^raise evaluation\.judge\.maxTokens, or ask for less \(evaluation\.judge\.form: plain, and evaluation\.judge\.structured: true/,
  );
  // What was said before it was cut counts; of the value alone, once its line has ended.
  t.like(await asked([answer('Rating: [[2]] since', 'length')]), {verdict: {kind: 'read', value: 2}});
  t.is((await asked([answer('1', 'length')], 'plain')).why, "the judge's answer is cut");
  t.like(await asked([answer('1\n', 'length')], 'plain'), {verdict: {kind: 'read', value: 1}});
});

test('An empty answer, one that a filter withheld and one that is refused each have their reason', async (t) => {
  t.is((await asked([answer(' ')])).why, "the judge's answer is empty");
  t.is((await asked([answer('', 'content_filter')])).why, 'the judge was blocked');
  t.is((await asked([{kind: 'refused', reason: 'no'}])).why, 'the judge was blocked');
  t.is((await asked([answer('Go', 'error')])).why, "the judge's answer is broken off");
  for (const reason of ["the judge's answer is empty", 'the judge was blocked', 'the judge cannot be read'])
    t.notRegex(judgeRemedy('--judge', reason) ?? 'none', /^correct|none$/, reason);
  t.is(judgeRemedy('--judge', 'there is no judge'), undefined);
});
