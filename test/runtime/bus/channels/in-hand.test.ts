import test from 'ava';
import {firstValueFrom, NEVER, Subject} from 'rxjs';
import type {EvaluationScore} from '../../../../proto/messages.js';
import type {Delivery} from '../../../../runtime/bus/bus.js';
import {deliveryInfoOf} from '../../../../runtime/bus/channels/ack-subject.js';
import {deliveriesOf} from '../../../../runtime/bus/channels/queue.js';
import {openLink} from '../../../../runtime/bus/connection/connection.js';
import type {Link} from '../../../../runtime/bus/connection/link.js';
import {withSharedServer} from '../../../helpers/shared-server.js';
import {score} from '../score.js';
import {shortAckWaitSource} from '../short-ack-wait.js';

const busOf = withSharedServer();

test('a message that comes back to the process that is still at work on it is not given to it again, and its ack holds', async (t) => {
  const bus = await busOf(t);
  const own = await openLink({url: bus.url, run: bus.run, name: 'test'});
  t.teardown(() => own.close());
  const cameBack = new Subject<void>();
  const link: Link = {
    ...own,
    // As of a process that stands still: nobody hears that the message is in progress.
    publish(subject, payload, ...reply) {
      if (payload !== '+WPI') own.publish(subject, payload, ...reply);
    },
    subscribe: (subject, callback) =>
      own.subscribe(subject, (message) => {
        callback(message);
        if ((deliveryInfoOf(message.reply)?.deliveryCount ?? 0) > 1) cameBack.next();
      }),
  };
  const source = shortAckWaitSource(link, bus.run);
  const again = firstValueFrom(cameBack);
  await bus.publish('scores', score(0), '0');
  const deliveries: Delivery<EvaluationScore>[] = [];
  const reading = deliveriesOf(link, source, {maxInFlight: 2, drain$: NEVER}).subscribe((delivery) =>
    deliveries.push(delivery),
  );
  t.teardown(() => reading.unsubscribe());
  await again;
  t.is(deliveries.length, 1);
  await deliveries[0]?.ack();
  t.like(await link.consumerState(source.stream, source.durable), {numAckPending: 0});
  // There is room again, and for what comes after it.
  await bus.publish('scores', score(1), '1');
  await bus.publish('scores', score(2), '2');
  while (deliveries.length < 3) await new Promise(setImmediate);
  t.deepEqual(
    deliveries.map(({message}) => message.step),
    [0, 1, 2],
  );
});
