import * as tf from '@tensorflow/tfjs-core';
import test from 'ava';
import {apoZero} from '../../../../runtime/learning/objectives/apo-zero.js';
import {batchKl} from '../../../../runtime/learning/objectives/kl.js';
import {ktoPair} from '../../../../runtime/learning/objectives/kto-pair.js';
import {measure, type PairNumbers, pairBatch} from '../../../helpers/pair-batch.js';

const beta = 0.1;
const kl = (pairs: readonly PairNumbers[]): number =>
  tf.tidy(() => batchKl(pairBatch(ktoPair, {pairs, beta})).dataSync()[0] ?? NaN);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

test('with a KL of 0 it is APO-zero minus 1, slopes included', (t) => {
  // Log-ratios −2 and 1, 0.5 and −1: their mean is negative, so the estimate is 0.
  const pairs: PairNumbers[] = [
    {policy: [-20, -9], reference: [-18, -10]},
    {policy: [-7.5, -9], reference: [-8, -8]},
  ];
  t.is(kl(pairs), 0);
  const [paired, zero] = [measure(ktoPair, {pairs, beta}), measure(apoZero, {pairs, beta})];
  t.true(Math.abs(paired.loss - (zero.loss - 1)) < 1e-6);
  for (const [index, slopes] of paired.slopes.entries()) {
    for (const [side, slope] of slopes.entries()) {
      t.true(Math.abs(slope - (zero.slopes[index]?.[side] ?? NaN)) < 1e-8, `${slope} of pair ${index}`);
    }
  }
});

/** Log-ratios 3 and 1, 2 and −2: their mean is 1 nat, so the anchor is 0.1. */
const positive: PairNumbers[] = [
  {policy: [-5, -6], reference: [-8, -7]},
  {policy: [-4, -9], reference: [-6, -7]},
];

test('the anchor is one number for the batch: β times the mean log-ratio of all completions', (t) => {
  t.is(kl(positive), 1);
  const wanted = [-sigmoid(0.3 - 0.1) - sigmoid(0.1 - 0.1), -sigmoid(0.2 - 0.1) - sigmoid(0.1 + 0.2)];
  const {losses} = measure(ktoPair, {pairs: positive, beta});
  for (const [index, loss] of losses.entries())
    t.true(Math.abs(loss - (wanted[index] ?? NaN)) < 1e-6, `${loss}`);
});

test('no gradient flows through the anchor', (t) => {
  // Anchor 0.1 as above. Through it, every slope would differ by 3e-5; in a batch of one pair its two terms cancel.
  const slope = (z: number): number => sigmoid(z) * (1 - sigmoid(z));
  const wanted = [
    [-slope(0.3 - 0.1), slope(0.1 - 0.1)],
    [-slope(0.2 - 0.1), slope(0.1 + 0.2)],
  ];
  const {slopes} = measure(ktoPair, {pairs: positive, beta});
  for (const [index, sides] of slopes.entries()) {
    for (const [side, actual] of sides.entries()) {
      // The mean over two pairs halves them.
      t.true(
        Math.abs(actual - (beta * (wanted[index]?.[side] ?? NaN)) / 2) < 1e-8,
        `${actual} of pair ${index}`,
      );
    }
  }
});

test('a row of weight 0 does not move the KL, and a batch of such rows has none', (t) => {
  const pair: PairNumbers = {policy: [-6, -7], reference: [-8, -8]};
  const filler: PairNumbers = {policy: [500, 500], reference: [0, 0], weight: 0};
  t.is(kl([pair]), 1.5);
  t.is(kl([pair, filler]), 1.5);
  t.is(kl([filler]), 0);
});
