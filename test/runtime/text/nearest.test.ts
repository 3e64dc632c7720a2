import test from 'ava';
import {nearest} from '../../../runtime/text/nearest.js';

test('A mistyped word is near what was meant, and no other', (t) => {
  const known = ['beta', 'learningRate', 'name'];
  t.is(nearest('betta', known), 'beta');
  t.is(nearest('learnRate', known), 'learningRate');
  t.is(nearest('temperature', known), undefined);
  t.is(nearest('betta', []), undefined);
});
