import test from 'ava';
import {pairsOfLengths, realLengths} from '../../../../runtime/bench/real/lengths.js';
import {END_TOKEN} from '../../../../runtime/bench/workload/workload.js';

const LIMITS = {prompt: 512, completion: 512};
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

test('there are 480 pairs of each kind, each with a prompt and two answers that part before their ends', (t) => {
  for (const kind of ['plain', 'clair'] as const) {
    const lengths = realLengths(kind);
    t.is(lengths.length, 480);
    for (const {prompt, chosen, rejected, common} of lengths) {
      t.true(prompt > 0 && common >= 0 && common < Math.min(chosen, rejected), `${kind} ${prompt}`);
    }
  }
});

test('answers of two models have next to nothing in common, an answer and its revision about a third', (t) => {
  const shares = (kind: 'plain' | 'clair') =>
    realLengths(kind).map(({chosen, rejected, common}) => common / Math.min(chosen, rejected));
  t.true(median(shares('plain')) < 0.01);
  const clair = median(shares('clair'));
  t.true(clair > 0.25 && clair < 0.5, `${clair}`);
});

test('pairs have the lengths they are made of', (t) => {
  const [pair] = pairsOfLengths([{prompt: 40, chosen: 90, rejected: 30, common: 12}], LIMITS, 256);
  const {promptIds = [], chosenIds = [], rejectedIds = []} = pair ?? {};
  t.deepEqual([promptIds.length, chosenIds.length, rejectedIds.length], [40, 90, 30]);
  t.deepEqual([chosenIds.at(-1), rejectedIds.at(-1)], [END_TOKEN, END_TOKEN]);
  t.is(
    chosenIds.findIndex((id, i) => id !== rejectedIds[i]),
    12,
  );
  t.true([...promptIds, ...chosenIds, ...rejectedIds].every((id) => id >= END_TOKEN && id < 256));
});

test('what is beyond a limit is cut off, and its end token with it', (t) => {
  const limits = {prompt: 8, completion: 10};
  const [pair] = pairsOfLengths([{prompt: 40, chosen: 10, rejected: 11, common: 3}], limits, 256);
  const {promptIds = [], chosenIds = [], rejectedIds = []} = pair ?? {};
  t.deepEqual([promptIds.length, chosenIds.length, rejectedIds.length], [8, 10, 10]);
  t.deepEqual([chosenIds.at(-1) === END_TOKEN, rejectedIds.at(-1) === END_TOKEN], [true, false]);
});

test('an answer that ends where its revision goes on parts there', (t) => {
  const [pair] = pairsOfLengths([{prompt: 4, chosen: 7, rejected: 12, common: 6}], LIMITS, 256);
  const {chosenIds = [], rejectedIds = []} = pair ?? {};
  t.deepEqual(chosenIds.slice(0, 6), rejectedIds.slice(0, 6));
  t.deepEqual([chosenIds[6], rejectedIds[6] === END_TOKEN], [END_TOKEN, false]);
});
