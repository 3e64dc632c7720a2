import test from 'ava';
import {verdict} from '../../../../runtime/bench/learner/long.js';

const MEGABYTE = 2 ** 20;
/** Twenty looks: memory in megabytes and tensors by number of the look. */
const looks = (rss: (i: number) => number, tensors: (i: number) => number = () => 80) =>
  Array.from({length: 20}, (_, i) => ({
    rssBytes: rss(i) * MEGABYTE,
    heapBytes: 40 * MEGABYTE,
    tensors: tensors(i),
  }));

test('memory that grows in the first half only does not grow', (t) => {
  t.false(verdict(looks((i) => 300 + Math.min(i, 9) * 10)).grows);
});

test('memory that goes up and down does not grow', (t) => {
  t.false(verdict(looks((i) => 300 + (i % 2) * 20)).grows);
});

test('memory that grows by 2 MB a look grows', (t) => {
  const {grows, rssGrowthMegabytes} = verdict(looks((i) => 300 + 2 * i + (i % 2)));
  t.true(grows);
  t.true(Math.abs(rssGrowthMegabytes - 18) < 1, `${rssGrowthMegabytes}`);
});

test('one tensor more is growth', (t) => {
  t.true(
    verdict(
      looks(
        () => 300,
        (i) => 80 + Number(i > 15),
      ),
    ).grows,
  );
});
