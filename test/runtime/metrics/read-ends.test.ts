/** A run's ends are counted from its logs, those that are there and those that come. */
import test from 'ava';
import {filter, firstValueFrom, map} from 'rxjs';
import {RejectionReason} from '../../../proto/messages.js';
import type {Bus} from '../../../runtime/bus/bus.js';
import {countEnds, endsOf} from '../../../runtime/metrics/read-ends.js';
import {withSharedServer} from '../../helpers/shared-server.js';

const busOf = withSharedServer();
const {REJECTION_REASON_LENGTH: length, REJECTION_REASON_EMPTY: empty} = RejectionReason;

const reject = (bus: Bus, promptId: string, reason: RejectionReason) =>
  bus.publish('rejections', {promptId, actor: 'filter', reason, detail: '', completions: []}, promptId);

const pairIn = (bus: Bus, log: 'pairs' | 'held_out', promptId: string) =>
  bus.publish(
    log,
    {
      ...{promptId, prompt: 'p', chosen: '', rejected: '', source: 1, policyVersion: 0},
      ...{referenceChosenLogps: 0, referenceRejectedLogps: 0},
      ...{promptIds: [4, 1], chosenIds: [5], rejectedIds: [6]},
    },
    promptId,
  );

test('A prompt in both logs counts once, and what comes later counts on', async (t) => {
  const bus = await busOf(t);
  t.like((await countEnds(bus, 0)).counts(), {prompts: 0, made: 0, rejected: 0});
  for (const [id, reason] of [length, empty, length].entries()) await reject(bus, String(id), reason);
  await pairIn(bus, 'held_out', '0');
  await pairIn(bus, 'pairs', '3');
  const ends = await countEnds(bus, 1);
  t.like(ends.counts(), {prompts: 4, made: 2, rejected: 2, heldOut: {pairs: 1, rejected: 0}});
  t.deepEqual(ends.rejections(), {empty: 1, length: 1});
  const grown = firstValueFrom(
    endsOf(bus, 1).pipe(
      map((now) => now.counts()),
      filter(({made}) => made === 3),
    ),
  );
  await pairIn(bus, 'pairs', '2');
  t.like(await grown, {prompts: 4, made: 3, rejected: 1});
});
