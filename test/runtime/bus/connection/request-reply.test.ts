import test from 'ava';
import {failureOf} from '../../../../runtime/bus/connection/failures.js';
import type {Msg} from '../../../../runtime/bus/connection/link.js';
import {openRequests} from '../../../../runtime/bus/connection/request-reply.js';

const LIMIT_MS = 40;

/** Requests whose answers the test gives itself. */
const openHere = () => {
  let answer: (message: Msg) => void = () => undefined;
  const subscribe = (_subject: string, onMessage: (message: Msg) => void) => {
    answer = onMessage;
    return {unsubscribe: () => undefined, drain: async () => undefined};
  };
  const requests = openRequests({subscribe}, 'inbox', LIMIT_MS);
  const replies: string[] = [];
  return {
    requests,
    request: (subject: string) => requests.request(subject, (reply) => replies.push(reply)),
    answer(index: number, text: string, status = 0) {
      const subject = replies[index] ?? '';
      answer({subject, reply: '', data: Buffer.from(text), status, protocol: () => ''});
    },
  };
};
const failing = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'answered';
  } catch (error) {
    return failureOf(error);
  }
};

test('each request gets its own answer, whichever comes first, and only the first of its answers', async (t) => {
  const {request, answer} = openHere();
  const pending = [request('a'), request('a'), request('b')];
  answer(2, 'third');
  answer(0, 'first');
  answer(0, 'again');
  answer(1, 'second');
  const texts = (await Promise.all(pending)).map((data) => Buffer.from(data).toString());
  t.deepEqual(texts, ['first', 'second', 'third']);
});

test('a request that has no responders or that nobody answers in time is told as such; a late answer changes nothing', async (t) => {
  // The wait for an answer does not keep a process alive.
  const alive = setInterval(() => undefined, 1_000);
  t.teardown(() => clearInterval(alive));
  const {request, answer} = openHere();
  const [unheard, silent] = [request('a'), request('a')];
  answer(0, '', 503);
  t.is(await failing(unheard), 'noResponders');
  t.is(await failing(silent), 'timeout');
  answer(1, 'late');
  // The next one's time is counted from its own beginning.
  const next = request('a');
  answer(2, 'in time');
  t.is(Buffer.from(await next).toString(), 'in time');
  t.is(await failing(request('a')), 'timeout');
});

test('a permissions violation ends the requests to its subject; where it is that of the answers, it ends all', async (t) => {
  const {request, answer, requests} = openHere();
  const [forbidden, other] = [request('a'), request('b')];
  requests.onPermissionsViolation('a');
  await t.throwsAsync(forbidden, {code: 'PERMISSIONS_VIOLATION', message: 'a'});
  answer(1, 'b');
  t.is(Buffer.from(await other).toString(), 'b');
  const [one, two] = [request('a'), request('b')];
  requests.onPermissionsViolation('inbox.*');
  await t.throwsAsync(one, {code: 'PERMISSIONS_VIOLATION'});
  await t.throwsAsync(two, {code: 'PERMISSIONS_VIOLATION'});
});

test('a request that cannot be published is not waited for', async (t) => {
  const {requests} = openHere();
  const closed = new Error('closed');
  const pending = requests.request('a', () => {
    throw closed;
  });
  t.is(await t.throwsAsync(pending), closed);
});
