import test from 'ava';
import {RejectionReason} from '../../../proto/messages.js';
import {rejectionWord} from '../../../runtime/metrics/names.js';
import {explanationsOf, fewPairsLines, rejectionMeanings} from '../../../runtime/metrics/rejections.js';
import {endsOf} from '../../helpers/ends.js';

test('Every reason has its sentences', (t) => {
  const reasons = Object.values(RejectionReason).filter((value) => typeof value === 'number');
  t.deepEqual(reasons.map(rejectionWord).toSorted(), Object.keys(rejectionMeanings).toSorted());
});

test('Few is less than a batch, or than a tenth of the prompts', (t) => {
  const linesOf = (pairs: number, rejected: number) =>
    fewPairsLines(endsOf(pairs, {length: rejected}), {batchSize: 16});
  t.deepEqual(linesOf(16, 144), []);
  t.is(linesOf(16, 145)[0], 'warning: 16 of 161 prompts became a pair; rejected: 145 length');
  t.is(linesOf(15, 0)[0], 'warning: 15 of 15 prompts became a pair, which fills no batch of 16');
  const held = fewPairsLines(endsOf(20, {length: 4}, 18), {batchSize: 16});
  t.regex(
    held[0] ?? '',
    /^warning: 20 of 24 prompts became a pair, 18 of them held back, which fills no batch of 16; /,
  );
});

test('Reasons are explained by how many they are; one of another version is no reason to fail', (t) => {
  const lines = explanationsOf({empty: 1, stale: 3, '99': 2});
  t.deepEqual(
    lines.map((line) => line.split(':')[0]),
    ['3 stale', '2 99', '1 empty'],
  );
});
