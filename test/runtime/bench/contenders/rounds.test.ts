import test from 'ava';
import {fastest, median, ratios, timingsOf} from '../../../../runtime/bench/contenders/rounds.js';

test('the median of an even count is between the middle two', (t) => {
  t.is(median([9, 1, 5]), 5);
  t.is(median([9, 1, 5, 2]), 3.5);
});

test('ratios are taken within a round, so that a round that was slow for all counts like any other', (t) => {
  const [ours, other] = [
    timingsOf([
      [1, 1],
      [10, 10],
      [2, 2],
    ]),
    timingsOf([
      [3, 3],
      [30, 30],
      [4, 4],
    ]),
  ];
  t.deepEqual(ratios(ours, other), {median: 3, byRound: [3, 3, 2]});
  t.is(ours.min, 1);
  t.is(ours.median, 2);
});

test('the fastest of several is chosen anew each round', (t) => {
  const both = fastest([timingsOf([[3], [5]]), timingsOf([[4], [2]])]);
  t.deepEqual(both, {median: 2.5, min: 2, byRound: [3, 2]});
});
