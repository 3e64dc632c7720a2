/** Prompts are admitted while few enough are on their way, and the learner is told where the log ends. */
import test from 'ava';
import {filter, firstValueFrom, NEVER, take, toArray} from 'rxjs';
import {RejectionReason} from '../../../proto/messages.js';
import type {Bus} from '../../../runtime/bus/bus.js';
import {feedPrompts} from '../../../runtime/fleet/feed.js';
import type {Feeding, Progress} from '../../../runtime/fleet/progress.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';

const prompts = Array.from({length: 8}, (_, index) => `prompt ${index}`);

const reject = (bus: Bus, promptId: string) =>
  bus.publish(
    'rejections',
    {promptId, actor: 'filter', reason: RejectionReason.REJECTION_REASON_LENGTH, detail: ''},
    promptId,
  );
const trained = (bus: Bus, pairSequence: number) => {
  const training = {
    step: 1,
    steps: 9,
    epoch: 1,
    policyVersion: 0,
    phase: 'training',
    backend: '',
    backendReason: '',
  } as const;
  return bus.control.put<Progress>('progress', {...training, pairSequence, pairsTrained: pairSequence});
};
/** Takes prompts off the queue as they come, and says their ids. */
const takePrompts = (bus: Bus, count: number): Promise<string[]> =>
  firstValueFrom(
    bus.deliveries('prompts', {maxInFlight: 8, drain$: NEVER}).pipe(take(count), toArray()),
  ).then(async (deliveries) => {
    await Promise.all(deliveries.map((delivery) => delivery.ack()));
    return deliveries.map(({message}) => message.promptId);
  });

test('no more than the bound is on its way: a rejection or a trained pair lets the next one go', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const ends = new AbortController();
  const feed = feedPrompts({bus, prompts, maxOutstanding: 3, signal: ends.signal});
  t.deepEqual(await takePrompts(bus, 3), ['0', '1', '2']);
  await reject(bus, '0');
  t.deepEqual(await takePrompts(bus, 1), ['3']);
  await trained(bus, 2);
  t.deepEqual(await takePrompts(bus, 2), ['4', '5']);
  t.is((await bus.state('prompts')).lastSequence, 6);
  ends.abort(new Error('enough'));
  await t.throwsAsync(feed, {message: 'enough'});
});

test('a feeder that starts again goes on where the last one was', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const first = new AbortController();
  const feed = feedPrompts({bus, prompts, maxOutstanding: 3, signal: first.signal});
  await takePrompts(bus, 3);
  first.abort(new Error('killed'));
  await t.throwsAsync(feed);
  await reject(bus, '1');
  await reject(bus, '2');
  const second = new AbortController();
  const again = feedPrompts({bus, prompts, maxOutstanding: 3, signal: second.signal});
  t.deepEqual(await takePrompts(bus, 2), ['3', '4']);
  second.abort(new Error('enough'));
  await t.throwsAsync(again);
});

test('feeding is done when every prompt is resolved, and the phase says where the pair log ends', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const feed = feedPrompts({
    bus,
    prompts: prompts.slice(0, 2),
    maxOutstanding: 4,
    signal: new AbortController().signal,
  });
  const [one, two] = await firstValueFrom(
    bus.deliveries('prompts', {maxInFlight: 2, drain$: NEVER}).pipe(take(2), toArray()),
  );
  await reject(bus, '0');
  await one?.ack();
  t.deepEqual((await bus.control.get<Feeding>('phase'))?.value, {feeding: 'on'});
  const pair = {promptId: '1', prompt: '', chosen: '', rejected: '', source: 1, policyVersion: 0};
  const logps = {
    referenceChosenLogps: 0,
    referenceRejectedLogps: 0,
    chosenTokenCount: 1,
    rejectedTokenCount: 1,
  };
  await bus.publish('pairs', {...pair, ...logps}, '1');
  await two?.ack();
  await feed;
  const phase = await firstValueFrom(
    bus.control.watch<Feeding>('phase').pipe(filter(({feeding}) => feeding === 'done')),
  );
  t.deepEqual(phase, {feeding: 'done', pairs: 1});
});

test('of a bounded number of pairs, no prompt goes out that none of them can come from', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const {signal} = new AbortController();
  const feed = feedPrompts({bus, prompts, maxOutstanding: 8, maxPairs: 3, signal});
  t.deepEqual(await takePrompts(bus, 3), ['0', '1', '2']);
  await reject(bus, '1');
  t.deepEqual(await takePrompts(bus, 1), ['3']);
  await trained(bus, 3);
  await feed;
  t.is((await bus.state('prompts')).lastSequence, 4);
  t.is((await bus.control.get<Feeding>('phase'))?.value.feeding, 'done');
});
