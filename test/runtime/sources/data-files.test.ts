import test from 'ava';
import {isWhole} from '../../../runtime/sources/data-files.js';

test('A split of numbered files is whole when each of them is there, whatever hash is behind the number', (t) => {
  const train = [0, 1, 2].map((number) => `train-0000${number}-of-00003.parquet`);
  t.true(isWhole(train));
  t.true(isWhole([...train, 'test-00000-of-00001-b21dd1d5.parquet']));
  t.false(isWhole(train.slice(0, 1)));
  t.false(isWhole([...train, 'test-00001-of-00002.parquet']));
  t.false(isWhole(['train-00000-of-00002-a.parquet', 'train-00000-of-00002-b.parquet']));
  t.true(isWhole(['train.jsonl', 'more.jsonl']));
});
