/** Prompts are admitted while few enough are on their way, and the learner is told where the log ends. */
import test from 'ava';
import {filter, firstValueFrom, NEVER, take, toArray} from 'rxjs';
import {PreferencePair, RejectionReason} from '../../../../proto/messages.js';
import type {Bus} from '../../../../runtime/bus/bus.js';
import {type QueueName, subjectOf} from '../../../../runtime/bus/channels/subjects.js';
import {admissionAt} from '../../../../runtime/fleet/feed/admission.js';
import {feedPrompts} from '../../../../runtime/fleet/feed/feed.js';
import {publishedPrompts} from '../../../../runtime/fleet/feed/published.js';
import type {Feeding, Progress} from '../../../../runtime/fleet/progress.js';
import {checkpointMessage} from '../../../helpers/checkpoint-message.js';
import {withSharedServer} from '../../../helpers/shared-server.js';
import {publishAsStranger} from '../../../helpers/stranger.js';

const busOf = withSharedServer();
/** Longer than a crowded machine takes between two lines of a test. */
const LOST_AFTER_MS = 3000;

const prompts = Array.from({length: 8}, (_, index) => `prompt ${index}`);

const reject = (
  bus: Bus,
  promptId: string,
  reason = RejectionReason.REJECTION_REASON_LENGTH,
  id = promptId,
) => bus.publish('rejections', {promptId, actor: 'filter', reason, detail: ''}, id);
const trained = (bus: Bus, pairSequence: number, step = 1) => {
  const training = {
    step,
    steps: 9,
    epoch: 1,
    policyVersion: 0,
    phase: 'training',
    backend: '',
    backendReason: '',
  } as const;
  return bus.kv.put<Progress>('progress', {...training, pairSequence, pairsTrained: pairSequence});
};
const publishPolicy = (bus: Bus, step: number) =>
  bus.publish('checkpoints', checkpointMessage(step), String(step));
const pairOf = (promptId: string) => ({
  ...{promptId, prompt: 'p', chosen: '', rejected: '', source: 1, policyVersion: 0},
  ...{
    referenceChosenLogps: 0,
    referenceRejectedLogps: 0,
    promptIds: [4, 1],
    chosenIds: [5],
    rejectedIds: [6],
  },
});
/** Takes prompts off the queue, and says their ids in order: what the reader before still asked for comes later, through it. */
const takePrompts = (bus: Bus, count: number): Promise<string[]> =>
  firstValueFrom(
    bus.deliveries('prompts', {maxInFlight: 8, drain$: NEVER}).pipe(take(count), toArray()),
  ).then(async (deliveries) => {
    await Promise.all(deliveries.map((delivery) => delivery.ack()));
    return deliveries.map(({message}) => message.promptId).sort();
  });

