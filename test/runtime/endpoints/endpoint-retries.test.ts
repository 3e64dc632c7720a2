/** What can pass is tried again while the deadline lasts. */
import test, {type ExecutionContext} from 'ava';
import {openEndpoint} from '../../../runtime/endpoints/endpoint.js';
import {RetryableError} from '../../../runtime/errors.js';
import {failureOf, optionsFor, signal} from '../../helpers/asking.js';
import {
  apiError,
  completion,
  html,
  inOrder,
  json,
  type ScriptedReply,
  scriptedEndpoint,
} from '../../helpers/scripted-endpoint.js';

for (const [what, passing] of [
  ['500', apiError(500, 'oops')],
  [
    '503 with a web page',
    {kind: 'respond', status: 503, body: '<html>', headers: {'content-type': 'text/html'}},
  ],
  ['408', apiError(408, 'slow')],
  [
    'a router that answers 200 with an error inside',
    json(200, {error: {message: 'provider failed', code: 502}}),
  ],
  ['a passing web page', html],
  ['a connection cut before the answer', {kind: 'cut', where: 'head'}],
  ['a connection cut within the answer', {kind: 'cut', where: 'body'}],
] as const) {
  test(`after ${what}, the next try is the answer`, async (t) => {
    const {baseUrl, requests} = await scriptedEndpoint(t, inOrder(passing, completion('fine')));
    const reply = await openEndpoint(optionsFor(baseUrl)).complete({prompt: 'hello', signal});
    t.is(reply.kind === 'answer' && reply.text, 'fine');
    t.is(requests.length, 2);
  });
}

for (const [form, headers] of [
  ['seconds', {'retry-after': '3600'}],
  ['milliseconds', {'retry-after-ms': '3600000', 'retry-after': '1'}],
] as const) {
  test(`a wait in ${form} that is longer than the deadline is left to whoever asks again later`, async (t) => {
    const {baseUrl, requests} = await scriptedEndpoint(t, () => apiError(429, 'come back later', {headers}));
    const endpoint = openEndpoint(optionsFor(baseUrl));
    const error = await t.throwsAsync(endpoint.complete({prompt: 'hello', signal}), {
      instanceOf: RetryableError,
    });
    t.is(error instanceof RetryableError && error.retryAfterMs, 3_600_000);
    t.regex(error?.message ?? '', /429 come back later; lower actors\.reviser\.concurrency/);
    t.is(requests.length, 1);
  });
}

test('429 is tried again no sooner than the endpoint asks', async (t) => {
  const times: number[] = [];
  const script = inOrder(
    apiError(429, 'slow down', {headers: {'retry-after-ms': '300'}}),
    completion('fine'),
  );
  const {baseUrl} = await scriptedEndpoint(t, () => {
    times.push(performance.now());
    return script();
  });
  t.is((await openEndpoint(optionsFor(baseUrl)).complete({prompt: 'hello', signal})).kind, 'answer');
  const [first = 0, second = 0] = times;
  // A slow machine makes it longer; timers may fire a millisecond early.
  t.true(second - first >= 299);
});

test('a date is a wait too, and one that has passed is none', async (t) => {
  const past = apiError(429, 'slow down', {headers: {'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT'}});
  const future = apiError(429, 'slow down', {
    headers: {'retry-after': new Date(Date.now() + 3_600_000).toUTCString()},
  });
  const {baseUrl, requests} = await scriptedEndpoint(t, inOrder(past, future));
  const endpoint = openEndpoint(optionsFor(baseUrl));
  const error = await t.throwsAsync(endpoint.complete({prompt: 'hello', signal}), {
    instanceOf: RetryableError,
  });
  const waitMs = error instanceof RetryableError ? (error.retryAfterMs ?? 0) : 0;
  t.true(waitMs > 3_500_000 && waitMs <= 3_600_000);
  t.is(requests.length, 2);
});

test('an endpoint that never answers ends by its deadline, with its name and the remedy', async (t) => {
  const {baseUrl} = await scriptedEndpoint(t, () => ({kind: 'hang'}));
  t.regex(
    await failureOf(t, optionsFor(baseUrl, {timeoutMs: 200}), RetryableError),
    /^endpoint http:\/\/127\.0\.0\.1:\d+\/v1, model scripted: no answer within 0\.2 s in 1 try, the last: .*raise actors\.reviser\.timeoutMs/,
  );
});

test('an answer that begins and never ends has the same deadline', async (t) => {
  const {baseUrl} = await scriptedEndpoint(t, () => ({kind: 'stall'}));
  t.regex(
    await failureOf(t, optionsFor(baseUrl, {timeoutMs: 200}), RetryableError),
    /no answer within 0\.2 s/,
  );
});

test('a closed port is tried until the deadline, and the error says that nothing listens', async (t) => {
  // No test listens there, as another may on a port that was free a moment ago.
  const message = await failureOf(t, optionsFor('http://127.0.0.1:2/v1', {timeoutMs: 2000}), RetryableError);
  t.regex(
    message,
    /connect ECONNREFUSED 127\.0\.0\.1:\d+; start it, or correct endpoints\.scripted\.baseUrl/,
  );
});

/** A clock of the test's own, which goes on when it is told to; tests that have one are serial. */
const clockOf = (t: ExecutionContext) => {
  const now = performance.now.bind(performance);
  let passedMs = 0;
  performance.now = () => now() + passedMs;
  t.teardown(() => {
    performance.now = now;
  });
  return {
    pass(ms: number): void {
      passedMs += ms;
    },
  };
};
/** Longer than an answer takes on any machine. */
const timeoutMs = 60_000;

test.serial('the wait for a turn is not part of the deadline', async (t) => {
  const clock = clockOf(t);
  const {baseUrl} = await scriptedEndpoint(t, () => {
    clock.pass(0.6 * timeoutMs);
    return completion('fine');
  });
  const endpoint = openEndpoint(optionsFor(baseUrl, {concurrency: 1, timeoutMs}));
  const replies = await Promise.all(
    Array.from({length: 5}, () => endpoint.complete({prompt: 'hello', signal})),
  );
  t.deepEqual(
    replies.map(({kind}) => kind),
    Array<string>(5).fill('answer'),
  );
});

test.serial(
  'silence for three deadlines on end ends for good; an answer in between begins the count again',
  async (t) => {
    const clock = clockOf(t);
    const silence = (): ScriptedReply => {
      clock.pass(timeoutMs);
      return {kind: 'cut', where: 'head'};
    };
    const script = [silence, silence, () => completion('still here'), silence, silence, silence, silence];
    const {baseUrl, requests} = await scriptedEndpoint(t, () => script[requests.length - 1]?.() ?? html);
    const endpoint = openEndpoint(optionsFor(baseUrl, {timeoutMs}));
    const ends = [];
    for (let i = 0; i < 6; i += 1) {
      ends.push(
        await endpoint.complete({prompt: 'hello', signal}).then(
          ({kind}) => kind,
          (error: Error) => error.name,
        ),
      );
    }
    t.deepEqual(ends, [
      'RetryableError',
      'RetryableError',
      'answer',
      'RetryableError',
      'RetryableError',
      'TerminalError',
    ]);
  },
);
