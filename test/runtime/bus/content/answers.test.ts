/** Answers that the runs of a server share. */
import test from 'ava';
import {ANSWERS_STREAM, ANSWERS_SUBJECT} from '../../../../runtime/bus/channels/subjects.js';
import {openLink} from '../../../../runtime/bus/connection/connection.js';
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
