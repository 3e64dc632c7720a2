import test from 'ava';
import {deliveryInfoOf} from '../../../../runtime/bus/channels/ack-subject.js';

test('what a delivery says of itself is read from the ack subjects of both server generations', (t) => {
  const info = {deliveryCount: 2, streamSequence: 40, deliverySequence: 57};
  t.deepEqual(deliveryInfoOf('$JS.ACK.STREAM.readers.2.40.57.1700000000000000000.3'), info);
  t.deepEqual(deliveryInfoOf('$JS.ACK.domain.A1B2.STREAM.readers.2.40.57.1700000000000000000.3'), info);
  t.deepEqual(deliveryInfoOf('$JS.ACK._.A1B2.STREAM.readers.2.40.57.1700000000000000000.3.random'), info);
});

for (const subject of [
  '',
  '_INBOX.abc',
  '$JS.ACK.STREAM.readers.2.40',
  '$JS.ACK.STREAM.readers.x.40.57.17.3',
]) {
  test(`'${subject}' is no ack subject`, (t) => {
    t.is(deliveryInfoOf(subject), undefined);
  });
}
