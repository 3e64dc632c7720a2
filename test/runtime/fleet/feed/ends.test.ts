/** A prompt comes to one end, whatever the logs say of it. */
import test from 'ava';
import {RejectionReason} from '../../../../proto/messages.js';
import {createEndCounter} from '../../../../runtime/fleet/feed/ends.js';

const length = {reason: RejectionReason.REJECTION_REASON_LENGTH};
const stale = {reason: RejectionReason.REJECTION_REASON_STALE};

test('a prompt that is a pair and a rejection counts as the pair, in either order', (t) => {
  const ends = createEndCounter(2);
  ends.pair('5');
  ends.rejection({promptId: '5', ...length}, 1);
  ends.rejection({promptId: '6', ...length}, 2);
  t.deepEqual(ends.counts(), {rejected: 1, stale: 0, heldOut: {pairs: 0, rejected: 0}});
  ends.pair('6');
  ends.rejection({promptId: '0', ...length}, 3);
  t.deepEqual(ends.counts(), {rejected: 1, stale: 0, heldOut: {pairs: 0, rejected: 1}});
  ends.heldOutPair('0');
  t.deepEqual(ends.counts(), {rejected: 0, stale: 0, heldOut: {pairs: 1, rejected: 0}});
});

test('a stale pair is a rejection, also where its prompt was rejected before it was a pair', (t) => {
  const ends = createEndCounter(0);
  ends.rejection({promptId: '1', ...length}, 1);
  ends.pair('1');
  ends.rejection({promptId: '1', ...stale}, 2);
  ends.pair('1');
  t.deepEqual(ends.counts(), {rejected: 1, stale: 1, heldOut: {pairs: 0, rejected: 0}});
});
