/** When the anchor changes, and when it stays. */
import test from 'ava';
import type {Anchored} from '../../../runtime/anchor/advice.js';
import {turnTo} from '../../../runtime/anchor/turn.js';

const [zero, down] = ['apo_zero', 'apo_down'] as const;

test('Two checkpoints in a row that advise the other objective change it; one does not, nor two with a doubt between them', (t) => {
  const turned: readonly (readonly [readonly (Anchored | null)[], string, Anchored | undefined])[] = [
    [[], zero, undefined],
    [[down], zero, undefined],
    [[down, down], zero, down],
    [[down, down], down, undefined],
    [[down, null, down], zero, undefined],
    [[null, null], zero, undefined],
    [[zero, down, down], zero, down],
    [[down, zero], zero, undefined],
    [[down, down, zero], down, undefined],
    [[down, down, zero, zero], down, zero],
  ];
  for (const [advised, now, to] of turned) t.is(turnTo(advised, now), to, `${advised} under ${now}`);
});

test('Advice that goes to and fro at every checkpoint never changes an objective', (t) => {
  const advised = Array.from({length: 20}, (_, index) => (index % 2 === 0 ? down : zero));
  for (let seen = 0; seen <= advised.length; seen++) t.is(turnTo(advised.slice(0, seen), zero), undefined);
});
