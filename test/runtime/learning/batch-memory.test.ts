/** How a learner cuts its batches, whatever is in them. */
import test from 'ava';
import {pairsOfLengths, realLengths} from '../../../runtime/bench/real/lengths.js';
import {neededTokens} from '../../../runtime/bench/real/needed.js';
import {
  keepsProbabilities,
  keptBytesPerToken,
  MOST_RUN_TOKENS,
  mustRecompute,
  packingOf,
  type RunBounds,
} from '../../../runtime/learning/batch-memory.js';
import {type PackedRun, packRuns} from '../../../runtime/learning/packing/packing.js';
import type {TrainingPair} from '../../../runtime/learning/pair.js';
import {type ModelConfig, readModelConfig} from '../../../runtime/model/files/config.js';
import {goldenPath} from '../../helpers/goldens.js';

const config: ModelConfig = {
  ...(await readModelConfig(goldenPath('llama'))),
  hiddenSize: 192,
  intermediateSize: 512,
  layerCount: 8,
  headCount: 6,
  keyValueHeadCount: 2,
  headDim: 32,
  vocabSize: 49_152,
};
const LIMITS = {prompt: 512, completion: 512};
const MAX_TOKENS = 1024;
/** What one chunk of logits may take. */
const CHUNK_BYTES = 64 * 2 ** 20;

const batches = (kind: 'plain' | 'clair', size: number): TrainingPair[][] => {
  const pairs = pairsOfLengths(realLengths(kind), LIMITS, config.vocabSize).map((pair) => ({
    ...pair,
    referenceChosenLogps: -1,
    referenceRejectedLogps: -2,
  }));
  return Array.from({length: Math.floor(pairs.length / size)}, (_, i) =>
    pairs.slice(i * size, (i + 1) * size),
  );
};
const tokensOf = ({arrays}: PackedRun): number => arrays.tokens.length;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

for (const kind of ['plain', 'clair'] as const) {
  for (const batchSize of [4, 8, 16]) {
    test(`of real lengths, ${kind}, in batches of ${batchSize}, nine tenths of what is computed is needed`, (t) => {
      const packing = packingOf(config, {batchSize, maxTokens: MAX_TOKENS});
      const [needed, computed, wanted, predicted] = [[0], [0], [0], [0]];
      for (const batch of batches(kind, batchSize)) {
        const runs = packRuns(batch, packing);
        needed.push(neededTokens(batch));
        computed.push(sum(runs.map(tokensOf)));
        wanted.push(sum(runs.map(({arrays}) => arrays.owners.filter((owner) => owner >= 0).length)));
        predicted.push(sum(runs.map(({arrays}) => arrays.owners.length)));
        t.deepEqual(
          runs.flatMap(({pairs}) => pairs).toSorted((a, b) => a - b),
          [...batch.keys()],
        );
      }
      t.true(sum(needed) >= 0.9 * sum(computed), `${sum(needed)} of ${sum(computed)} tokens`);
      t.true(sum(wanted) >= 0.9 * sum(predicted), `${sum(wanted)} of ${sum(predicted)} predictions`);
    });
  }
}

const bounds: [claim: string, bounds: RunBounds][] = [
  ['unless told', {batchSize: 16, maxTokens: MAX_TOKENS}],
  ['of few pairs', {batchSize: 16, maxTokens: MAX_TOKENS, microBatchSize: 2}],
  ['of little memory', {batchSize: 16, maxTokens: MAX_TOKENS, keptBytes: 900 * keptBytesPerToken(config)}],
  ['of no memory', {batchSize: 16, maxTokens: MAX_TOKENS, keptBytes: 1}],
];
for (const [claim, given] of bounds) {
  test(`runs stay within their tokens, their pairs and a chunk's logits: ${claim}`, (t) => {
    const {batchSize, microBatchSize = batchSize, keptBytes = Number.POSITIVE_INFINITY} = given;
    const packing = packingOf(config, given);
    for (const run of batches('plain', batchSize).flatMap((batch) => packRuns(batch, packing))) {
      t.true(run.pairs.length <= microBatchSize);
      const most = Math.min(MOST_RUN_TOKENS, keptBytes / keptBytesPerToken(config));
      // A pair that is longer is alone; and there is a filler.
      if (run.pairs.length > 1) {
        t.true(tokensOf(run) <= most + 1);
        const bytes = 4 * 8 * ((tokensOf(run) - 1) * 2816 + run.arrays.seated.length * 512);
        t.true(bytes <= keptBytes, `${run.sizes.rows} rows keep ${bytes} bytes of ${keptBytes}`);
      }
      t.true(4 * run.sizes.chunk * config.vocabSize <= CHUNK_BYTES + 4 * config.vocabSize);
      t.is(run.arrays.seated.length, run.sizes.rows * run.sizes.block * packing.blocks);
      t.is(run.arrays.owners.length, run.sizes.chunk * packing.chunks);
    }
  });
}

test('layers are computed again where a run’s tokens and seats would keep more than they may, and only there', (t) => {
  const [[pair]] = batches('plain', 1) as [[TrainingPair]];
  const packing = packingOf(config, {batchSize: 1, maxTokens: MAX_TOKENS});
  const [run] = packRuns([pair], packing) as [PackedRun];
  // Of a token 4 · 192 + 4 · 512 numbers, of a seat 2 · (6 + 2) · 32, of each of 8 layers.
  const kept = 4 * 8 * ((tokensOf(run) - 1) * 2816 + run.arrays.seated.length * 512);
  t.true(kept > (tokensOf(run) - 1) * keptBytesPerToken(config));
  t.false(mustRecompute(config, run, kept));
  t.true(mustRecompute(config, run, kept - 1));
});

test('probabilities are kept where a run as long as any fits with them', (t) => {
  const longest = 2 * MAX_TOKENS;
  const least = longest * (keptBytesPerToken(config) + 4 * config.vocabSize);
  const keeps = (keptBytes: number) =>
    keepsProbabilities(config, {tokens: 1000}, {maxTokens: MAX_TOKENS, keptBytes});
  t.true(keeps(least));
  t.false(keeps(least - 1));
});

test('a batch is cut the same way each time, from its pairs and bounds alone', (t) => {
  const packing = packingOf(config, {batchSize: 16, maxTokens: MAX_TOKENS});
  const [batch = []] = batches('clair', 16);
  t.deepEqual(packRuns(structuredClone(batch), packing), packRuns(batch, packing));
});
