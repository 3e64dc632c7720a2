/** Members that train as one over a real server. */
import test from 'ava';
import {openExchange} from '../../../runtime/exchange/exchange.js';
import {startTestServer, type TestServer} from '../../helpers/nats.js';
import {apart, batchOf, OPTIONS, openMembers, type Tensors, weightsOf} from '../../helpers/shard-members.js';

let server: TestServer;
test.before(async () => {
  server = await startTestServer();
});
test.after.always(() => server.remove());

for (const wire of ['float32', 'bfloat16'] as const) {
  test.serial(
    `gradients as ${wire}: the weights' bits are the same with any number of members`,
    async (t) => {
      const weights: Tensors[] = [];
      for (const members of [1, 2, 3]) {
        const learners = await openMembers(t, members, {parts: 3});
        const shared = {url: server.url, run: wire, epoch: members, members, timeoutMs: 20_000, wire};
        const exchanges = await Promise.all(learners.map((_, self) => openExchange({...shared, self})));
        t.teardown(() => Promise.all(exchanges.map((exchange) => exchange.close())));
        for (let step = 0; step < 3; step++) {
          const pairs = await batchOf(step);
          await Promise.all(
            learners.map((learner, self) => {
              const exchange = exchanges[self];
              return exchange && learner.step(pairs, OPTIONS, exchange);
            }),
          );
        }
        weights.push(weightsOf(t, learners));
      }
      const [alone, ...others] = weights;
      for (const each of others) t.deepEqual(each, alone);
      const plain = await openMembers(t, 1, {parts: 3});
      const exchange = await openExchange({
        url: server.url,
        run: wire,
        epoch: 0,
        self: 0,
        members: 1,
        timeoutMs: 1,
      });
      for (let step = 0; step < 3; step++)
        for (const learner of plain) await learner.step(await batchOf(step), OPTIONS, exchange);
      const off = apart(alone ?? new Map(), weightsOf(t, plain));
      t.true(wire === 'float32' ? off === 0 : off > 0 && off < 1e-3, `${off}`);
    },
  );
}
