/** Outcomes become acknowledgements, retries or the end of the actor. */
import test from 'ava';
import {from, lastValueFrom, toArray} from 'rxjs';
import type {Outcome} from '../../../runtime/actor/context.js';
import {settle} from '../../../runtime/actor/settle.js';
import type {Delivery} from '../../../runtime/bus/bus.js';
import {RetryableError, TerminalError} from '../../../runtime/errors.js';

/** A delivery that writes down how it ended. */
const deliveryOf = (message: string, ends: string[], deliveryCount = 1): Delivery<string> => ({
  message,
  sequence: 1,
  deliveryCount,
  ack: async () => void ends.push(`${message}: ack`),
  nak: (delayMs) => void ends.push(`${message}: nak ${delayMs}`),
  term: (reason) => void ends.push(`${message}: term ${reason}`),
});

const run = async (messages: string[], handle: (message: string) => Promise<Outcome>, concurrency = 1) => {
  const ends: string[] = [];
  const settled = from(messages.map((message) => deliveryOf(message, ends))).pipe(
    settle(handle, concurrency),
    toArray(),
  );
  const outcome = await lastValueFrom(settled).catch((error: unknown) => error);
  return {ends, outcome};
};

test('done is acknowledged, retry is handed back with its delay, and both go on', async (t) => {
  const {ends, outcome} = await run(['a', 'b'], async (message) =>
    message === 'a' ? {kind: 'retry', reason: 'busy', delayMs: 40} : {kind: 'done'},
  );
  t.deepEqual(ends, ['a: nak 40', 'b: ack']);
  t.deepEqual(outcome, [{kind: 'retry', reason: 'busy', delayMs: 40}, {kind: 'done'}]);
});

test('a RetryableError is a retry after the time that it names', async (t) => {
  const {ends} = await run(['a', 'b'], async (message) => {
    if (message === 'a') throw new RetryableError('later', {retryAfterMs: 1234});
    return {kind: 'done'};
  });
  t.deepEqual(ends, ['a: nak 1234', 'b: ack']);
});

test('a RetryableError that names no time backs off', async (t) => {
  const {ends} = await run(['a'], async () => {
    throw new RetryableError('later');
  });
  const delayMs = Number(/^a: nak (\d+)$/.exec(ends[0] ?? '')?.[1]);
  t.true(delayMs >= 0 && delayMs <= 250);
});

test('fatal ends the stream with a TerminalError, and the message goes to another reader', async (t) => {
  const {ends, outcome} = await run(['a', 'b'], async () => ({kind: 'fatal', reason: 'no key'}));
  t.deepEqual(ends, ['a: nak 0']);
  t.true(outcome instanceof TerminalError);
  t.is((outcome as TerminalError).message, 'no key');
});

test('a message that came to its end is acknowledged, although what it showed is fatal', async (t) => {
  const {ends, outcome} = await run(['a', 'b'], async () => ({
    kind: 'fatal',
    reason: 'useless',
    isDone: true,
  }));
  t.deepEqual(ends, ['a: ack']);
  t.true(outcome instanceof TerminalError);
});

test('a thrown TerminalError is fatal', async (t) => {
  const {ends, outcome} = await run(['a'], async () => {
    throw new TerminalError('damaged');
  });
  t.deepEqual(ends, ['a: nak 0']);
  t.true(outcome instanceof TerminalError);
});

test('any other error ends the stream as it is, and the message goes to another reader', async (t) => {
  const bug = new TypeError('undefined is not a function');
  const {ends, outcome} = await run(['a'], async () => {
    throw bug;
  });
  t.deepEqual(ends, ['a: nak 0']);
  t.is(outcome, bug);
});

test('no more than the concurrency is at work at once', async (t) => {
  let atWork = 0;
  let most = 0;
  await run(
    ['a', 'b', 'c', 'd', 'e'],
    async () => {
      most = Math.max(most, ++atWork);
      await new Promise((resolve) => setImmediate(resolve));
      atWork--;
      return {kind: 'done'};
    },
    2,
  );
  t.is(most, 2);
});
