import test from 'ava';
import {holdOutOf, isHeldOut, withoutHeldOutCopies} from '../../../../runtime/fleet/file/held-out.js';

const fleet = {evaluation: {suite: 'heldout', holdOut: 2}} as const;

test('The first prompts are held back, by their ids alone; what is no number is none of them', (t) => {
  const isHeld = (id: string) => isHeldOut(id, fleet);
  t.deepEqual(['0', '1', '2', '10', '', '-1', '0x1', ' 1'].map(isHeld), [
    true,
    true,
    false,
    false,
    false,
    false,
    false,
    false,
  ]);
});

test('No prompt is held back for another suite, or for none', (t) => {
  t.is(holdOutOf({evaluation: {suite: 'arithmetic', count: 8, maxCompletionTokens: 8}}), 0);
  t.false(isHeldOut('0', {evaluation: undefined}));
});

test('What is held back is not trained on under another number', (t) => {
  const left = (texts: string, of: Parameters<typeof withoutHeldOutCopies>[1]) =>
    withoutHeldOutCopies([...texts], of).join('');
  t.is(left('abcacb', fleet), 'abcc');
  t.is(left('aa', {evaluation: undefined}), 'aa');
});
