import test from 'ava';
import {failureOf} from '../../../../runtime/bus/connection/failures.js';
import type {Wire} from '../../../../runtime/bus/connection/link.js';
import {openQuestions} from '../../../../runtime/bus/connection/requests.js';

const LIMIT_MS = 40;

/** Questions whose answers the test gives itself. */
const openHere = () => {
  let answer: (message: Wire) => void = () => undefined;
  const listen = (_subject: string, onMessage: (message: Wire) => void) => {
    answer = onMessage;
    return {stop: () => undefined, drain: async () => undefined};
  };
  const questions = openQuestions({listen}, 'inbox', LIMIT_MS);
  const replies: string[] = [];
  return {
    questions,
    ask: (subject: string) => questions.ask(subject, (reply) => replies.push(reply)),
    answer(question: number, text: string, status = 0) {
      const subject = replies[question] ?? '';
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

test('each question gets its own answer, whichever comes first, and only the first of its answers', async (t) => {
  const {ask, answer} = openHere();
  const asked = [ask('a'), ask('a'), ask('b')];
  answer(2, 'third');
  answer(0, 'first');
  answer(0, 'again');
  answer(1, 'second');
  const texts = (await Promise.all(asked)).map((data) => Buffer.from(data).toString());
  t.deepEqual(texts, ['first', 'second', 'third']);
});

test('a question that nobody takes or that nobody answers in time is told as such; a late answer changes nothing', async (t) => {
  // The wait for an answer does not keep a process alive.
  const alive = setInterval(() => undefined, 1_000);
  t.teardown(() => clearInterval(alive));
  const {ask, answer} = openHere();
  const [untaken, silent] = [ask('a'), ask('a')];
  answer(0, '', 503);
  t.is(await failing(untaken), 'unclaimed');
  t.is(await failing(silent), 'silent');
  answer(1, 'late');
  // The next one's time is counted from its own beginning.
  const next = ask('a');
  answer(2, 'in time');
  t.is(Buffer.from(await next).toString(), 'in time');
  t.is(await failing(ask('a')), 'silent');
});

test('a refused subject ends the questions to it; where answers may not be listened to, it ends all', async (t) => {
  const {ask, answer, questions} = openHere();
  const [refused, other] = [ask('a'), ask('b')];
  questions.refuse('a');
  await t.throwsAsync(refused, {code: 'PERMISSIONS_VIOLATION', message: 'a'});
  answer(1, 'b');
  t.is(Buffer.from(await other).toString(), 'b');
  const [one, two] = [ask('a'), ask('b')];
  questions.refuse('inbox.*');
  await t.throwsAsync(one, {code: 'PERMISSIONS_VIOLATION'});
  await t.throwsAsync(two, {code: 'PERMISSIONS_VIOLATION'});
});

test('a question that cannot be published is not waited for', async (t) => {
  const {questions} = openHere();
  const closed = new Error('closed');
  const asked = questions.ask('a', () => {
    throw closed;
  });
  t.is(await t.throwsAsync(asked), closed);
});
