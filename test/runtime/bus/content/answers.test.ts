/** Answers that the runs of a server share. */
import test from 'ava';
import {ANSWERS_STREAM, ANSWERS_SUBJECT} from '../../../../runtime/bus/channels/subjects.js';
import {openLink} from '../../../../runtime/bus/connection/connection.js';
import {clientErrorWith, timedOut} from '../../../../runtime/bus/connection/failures.js';
import {openAnswers} from '../../../../runtime/bus/content/answers.js';
import {withBus, withNatsServer} from '../../../helpers/nats.js';

const HASH = 'a'.repeat(64);

test('Answers are there once somebody made room for them, for every run, until they are replaced', async (t) => {
  const server = await withNatsServer(t);
  const [one, other] = [await withBus(t, server, 'one'), await withBus(t, server, 'other')];
  t.false(await one.answers.isThere());
  await one.answers.make();
  await other.answers.make();
  t.true(await other.answers.isThere());
  t.is(await other.answers.get(HASH), undefined);
  for (const text of ['first', 'second']) {
    await one.answers.put(HASH, Buffer.from(text));
    t.is(Buffer.from((await other.answers.get(HASH)) ?? '').toString(), text);
  }
  await one.deleteRun();
  t.is(Buffer.from((await other.answers.get(HASH)) ?? '').toString(), 'second');
  await t.throwsAsync(async () => one.answers.put('*', Buffer.from('x')), {message: /is no SHA-256/});
});

test('The store is bounded, and keeps one message of a subject', async (t) => {
  const server = await withNatsServer(t);
  const bus = await withBus(t, server);
  await bus.answers.make();
  const link = await openLink({url: server.url, run: 'run', name: 'onlooker'});
  t.teardown(() => link.close());
  const told = JSON.parse(
    Buffer.from(await link.request(`$JS.API.STREAM.INFO.${ANSWERS_STREAM}`, '')).toString(),
  );
  t.like(told.config, {
    max_bytes: 256 * 1024 * 1024,
    max_msgs_per_subject: 1,
    discard: 'old',
  });
  t.deepEqual(told.config.subjects, [`${ANSWERS_SUBJECT}.>`]);
});

test('Where nobody answers, nothing is looked for or kept for a minute; other failures cost no pause', async (t) => {
  const asked: string[] = [];
  let failure: Error | undefined;
  const act = async <T>(what: string, value: T): Promise<T> => {
    asked.push(what);
    if (failure !== undefined) throw failure;
    return value;
  };
  const link = {
    ensureStore: () => Promise.resolve(),
    streamState: () => Promise.reject(new Error('not asked for')),
    directGet: () => act('get', Buffer.from('kept')),
    put: () => act('put', undefined),
  };
  let nowMs = 0;
  const answers = openAnswers(link, () => nowMs);
  failure = clientErrorWith('no message found', '404');
  t.is(await answers.get(HASH), undefined);
  failure = new Error('too large');
  await t.throwsAsync(answers.put(HASH, Buffer.from('x')), {message: 'too large'});
  failure = timedOut();
  await t.throwsAsync(answers.get(HASH), {message: 'no answer'});
  t.deepEqual(asked, ['get', 'put', 'get']);
  t.is(await answers.get(HASH), undefined);
  await answers.put(HASH, Buffer.from('x'));
  nowMs = 59_999;
  t.is(await answers.get(HASH), undefined);
  t.is(asked.length, 3);
  failure = undefined;
  nowMs = 60_000;
  t.is(Buffer.from((await answers.get(HASH)) ?? '').toString(), 'kept');
});
