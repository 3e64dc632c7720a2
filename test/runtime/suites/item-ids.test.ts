import test from 'ava';
import {itemIds} from '../../../runtime/suites/item-ids.js';

test('an item is known by its turns wherever it is, and copies of one are told apart', (t) => {
  const [first, second, third, fourth] = itemIds([
    {prompt: 'a'},
    {prompt: 'b'},
    {prompt: 'a'},
    {prompt: 'a', followUps: ['b']},
  ]);
  // printf '["a"]' | sha256sum
  t.is(first, '0eb5b8d6f81bc677');
  t.is(third, `${first}-1`);
  t.is(new Set([first, second, third, fourth]).size, 4);
  t.deepEqual(itemIds([{prompt: 'b'}]), [second]);
});