test('no more than the bound is on its way: a rejection or a trained pair lets the next one go', async (t) => {
  const bus = await busOf(t);
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

test('a prompt carries the turns before it and the answers that were recorded of it', async (t) => {
  const bus = await busOf(t);
  const ends = new AbortController();
  const answers = [{text: 'a', finishReason: 0, model: 'm', score: 2}];
  const withAnswers = {
    length: 3,
    at: (index: number) => prompts[index],
    answersAt: async (index: number) => (index === 0 ? answers : []),
    historyAt: async (index: number) => (index === 1 ? [{role: 'system', content: 's'}] : []),
  };
  const feed = feedPrompts({bus, prompts: withAnswers, maxOutstanding: 3, signal: ends.signal});
  const found = await firstValueFrom(
    bus.deliveries('prompts', {maxInFlight: 8, drain$: NEVER}).pipe(take(3), toArray()),
  );
  t.deepEqual(
    found.map(({message}) => message.answers?.map(({text, model, score}) => [text, model, score])),
    [[['a', 'm', 2]], [], []],
  );
  t.deepEqual(
    found.map(({message}) => message.history?.map(({role, content}) => [role, content])),
    [[], [['system', 's']], []],
  );
  ends.abort(new Error('enough'));
  await t.throwsAsync(feed, {message: 'enough'});
});

test('a feeder that starts again goes on where the last one was', async (t) => {
  const bus = await busOf(t);
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

test('what somebody else put among the prompts is none: a feeder that starts again leaves no prompt out for it', async (t) => {
  const bus = await busOf(t);
  const first = new AbortController();
  const feed = feedPrompts({bus, prompts, maxOutstanding: 2, signal: first.signal});
  await takePrompts(bus, 2);
  first.abort(new Error('killed'));
  await t.throwsAsync(feed);
  await publishAsStranger(bus.url, subjectOf(bus.run, 'prompts'), Uint8Array.of(0xff));
  const reading = bus.deliveries('prompts', {maxInFlight: 1, drain$: NEVER}).subscribe();
  const {message} = await firstValueFrom(bus.entries('rejections', {sequence: 1}));
  t.like(message, {promptId: '', channel: 'prompts'});
  reading.unsubscribe();
  const second = new AbortController();
  const again = feedPrompts({bus, prompts, maxOutstanding: 4, signal: second.signal});
  t.deepEqual(await takePrompts(bus, 2), ['2', '3']);
  second.abort(new Error('enough'));
  await t.throwsAsync(again);
});

test('what is in a queue that the run has no actor for keeps nobody waiting', async (t) => {
  const bus = await busOf(t);
  await publishAsStranger(bus.url, subjectOf(bus.run, 'completion_pairs'), Uint8Array.of(0xff));
  const isRead = (queue: QueueName) => queue !== 'completion_pairs';
  const feed = feedPrompts({bus, prompts, maxOutstanding: 8, isRead, signal: new AbortController().signal});
  for (const id of await takePrompts(bus, 8)) await reject(bus, id);
  await feed;
  t.deepEqual((await bus.kv.get<Feeding>('phase'))?.value, {feeding: 'done', pairs: 0});
});

test('a prompt of which the server has lost everything goes out again, while others wait for it and at the end', async (t) => {
  const bus = await busOf(t);
  const {signal} = new AbortController();
  const lost: number[] = [];
  const onLost = (count: number) => lost.push(count);
  const feed = feedPrompts({
    ...{bus, prompts: prompts.slice(0, 3), maxOutstanding: 2, signal},
    ...{lostAfterMs: LOST_AFTER_MS, onLost},
  });
  // Taken off the queue, and neither a pair nor a rejection.
  t.deepEqual(await takePrompts(bus, 2), ['0', '1']);
  t.deepEqual(await takePrompts(bus, 2), ['0', '1']);
  await reject(bus, '0');
  t.deepEqual(await takePrompts(bus, 1), ['2']);
  await reject(bus, '2');
  t.deepEqual(await takePrompts(bus, 1), ['1']);
  await reject(bus, '1');
  await feed;
  t.deepEqual(lost, [2, 1]);
});

test('a prompt that goes out again counts once: a feeder that starts again goes on with the prompt after the last', async (t) => {
  const bus = await busOf(t);
  const first = new AbortController();
  const options = {bus, maxOutstanding: 2, lostAfterMs: LOST_AFTER_MS};
  const feed = feedPrompts({...options, prompts, signal: first.signal});
  t.deepEqual(await takePrompts(bus, 2), ['0', '1']);
  t.deepEqual(await takePrompts(bus, 2), ['0', '1']);
  await reject(bus, '0');
  t.deepEqual(await takePrompts(bus, 1), ['2']);
  first.abort(new Error('killed'));
  await t.throwsAsync(feed);
  t.is(await publishedPrompts(bus), 3);
  await reject(bus, '1');
  const second = new AbortController();
  const again = feedPrompts({...options, prompts, lostAfterMs: 60_000, signal: second.signal});
  t.deepEqual(await takePrompts(bus, 1), ['3']);
  second.abort(new Error('enough'));
  await t.throwsAsync(again);
});

test('feeding is done when every prompt is resolved, and the phase says where the pair log ends', async (t) => {
  const bus = await busOf(t);
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
  t.deepEqual((await bus.kv.get<Feeding>('phase'))?.value, {feeding: 'on'});
  await bus.publish('pairs', pairOf('1'), '1');
  await two?.ack();
  await feed;
  const phase = await firstValueFrom(
    bus.kv.watch<Feeding>('phase').pipe(filter(({feeding}) => feeding === 'done')),
  );
  t.deepEqual(phase, {feeding: 'done', pairs: 1});
});

test('of a bounded number of pairs, no prompt goes out that none of them can come from', async (t) => {
  const bus = await busOf(t);
  const {signal} = new AbortController();
  const feed = feedPrompts({bus, prompts, maxOutstanding: 8, maxPairs: 3, signal});
  t.deepEqual(await takePrompts(bus, 3), ['0', '1', '2']);
  await reject(bus, '1');
  t.deepEqual(await takePrompts(bus, 1), ['3']);
  await trained(bus, 3);
  await feed;
  t.is((await bus.state('prompts')).lastSequence, 4);
  t.is((await bus.kv.get<Feeding>('phase'))?.value.feeding, 'done');
});

test('where nobody learns, a pair in its log lets the next prompt go, and pairs end at their bound', async (t) => {
  const bus = await busOf(t);
  const {signal} = new AbortController();
  const bounds = {maxOutstanding: 2, maxPairs: 3, isTrained: false};
  const feed = feedPrompts({bus, prompts, ...bounds, signal});
  t.deepEqual(await takePrompts(bus, 2), ['0', '1']);
  await bus.publish('pairs', pairOf('1'), '1');
  t.deepEqual(await takePrompts(bus, 1), ['2']);
  await reject(bus, '0');
  t.deepEqual(await takePrompts(bus, 1), ['3']);
  for (const promptId of ['2', '3']) await bus.publish('pairs', pairOf(promptId), promptId);
  await feed;
  t.is((await bus.state('prompts')).lastSequence, 4);
  t.deepEqual((await bus.kv.get<Feeding>('phase'))?.value, {feeding: 'done', pairs: 3});
});

test('prompts that are held back go out first, and their pairs take nobody’s place', async (t) => {
  const bus = await busOf(t);
  const {signal} = new AbortController();
  const feed = feedPrompts({bus, prompts, maxOutstanding: 3, maxPairs: 2, holdOut: 3, signal});
  t.deepEqual(await takePrompts(bus, 3), ['0', '1', '2']);
  await reject(bus, '1');
  t.deepEqual(await takePrompts(bus, 1), ['3']);
  const pair = {...PreferencePair.create(), sampling: null, history: []};
  for (const promptId of ['0', '2']) await bus.publish('held_out', {...pair, promptId}, promptId);
  t.deepEqual(await takePrompts(bus, 1), ['4']);
  await trained(bus, 2);
  await feed;
  t.is((await bus.state('prompts')).lastSequence, 5);
  t.deepEqual((await bus.kv.get<Feeding>('phase'))?.value, {feeding: 'done', pairs: 0});
});

test('a stale pair was rejected, not trained on: its place goes to another prompt, once however often that is said', async (t) => {
  const {REJECTION_REASON_STALE} = RejectionReason;
  const bus = await busOf(t);
  const {signal} = new AbortController();
  const feed = feedPrompts({bus, prompts, maxOutstanding: 3, maxPairs: 4, signal});
  await takePrompts(bus, 3);
  await reject(bus, '1', REJECTION_REASON_STALE);
  await reject(bus, '1', REJECTION_REASON_STALE, 'said again');
  t.deepEqual(await takePrompts(bus, 1), ['3']);
  // Of three pairs in the log, two were trained on: two may be outstanding beside them, and two pairs are still wanted.
  await trained(bus, 3);
  t.deepEqual(await takePrompts(bus, 1), ['4']);
  t.is((await bus.state('prompts')).lastSequence, 5);
  await trained(bus, 5);
  await feed;
  t.is((await bus.state('prompts')).lastSequence, 5);
});

test('the rejection of a prompt that is a pair already sends no other in its place', async (t) => {
  const bus = await busOf(t);
  await bus.publish('pairs', pairOf('0'), '0');
  await reject(bus, '0');
  const {signal} = new AbortController();
  const feed = feedPrompts({bus, prompts, maxOutstanding: 8, maxPairs: 2, signal});
  t.deepEqual(await takePrompts(bus, 2), ['0', '1']);
  await reject(bus, '1');
  t.deepEqual(await takePrompts(bus, 1), ['2']);
  await bus.publish('pairs', pairOf('2'), '2');
  await trained(bus, 2);
  await feed;
  t.is((await bus.state('prompts')).lastSequence, 3);
});

/** Two pairs a version, of two steps of one: in turns. */
const inTurns = {maxStaleness: 0, training: {batchSize: 1, checkpointEverySteps: 2, steps: 5}};

test('a version’s prompts go when its policy is published and the learner is there, and name the policy that may answer', async (t) => {
  const bus = await busOf(t);
  const {signal} = new AbortController();
  const admit = (step: number) => admissionAt(step, inTurns);
  const feed = feedPrompts({bus, prompts, maxOutstanding: 8, admit, signal});
  t.deepEqual(await takePrompts(bus, 2), ['0', '1']);
  await trained(bus, 2, 2);
  await publishPolicy(bus, 2);
  const next = await firstValueFrom(
    bus.deliveries('prompts', {maxInFlight: 2, drain$: NEVER}).pipe(take(2), toArray()),
  );
  t.deepEqual(
    next
      .map(({message}) => [message.promptId, message.minPolicyStep] as const)
      .sort(([one], [other]) => one.localeCompare(other)),
    [
      ['2', 2],
      ['3', 2],
    ],
  );
  await Promise.all(next.map((delivery) => delivery.ack()));
  // A learner that went back to the policy before training needs no more pairs until it is here again.
  await trained(bus, 0, 0);
  await publishPolicy(bus, 4);
  await trained(bus, 4, 4);
  t.deepEqual(await takePrompts(bus, 1), ['4']);
  // All five steps have their pairs now: the learner ends the run.
  t.is((await bus.state('prompts')).lastSequence, 5);
  void feed.catch(() => undefined);
});

test('a feeder that starts again in the middle of a version admits what one that never stopped would', async (t) => {
  const bus = await busOf(t);
  const admit = (step: number) => admissionAt(step, inTurns);
  const first = new AbortController();
  const feed = feedPrompts({bus, prompts, maxOutstanding: 8, admit, signal: first.signal});
  await takePrompts(bus, 2);
  await trained(bus, 2, 2);
  await publishPolicy(bus, 2);
  await takePrompts(bus, 2);
  await reject(bus, '2');
  await takePrompts(bus, 1);
  first.abort(new Error('killed'));
  await t.throwsAsync(feed);
  const second = new AbortController();
  const again = feedPrompts({bus, prompts, maxOutstanding: 8, admit, signal: second.signal});
  // Four pairs' worth are out; a fifth goes only for the third version, or for one that is rejected.
  await reject(bus, '3');
  t.deepEqual(await takePrompts(bus, 1), ['5']);
  t.is((await bus.state('prompts')).lastSequence, 6);
  second.abort(new Error('enough'));
  await t.throwsAsync(again);
});
