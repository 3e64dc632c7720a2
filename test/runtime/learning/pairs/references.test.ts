/** The reference's numbers of pairs: every pair gets its own, and none is worked out twice. */
import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import type {EncodedPairLine} from '../../../../runtime/learning/pairs/encoded-pairs.js';
import {openReferenceStore} from '../../../../runtime/learning/pairs/reference-store.js';
import {type ReferenceScorer, referenceLogps} from '../../../../runtime/learning/pairs/references.js';

const reference = {weightsSha256: 'aa', config: {}, executor: 'onnx', device: 'cpu', precision: 'float32'};

const pairOf = (line: number, length: number): EncodedPairLine => ({
  line,
  promptIds: Int32Array.of(line),
  chosenIds: new Int32Array(length).fill(1),
  rejectedIds: new Int32Array(length).fill(2),
});
/** 150 pairs of lengths that are in no order. */
const pairs = Array.from({length: 150}, (_, index) => pairOf(index + 1, 1 + ((index * 37) % 11)));

/** Says of a completion a number made of its ids, and counts what it was asked for. */
const countingScorer = () => {
  const asked = {pairs: 0};
  const of = (promptIds: readonly number[], ids: readonly number[]): number =>
    -(promptIds[0] ?? 0) - ids.length - (ids[0] ?? 0) / 10;
  const scorer: ReferenceScorer = {
    async logps({promptIds, chosenIds, rejectedIds}) {
      asked.pairs += 1;
      return {chosen: of(promptIds, chosenIds), rejected: of(promptIds, rejectedIds)};
    },
  };
  return {asked, openScorer: async () => scorer};
};

test('every pair gets the numbers of its own completions, and progress counts pairs', async (t) => {
  const store = await openReferenceStore(undefined, reference);
  const {asked, openScorer} = countingScorer();
  const seen: [number, number][] = [];
  const onProgress = (scored: number, toScore: number) => void seen.push([scored, toScore]);
  const {logps, scored} = await referenceLogps(pairs, {store, openScorer, onProgress});
  t.is(scored, 150);
  for (const pair of pairs) {
    const length = pair.chosenIds.length;
    t.deepEqual(logps.get(pair), {
      chosen: -pair.line - length - 0.1,
      rejected: -pair.line - length - 0.2,
    });
  }
  t.is(asked.pairs, 150);
  t.deepEqual(
    seen,
    Array.from({length: 151}, (_, scored) => [scored, 150]),
  );
});

test('a second run scores nothing and opens no scorer; a new pair is scored alone', async (t) => {
  const store = await openReferenceStore(undefined, reference);
  const first = await referenceLogps(pairs, {store, ...countingScorer()});
  const openScorer = () => Promise.reject(new Error('no scorer is needed'));
  const second = await referenceLogps(pairs, {store, openScorer});
  t.is(second.scored, 0);
  for (const pair of pairs) t.deepEqual(second.logps.get(pair), first.logps.get(pair));
  const {asked, ...counting} = countingScorer();
  const third = await referenceLogps([...pairs, pairOf(151, 3)], {store, ...counting});
  t.is(third.scored, 1);
  t.is(asked.pairs, 1);
});

test('asked to end, it rejects before the next pair and keeps what was scored', async (t) => {
  const store = await openReferenceStore(undefined, reference);
  const stop = new AbortController();
  const onProgress = (scored: number) => {
    if (scored === 1) stop.abort();
  };
  const stopped = referenceLogps(pairs, {store, ...countingScorer(), onProgress, signal: stop.signal});
  t.is(await stopped.catch((reason: unknown) => reason), stop.signal.reason);
  const {scored} = await referenceLogps(pairs, {store, ...countingScorer()});
  t.is(scored, 150 - 1);
});

test('a number that is not finite is refused with the line of its pair', async (t) => {
  const store = await openReferenceStore(undefined, reference);
  const openScorer = async () => ({logps: async () => ({chosen: -1, rejected: Number.NaN})});
  await t.throwsAsync(referenceLogps([pairOf(7, 2)], {store, openScorer}), {
    instanceOf: TerminalError,
    message: /line 7 a log-probability of NaN/,
  });
});
