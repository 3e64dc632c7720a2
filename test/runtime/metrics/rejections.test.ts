import test from 'ava';
import {RejectionReason} from '../../../proto/messages.js';
import {rejectionWord} from '../../../runtime/metrics/names.js';
import {
  countRejections,
  explanationsOf,
  fewPairsLines,
  rejectionMeanings,
} from '../../../runtime/metrics/rejections.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';

test('Every reason has its sentences', (t) => {
  const reasons = Object.values(RejectionReason).filter((value) => typeof value === 'number');
  t.deepEqual(reasons.map(rejectionWord).toSorted(), Object.keys(rejectionMeanings).toSorted());
});

test('Few is less than a batch, or than a tenth of the prompts', (t) => {
  const linesOf = (pairs: number, rejected: number) =>
    fewPairsLines(pairs, rejected === 0 ? {} : {length: rejected}, {batchSize: 16});
  t.deepEqual(linesOf(16, 144), []);
  t.is(linesOf(16, 145)[0], 'warning: 16 of 161 prompts became a pair; rejected: 145 length');
  t.is(linesOf(15, 0)[0], 'warning: 15 of 15 prompts became a pair, which fills no batch of 16');
});

test('Reasons are explained by how many they are; one of another version is no reason to fail', (t) => {
  const lines = explanationsOf({empty: 1, stale: 3, '99': 2});
  t.deepEqual(
    lines.map((line) => line.split(':')[0]),
    ['3 stale', '2 99', '1 empty'],
  );
});

test('A run’s log of rejections is counted by its reasons', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  t.deepEqual(await countRejections(bus), {});
  const {REJECTION_REASON_LENGTH: length, REJECTION_REASON_EMPTY: empty} = RejectionReason;
  for (const [promptId, reason] of [length, empty, length].entries())
    await bus.publish(
      'rejections',
      {promptId: String(promptId), actor: 'filter', reason, detail: '', completions: []},
      String(promptId),
    );
  t.deepEqual(await countRejections(bus), {length: 2, empty: 1});
});
