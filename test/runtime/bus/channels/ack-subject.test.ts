import test from 'ava';
import {deliveryFactsOf} from '../../../../runtime/bus/channels/ack-subject.js';

test('the facts of a delivery are read from the acknowledgement subjects of both server generations', (t) => {
  const facts = {attempt: 2, sequence: 40, deliverySequence: 57};
  t.deepEqual(deliveryFactsOf('$JS.ACK.STREAM.readers.2.40.57.1700000000000000000.3'), facts);
  t.deepEqual(deliveryFactsOf('$JS.ACK.domain.A1B2.STREAM.readers.2.40.57.1700000000000000000.3'), facts);
  t.deepEqual(deliveryFactsOf('$JS.ACK._.A1B2.STREAM.readers.2.40.57.1700000000000000000.3.random'), facts);
});

for (const subject of [
  '',
  '_INBOX.abc',
  '$JS.ACK.STREAM.readers.2.40',
  '$JS.ACK.STREAM.readers.x.40.57.17.3',
]) {
  test(`'${subject}' is no acknowledgement subject`, (t) => {
    t.is(deliveryFactsOf(subject), undefined);
  });
}
