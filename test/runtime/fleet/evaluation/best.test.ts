/** The best checkpoint of a run, whoever says so and when. */
import test from 'ava';
import type {KvEntry} from '../../../../runtime/bus/bus.js';
import {type Best, moveBest, worthOf} from '../../../../runtime/fleet/evaluation/best.js';
import type {Deciding} from '../../../../runtime/fleet/file/evaluations.js';

const byScore: Deciding = {name: 'arithmetic', metric: undefined, better: 'higher'};
const byPerplexity: Deciding = {name: 'held', metric: 'perplexity', better: 'lower'};

const score = (policyVersion: number, value: number, fields: object = {}) => ({
  ...{step: 10 * policyVersion, policyVersion, suite: 'arithmetic', name: '', score: value, items: 1},
  ...{seconds: 1, weightsSha256: `weights ${policyVersion}`},
  ...fields,
});

/** One value, as a bucket has it; `meanwhile` is done once between a reading and what follows. */
const bucket = (meanwhile: (put: (value: Best) => void) => void = () => undefined) => {
  let entry: KvEntry<Best> | undefined;
  let isDone = false;
  const put = (value: Best): void => {
    entry = {value, revision: (entry?.revision ?? 0) + 1, timeMs: 0};
  };
  return {
    now: () => entry?.value,
    get: async <T>() => {
      const found = entry;
      if (!isDone) meanwhile(put);
      isDone = true;
      return found as KvEntry<T> | undefined;
    },
    compareAndSet: async <T>(_: string, value: T, revision: number) => {
      if ((entry?.revision ?? 0) !== revision) return undefined;
      put(value as Best);
      return entry?.revision;
    },
  };
};

test('The highest score is the best, of equals that of the larger margin, and then the earlier, in whatever order they come', async (t) => {
  const all = [
    score(1, 0.5),
    score(2, 0.9, {margin: 1}),
    score(3, 0.9, {margin: 2}),
    score(4, 0.9, {margin: 2}),
  ];
  for (const order of [all, all.toReversed(), [all[3], all[0], all[2], all[1]]]) {
    const kv = bucket();
    for (const each of order) if (each !== undefined) await moveBest(kv, each, byScore);
    t.like(kv.now(), {suite: 'arithmetic', step: 30, policyVersion: 3, value: 0.9, margin: 2});
    t.is(kv.now()?.weightsSha256, 'weights 3');
  }
});

test('By a metric of which less is better the lowest is the best', async (t) => {
  const kv = bucket();
  for (const [version, perplexity] of [20, 12, 15].entries())
    await moveBest(
      kv,
      score(version, 1 / perplexity, {suite: 'perplexity', name: 'held', metrics: {perplexity}}),
      byPerplexity,
    );
  t.like(kv.now(), {suite: 'held', metric: 'perplexity', value: 12, policyVersion: 1});
});

test('What another process found meanwhile is looked at again, and a worse one does not undo it', async (t) => {
  const other = {suite: 'arithmetic', value: 0.8, step: 20, policyVersion: 2, weightsSha256: 'weights 2'};
  const kv = bucket((put) => put(other));
  await moveBest(kv, score(1, 0.5), byScore);
  t.deepEqual(kv.now(), other);
  const better = bucket((put) => put(other));
  await moveBest(better, score(3, 0.9), byScore);
  t.like(better.now(), {policyVersion: 3, value: 0.9});
});

test('A score of another suite, or without the metric, is worth nothing', async (t) => {
  t.is(worthOf(score(1, 0.5, {name: 'other'}), byScore), undefined);
  t.is(worthOf(score(1, 0.5, {name: 'held', metrics: {}}), byPerplexity), undefined);
  t.is(worthOf(score(1, 0.5, {name: 'held', metrics: {perplexity: Number.NaN}}), byPerplexity), undefined);
  const endless = {name: 'held', metrics: {perplexity: Number.POSITIVE_INFINITY}};
  t.is(worthOf(score(1, 0.5, endless), byPerplexity), undefined);
  const kv = bucket();
  await moveBest(kv, score(1, 0.5, {name: 'other'}), byScore);
  t.is(kv.now(), undefined);
});
