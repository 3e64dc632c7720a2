/** A prompt comes to one end, whatever the logs say of it. */
import test from 'ava';
import {createEndCounter} from '../../../runtime/metrics/ends.js';
import {endsOf} from '../../helpers/ends.js';

test('A prompt that is a pair and a rejection counts as the pair, in either order', (t) => {
  const ends = createEndCounter(2);
  ends.pair('5');
  t.false(ends.rejection({promptId: '5', word: 'length'}, 1));
  t.true(ends.rejection({promptId: '6', word: 'length'}, 2));
  t.deepEqual(ends.counts(), {prompts: 2, made: 1, rejected: 1, stale: 0, heldOut: {pairs: 0, rejected: 0}});
  ends.pair('6');
  ends.rejection({promptId: '0', word: 'length'}, 3);
  t.deepEqual(ends.counts(), {prompts: 3, made: 2, rejected: 1, stale: 0, heldOut: {pairs: 0, rejected: 1}});
  ends.heldOutPair('0');
  t.deepEqual(ends.counts(), {prompts: 3, made: 3, rejected: 0, stale: 0, heldOut: {pairs: 1, rejected: 0}});
  t.deepEqual(ends.rejections(), {});
});

test('A stale pair is one prompt: a pair that was made, and a rejection, whatever it was rejected for before', (t) => {
  const ends = createEndCounter(0);
  ends.rejection({promptId: '1', word: 'length'}, 1);
  ends.pair('1');
  t.true(ends.rejection({promptId: '1', word: 'stale'}, 2));
  ends.pair('1');
  t.deepEqual(ends.counts(), {prompts: 1, made: 1, rejected: 1, stale: 1, heldOut: {pairs: 0, rejected: 0}});
  // Its rejections come first where one log is ahead of the other.
  ends.rejection({promptId: '2', word: 'length'}, 3);
  ends.rejection({promptId: '2', word: 'stale'}, 4);
  t.like(ends.counts(), {prompts: 2, made: 1, rejected: 2, stale: 2});
  ends.pair('2');
  t.like(ends.counts(), {prompts: 2, made: 2, rejected: 2, stale: 2});
  t.deepEqual(ends.rejections(), {stale: 2});
});

test('A prompt is rejected once, for what was said first; what could not be read and was none of the run’s is no prompt', (t) => {
  const ends = endsOf(1, {length: 1});
  t.false(ends.rejection({promptId: '1', word: 'format'}, 2));
  t.false(ends.rejection({promptId: '', word: 'unreadable', channel: 'metrics'}, 3));
  t.false(ends.rejection({promptId: '0-6', word: 'unreadable', channel: 'anchor_pairs'}, 4));
  t.true(ends.rejection({promptId: '', word: 'unreadable', channel: 'candidates'}, 5));
  t.true(ends.rejection({promptId: '', word: 'unreadable', channel: 'pairs'}, 6));
  t.deepEqual(ends.rejections(), {length: 1, unreadable: 2});
  t.like(ends.counts(), {prompts: 4, made: 1, rejected: 3});
});
