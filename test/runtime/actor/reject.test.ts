/** A prompt of which too much came ends as a rejection, and the run goes on. */
import test, {type ExecutionContext} from 'ava';
import {RejectionReason} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import {publishOrReject, reject} from '../../../runtime/actor/reject.js';
import type {Bus} from '../../../runtime/bus/bus.js';
import {openBus} from '../../../runtime/bus/open-bus.js';
import {good} from '../../helpers/absurd-messages.js';
import {withBareServer} from '../../helpers/bare-server.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {temporaryFolder} from '../../helpers/temporary.js';

const contextOn = (bus: Bus) => {
  const counts: string[] = [];
  const context = {
    bus,
    name: 'reviser',
    grace: new AbortController().signal,
    count: (name: string) => counts.push(name),
  } as unknown as ActorContext<unknown>;
  return {context, counts};
};

/** A bus on a server whose messages have at most so many bytes. */
const busOf = async (t: ExecutionContext, maxPayload: number): Promise<Bus> => {
  const url = await withBareServer(t, [
    `jetstream { store_dir: ${JSON.stringify(temporaryFolder(t))} }`,
    `max_payload: ${maxPayload}`,
  ]);
  const bus = await openBus({url, run: 'run', name: 'test'});
  t.teardown(() => bus.drain());
  return bus;
};

test('An answer of ten million characters is a rejection with its size, and the next one is published', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const {context, counts} = contextOn(bus);
  const rejected = {promptId: '900003', prompt: '1+1=', completions: ['2'], reply: 'x'.repeat(10_000_000)};
  const long = {...good.candidates, chosen: rejected.reply};
  t.false(await publishOrReject(context, rejected, 'candidates', long));
  const said = (await bus.last('rejections'))?.message;
  t.is(said?.promptId, '900003');
  t.is(said?.reason, RejectionReason.REJECTION_REASON_TOO_LARGE);
  t.regex(said?.detail ?? '', /it has 10000\d\d\d bytes, and \d+ are taken; raise its max_payload$/);
  t.true((said?.reply?.length ?? 0) < 17_000);
  t.true(said?.truncated);
  t.deepEqual(counts, ['rejections/too_large']);
  t.true(await publishOrReject(context, rejected, 'candidates', good.candidates));
  t.is((await bus.state('candidates')).messages, 1);
});

for (const maxPayload of [8_192, 65_536]) {
  test(`Of a rejection, a server that takes ${maxPayload} bytes gets as much of each text as it has room for`, async (t) => {
    const bus = await busOf(t, maxPayload);
    const {context, counts} = contextOn(bus);
    const long = '\u754c'.repeat(20_000);
    const rejected = {promptId: '7', prompt: long, completions: ['2', long], reply: long};
    await reject(context, rejected, RejectionReason.REJECTION_REASON_FORMAT, `no marker in ${long}`);
    const said = (await bus.last('rejections'))?.message;
    t.like(said, {promptId: '7', truncated: true});
    for (const text of [said?.prompt, said?.completions?.[1], said?.reply])
      t.regex(text ?? '', /^\u754c{100,} \u2026 \(20000 characters in all\)$/);
    t.is(said?.completions?.[0], '2');
    t.regex(said?.detail ?? '', /^no marker in \u754c/);
    t.deepEqual(counts, ['rejections/format']);

    const short = {promptId: '8', prompt: '1+1=', completions: ['2']};
    await reject(context, short, RejectionReason.REJECTION_REASON_FORMAT, 'no marker');
    t.is((await bus.last('rejections'))?.message.truncated ?? null, null);
  });
}
