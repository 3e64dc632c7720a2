import test from 'ava';
import {END_TOKEN, makePairs, makeRequests} from '../../../../runtime/bench/workload/workload.js';

const shape = {pairs: 16, tokens: 96, vocabSize: 256};

test('a pair is a third prompt, and both completions fill the sequence and end', (t) => {
  for (const kind of ['plain', 'clair'] as const) {
    for (const {promptIds, chosenIds, rejectedIds} of makePairs({...shape, kind})) {
      t.is(promptIds.length, 32);
      for (const ids of [chosenIds, rejectedIds]) {
        t.is(ids.length, 64);
        t.is(ids.indexOf(END_TOKEN), 63);
        t.true(ids.every((id) => id >= END_TOKEN && id < 256));
      }
    }
  }
});

const sharedPrefix = (a: readonly number[], b: readonly number[]): number =>
  a.findIndex((id, i) => id !== b[i]);

test('CLAIR-like completions begin with the same 60% of their tokens, plain ones with nothing in common', (t) => {
  const lengths = (kind: 'plain' | 'clair') =>
    makePairs({...shape, kind}).map(({chosenIds, rejectedIds}) => sharedPrefix(chosenIds, rejectedIds));
  // 38 of 64; the next token differs but for one time in 253.
  t.true(
    lengths('clair').every((length) => length >= 38 && length <= 40),
    `${lengths('clair')}`,
  );
  t.true(
    lengths('plain').every((length) => length <= 2),
    `${lengths('plain')}`,
  );
});

test('the same workload is drawn every time', (t) => {
  t.deepEqual(makePairs({...shape, kind: 'clair'}), makePairs({...shape, kind: 'clair'}));
  t.deepEqual(makeRequests(32, 256), makeRequests(32, 256));
});

test('requests want 8 to 64 new tokens, 36 on average, in no order', (t) => {
  const lengths = makeRequests(32, 256).map(({newTokens}) => newTokens);
  t.is(Math.min(...lengths), 8);
  t.is(Math.max(...lengths), 64);
  t.is(
    lengths.reduce((sum, length) => sum + length, 0),
    32 * 36,
  );
  t.notDeepEqual(
    lengths,
    lengths.toSorted((a, b) => a - b),
  );
});
