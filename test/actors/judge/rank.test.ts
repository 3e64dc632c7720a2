import test from 'ava';
import {meetingsOf, pointsOf} from '../../../actors/judge/rank.js';

test('each answer meets every other once, and its points are what it won less what it lost', (t) => {
  t.deepEqual(
    meetingsOf(4).map(({first, second}) => `${first}${second}`),
    ['01', '02', '03', '12', '13', '23'],
  );
  t.deepEqual(
    pointsOf(3, [
      {first: 0, second: 1, better: 'second'},
      {first: 1, second: 2, better: 'first'},
    ]),
    [-1, 2, -1],
  );
});
