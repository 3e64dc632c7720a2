import test from 'ava';
import {busyShare, tokensOfMinutes} from '../../../../runtime/bench/endpoints/figures.js';

test('Slots are busy for the share of their time that lies between two moments', (t) => {
  const busy = [
    [0, 0],
    [1000, 1000],
    [2000, 2500],
    [3000, 4500],
  ] as const;
  t.is(busyShare({busy}, 2, 1000, 3000), 3500 / 4000);
  t.is(busyShare({busy}, 2, 5000, 6000), Number.NaN);
});

test('Of all minutes between two moments, those with the most and the fewest tokens count', (t) => {
  // Ten tokens a second, twenty in one of them, and nothing of what came before or after.
  const asked = Array.from({length: 300}, (_, second) => [second * 1000, second === 120 ? 20 : 10] as const);
  t.deepEqual(tokensOfMinutes({asked}, 0, 300_000), {most: 610, least: 600});
  t.deepEqual(tokensOfMinutes({asked: asked.toReversed()}, 0, 100_000), {most: 600, least: 600});
});
