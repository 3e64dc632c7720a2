/** Replies as endpoints send them. */
import test from 'ava';
import {completionIn, failureOfStatus, modelsIn} from '../../../runtime/endpoints/reply.js';

const asked = {model: 'm', maxTokens: 64};
const choice = (message: object, more: object = {finish_reason: 'stop'}) => ({choices: [{message, ...more}]});
const read = (body: unknown) => completionIn(typeof body === 'string' ? body : JSON.stringify(body), asked);
const none = {kind: 'answer', finishReason: 'stop', model: 'm', promptTokens: 0, completionTokens: 0};
const fine = {...none, text: 'fine'};

for (const [what, body, answer] of [
  ['no model and no usage', choice({content: 'fine'}), fine],
  ['nulls', {...choice({content: 'fine', refusal: null}), model: null, usage: null}, fine],
  [
    'a usage in part, and words for numbers',
    {...choice({content: 'fine'}), usage: {prompt_tokens: 'many', completion_tokens: 3}},
    {...fine, completionTokens: 3},
  ],
  ['no finish reason', choice({content: 'fine'}, {}), {...fine, finishReason: ''}],
  [
    'no finish reason, and as many tokens as there may be',
    {...choice({content: 'fine'}, {finish_reason: null}), usage: {completion_tokens: 64}},
    {...fine, finishReason: 'length', completionTokens: 64},
  ],
  [
    'parts, thoughts among them',
    choice({
      content: [
        {type: 'thinking', thinking: [{type: 'text', text: 'hm'}]},
        {type: 'reasoning', text: 'hm'},
        {type: 'text', text: 'fi'},
        {type: 'text', text: 'ne'},
      ],
    }),
    fine,
  ],
  [
    'reasoning beside the content',
    choice({content: 'fine', reasoning_content: 'hm'}),
    {...fine, reasoning: 'hm'},
  ],
  [
    'reasoning alone',
    choice({content: null, reasoning: 'hm'}),
    {...none, text: '', reasoning: 'hm', emptyReason: 'the answer is empty, and all that came is reasoning'},
  ],
  [
    'a tool call',
    choice({content: null, tool_calls: [{id: 'c'}]}),
    {...none, text: '', emptyReason: 'the answer is empty: the model called a tool'},
  ],
  ['white space around it', `\n   \n${JSON.stringify(choice({content: 'fine'}))}\n`, fine],
  [
    'a stream that nobody asked for',
    ': keep-alive\n\ndata: {"model":"n","choices":[{"delta":{"role":"assistant","content":"fi"}}]}\r\n\r\n' +
      'data: {"choices":[{"delta":{"content":"ne"},"finish_reason":"stop"}]}\n\n' +
      'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\ndata: [DONE]\n\n',
    {...fine, model: 'n', promptTokens: 1, completionTokens: 2},
  ],
] as const) {
  test(`an answer with ${what} is read`, (t) => {
    t.deepEqual(read(body), answer);
  });
}

for (const [what, body, kind, reason] of [
  ['no choice', {choices: []}, 'garbage', 'not a chat completion: {"choices":[]}'],
  ['nothing', '', 'garbage', 'not a chat completion: nothing'],
  ['a text as error', {error: 'upstream overloaded'}, 'unavailable', 'upstream overloaded'],
  ['an error with a status', {error: {message: 'slow down', code: 429}}, 'overloaded', 'slow down'],
  ['an error of one request', {error: {message: 'no', code: 'content_filter'}}, 'refused', 'no'],
  [
    'a filter’s finish reason',
    choice({content: 'half of'}, {finish_reason: 'SAFETY'}),
    'refused',
    "the endpoint's filter withheld the answer: finish_reason is SAFETY",
  ],
  [
    'a fault in its choice',
    choice({content: 'half of'}, {finish_reason: 'error', error: {message: 'provider gone', code: 502}}),
    'unavailable',
    'the answer broke off: finish_reason is error: provider gone',
  ],
  [
    'a stream that breaks off',
    'data: {"choices":[{"delta":{"content":"fi"}}]}\n\n',
    'garbage',
    'not a chat completion: data: {"choices":[{"delta":{"content":"fi"}}]}',
  ],
] as const) {
  test(`an answer with ${what} is ${kind}`, (t) => {
    t.like(read(body), {kind, reason});
  });
}

test('a reason is one printable line of bounded length, whatever the body is', (t) => {
  const headers = new Headers();
  const reasonOf = (body: string) => failureOfStatus(500, headers, body).reason;
  t.is(reasonOf('a\u001b[31m\u0000b\u202e\n\nc'), '500 a [31m b c');
  t.is(reasonOf(''), '500 with an empty body');
  t.is(reasonOf('{}'), '500 {}');
  t.is(reasonOf('{"error": {"message": ""}, "trace": "t"}'), '500 {"error": {"message": ""}, "trace": "t"}');
  t.is(reasonOf('😀'.repeat(300)), `500 ${'😀'.repeat(200)}…`);
  t.is(reasonOf('['.repeat(30_000) + ']'.repeat(30_000)), `500 ${'['.repeat(200)}…`);
});

test('no wait is longer than an hour, and none is shorter than nothing', (t) => {
  const waitOf = (value: string) =>
    failureOfStatus(429, new Headers({'retry-after': value}), '').retryAfterMs;
  t.is(waitOf('2'), 2000);
  t.is(waitOf('1e12'), 3_600_000);
  t.is(waitOf('Fri, 31 Dec 9999 23:59:59 GMT'), 3_600_000);
  t.is(waitOf('Wed, 21 Oct 2015 07:28:00 GMT'), 0);
  t.is(waitOf('soon'), undefined);
});

test('a list of models is read, and what is none is shown', (t) => {
  t.deepEqual(modelsIn('{"data": [{"id": "a"}]}'), {kind: 'models', models: ['a']});
  t.deepEqual(modelsIn('[{"id": "a"}]'), {kind: 'models', models: ['a']});
  t.like(modelsIn('<html>'), {kind: 'garbage', reason: 'not a list of models: <html>'});
  // Of an API that keeps no list only a request can tell.
  t.like(modelsIn('{"data": null}'), {
    kind: 'denied',
    status: 200,
    reason: 'not a list of models: {"data": null}',
  });
});
