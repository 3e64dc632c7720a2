/** Key-value entries that several processes change. */
import test from 'ava';
import type {KeyValues} from '../../../runtime/bus/bus.js';
import {RetryableError, TerminalError} from '../../../runtime/errors.js';
import {changeValue} from '../../../runtime/fleet/change-value.js';
import {startTestServer, type TestServer, withBus} from '../../helpers/nats.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server?.remove());

const KEY = 'phase';
interface Count {
  readonly feeding: 'done';
  readonly pairs: number;
}
const counted = (pairs: number): Count => ({feeding: 'done', pairs});
const oneMore = (value: Count | undefined): Count => counted((value?.pairs ?? 0) + 1);

test('Of those who change a value at once, none is lost', async (t) => {
  const bus = await withBus(t, server, 'at-once');
  await Promise.all(Array.from({length: 4}, () => changeValue<Count>(bus, KEY, oneMore)));
  t.deepEqual((await bus.kv.get<Count>(KEY))?.value, counted(4));
});

test('What is right as it is is not put again', async (t) => {
  const bus = await withBus(t, server, 'right');
  t.is(await changeValue<Count>(bus, KEY, () => undefined), undefined);
  await bus.kv.put(KEY, counted(7));
  const before = await bus.kv.get<Count>(KEY);
  t.deepEqual(await changeValue<Count>(bus, KEY, () => undefined), counted(7));
  t.deepEqual(await bus.kv.get<Count>(KEY), before);
});

test('A change whose answer got lost is looked at again, and what no other try can mend is thrown', async (t) => {
  const {kv} = await withBus(t, server, 'answers');
  let isLost = false;
  const losing: KeyValues = {
    ...kv,
    async compareAndSet(key, value, revision) {
      const isDone = await kv.compareAndSet(key, value, revision);
      if (isLost) return isDone;
      isLost = true;
      throw new RetryableError('the answer got lost');
    },
  };
  const upToOne = (value: Count | undefined) => (value === undefined ? counted(1) : undefined);
  t.deepEqual(await changeValue<Count>({kv: losing}, KEY, upToOne), counted(1));
  t.deepEqual((await kv.get<Count>(KEY))?.value, counted(1));

  const refusing: KeyValues = {
    ...kv,
    compareAndSet: () => Promise.reject(new TerminalError('no room')),
  };
  await t.throwsAsync(changeValue<Count>({kv: refusing}, KEY, oneMore), {message: 'no room'});
});
