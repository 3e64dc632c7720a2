import test from 'ava';
import {estimateText} from '../../../../runtime/command/eval/result.js';

test('A number has its interval beside it, but for one item’s, whose resamples are all alike', (t) => {
  const shown = {value: 7, low: 6.5, high: 7.5, weight: 1};
  t.is(estimateText({...shown, items: 2, interval: 'bootstrap'}), '7.000 (6.500 to 7.500; 2 items)');
  t.is(estimateText({...shown, items: 1, interval: 'bootstrap'}), '7.000 (1 item, no interval)');
  t.is(estimateText({...shown, items: 1, interval: 'wilson'}), '7.000 (6.500 to 7.500; 1 item)');
});
