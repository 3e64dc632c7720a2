import test from 'ava';
import {openCoreLink} from '../../../runtime/bus/connection/connection.js';
import type {CoreLink} from '../../../runtime/bus/connection/link.js';
import {chunkedSender} from '../../../runtime/exchange/sender.js';
import {startTestServer, type TestServer} from '../../helpers/nats.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server.remove());

const header = {kind: 'values', epoch: 0, from: 0, tag: '0.gradient.0', type: 'float32'} as const;

test('However much is sent at once, the server has not yet taken at most 4 MiB of it', async (t) => {
  const link = await openCoreLink({url: server.url, name: 'test'});
  t.teardown(() => link.close());
  let [sent, taken, most] = [0, 0, 0];
  const watched: CoreLink = {
    ...link,
    publish(subject, payload) {
      sent += payload.length;
      most = Math.max(most, sent - taken);
      link.publish(subject, payload);
    },
    async flush() {
      const before = sent;
      await link.flush();
      taken = Math.max(taken, before);
    },
  };
  const sender = chunkedSender(watched);
  const values = new Float32Array(2 ** 22);
  const sendings = ['a', 'b', 'c'].map((to) => sender.send(to, header, values, 0));
  await Promise.all(sendings.map(({handedOver}) => handedOver));
  t.true(sent > 3 * values.byteLength);

  t.true(most <= 4 * 2 ** 20, `${most} bytes`);
  t.true(most >= 3 * 2 ** 20, `${most} bytes`);
  await Promise.all(sendings.map((sending) => sending.taken));
  t.is(taken, sent);
});
