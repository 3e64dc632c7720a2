/** A prompt of which too much came ends as a rejection, and the run goes on. */
import test from 'ava';
import {RejectionReason} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {publishOrReject} from '../../../runtime/actor/reject.js';
import {good} from '../../helpers/absurd-messages.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';

test('An answer of ten million characters is a rejection with its size, and the next one is published', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const counts: string[] = [];
  const context = {
    bus,
    name: 'reviser',
    grace: new AbortController().signal,
    count: (name: string) => counts.push(name),
  } as unknown as ActorContext<unknown>;
  const rejected = {promptId: '900003', prompt: '1+1=', completions: ['2'], reply: 'x'.repeat(10_000_000)};
  const long = {...good.candidates, chosen: rejected.reply};
  t.false(await publishOrReject(context, rejected, 'candidates', long));
  const said = (await bus.last('rejections'))?.message;
  t.is(said?.promptId, '900003');
  t.is(said?.reason, RejectionReason.REJECTION_REASON_TOO_LARGE);
  t.regex(said?.detail ?? '', /it has 10000\d\d\d bytes, and \d+ are taken; raise its max_payload$/);
  t.true((said?.reply?.length ?? 0) < 17_000);
  t.deepEqual(counts, ['rejections/too_large']);
  t.true(await publishOrReject(context, rejected, 'candidates', good.candidates));
  t.is((await bus.state('candidates')).messages, 1);
});
