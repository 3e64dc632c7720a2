import test from 'ava';
import {filter, firstValueFrom, Subject, skip} from 'rxjs';
import {
  decodedTurn,
  encodedTurn,
  followTurns,
  leadTurns,
  sayReady,
  type Turn,
  untilReady,
} from '../../../../actors/learner/io/turns.js';
import {memoryExchanges} from '../../../helpers/memory-exchange.js';

const turns: readonly Turn[] = [
  {kind: 'wait'},
  {kind: 'begin', checkpoint: 7, policyVersion: 9},
  {kind: 'step', step: 2 ** 24 - 1, pairs: 16, revision: 3},
  {kind: 'save', policyVersion: 10},
  {kind: 'end'},
  {kind: 'begun'},
];

test('Every turn comes back as it was said', (t) => {
  for (const turn of turns) t.deepEqual(decodedTurn(encodedTurn(turn)), turn);
});

test('A number that float32 would round is refused, and so is a turn of another version', (t) => {
  t.throws(() => encodedTurn({kind: 'save', policyVersion: 2 ** 24 + 1}), {instanceOf: RangeError});
  t.throws(() => decodedTurn(Float32Array.of(9)), {message: /another version/});
});

test('Turns arrive in order, numbered anew with each step; waiting is heard and passed over', async (t) => {
  const sent: string[] = [];
  const sent$ = new Subject<string>();
  sent$.subscribe((tag) => sent.push(tag));
  const [leading, other] = memoryExchanges(2, {onSent: ({tag}) => sent$.next(tag)});
  if (leading === undefined || other === undefined) return t.fail();
  let [led, followed] = [0, 0];
  const lead = leadTurns(leading, () => led, 5);
  t.teardown(() => lead.close());
  const followers = followTurns(other, () => followed);
  const next = async () => (await followers.next()).value;

  await lead.say({kind: 'begin', checkpoint: 1, policyVersion: 0});
  t.deepEqual(await next(), {kind: 'begin', checkpoint: 1, policyVersion: 0});
  [led, followed] = [40, 40];
  const waiting = next();
  await firstValueFrom(
    sent$.pipe(
      filter((tag) => tag.startsWith('40.')),
      skip(1),
    ),
  );
  await lead.say({kind: 'step', step: 41, pairs: 16, revision: 1});
  t.deepEqual(await waiting, {kind: 'step', step: 41, pairs: 16, revision: 1});
  [led, followed] = [41, 41];
  await lead.say({kind: 'end'});
  t.deepEqual(await next(), {kind: 'end'});
  t.true(sent.includes('0.turn.0') && sent.includes('41.turn.0'), sent.join(' '));
});

test('The leading member waits until all others have begun', async (t) => {
  const [leading, ...others] = memoryExchanges(3);
  if (leading === undefined) return t.fail();
  let begun = 0;
  const ready = untilReady(leading).then(() => t.is(begun, 2));
  for (const other of others) {
    await new Promise(setImmediate);
    begun += 1;
    await sayReady(other);
  }
  await ready;
});

test('A member without others says nothing', async (t) => {
  const [only] = memoryExchanges(1);
  if (only === undefined) return t.fail();
  const lead = leadTurns({...only, broadcast: () => Promise.reject(new Error('said'))}, () => 0, 1000);
  t.teardown(() => lead.close());
  await t.notThrowsAsync(lead.say({kind: 'end'}));
});
