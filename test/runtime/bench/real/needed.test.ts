import test from 'ava';
import {
  longestRow,
  longestSequence,
  neededForwardFlop,
  neededTokens,
} from '../../../../runtime/bench/real/needed.js';
import {configOf} from '../../../../runtime/bench/workload/sizes.js';

/** A prompt of 3; 2 tokens in common, then 2 and 3 more, the last ones included. */
const pair = {promptIds: [5, 6, 7], chosenIds: [8, 9, 10, 2], rejectedIds: [8, 9, 11, 12, 2]};

test('what both answers begin with is needed once, and a last token is never run', (t) => {
  // 3 + 2 shared, then 10 and 11, 12.
  t.is(neededTokens([pair]), 8);
  t.is(neededTokens([pair, pair]), 16);
  t.is(longestRow([pair]), 8);
  t.is(longestSequence([pair]), 8);
});

test('operations are counted for what a token sees, and for the tokens that are predicted', (t) => {
  const config = {
    ...configOf('0.4M'),
    layerCount: 1,
    hiddenSize: 8,
    headCount: 2,
    headDim: 4,
    keyValueHeadCount: 1,
    intermediateSize: 16,
    vocabSize: 100,
  };
  // Queries and output 8 by 8 each, keys and values 8 by 4 each, three matrices of 8 by 16.
  const layer = 2 * 8 * (2 * 64 + 2 * 32 + 3 * 128);
  // The five shared tokens see 1 to 5; 10 sees five and itself; 11 and 12 see five, and one and two.
  const attention = 4 * (15 + 6 + 6 + 7) * 8;
  // From the prompt's last token on: its two shared targets, the fork's two from one place, and three more.
  const vocabulary = 2 * 6 * 8 * 100;
  t.is(neededForwardFlop(config, [pair]), layer + attention + vocabulary);
});
