/**
 * AlpacaEval: the `output` of a `generator` to an `instruction`, and annotations, which set one output against another.
 *
 * A `preference` goes from 1, where `output_1` is better, to 2, where `output_2` is; the older 0 is a tie, as 1.5 is.
 */

import {numberIn, stringIn} from '../fields.js';
import type {Layout} from './layout.js';

export const alpacaOutputs: Layout = {
  // Alpaca's training set has no generator, and may have more of the prompt in `input`.
  fits: (columns) => ['instruction', 'output', 'generator'].every((name) => name in columns),
  read: (columns, where) => ({
    prompt: stringIn(columns, 'instruction', where),
    answers: [
      {text: stringIn(columns, 'output', where), model: stringIn(columns, 'generator', where) || undefined},
    ],
  }),
};

export const alpacaAnnotations: Layout = {
  fits: (columns) => ['instruction', 'output_1', 'output_2'].every((name) => name in columns),
  read: (columns, where) => {
    const preference = numberIn(columns.preference);
    const second = preference === undefined ? undefined : preference === 0 ? TIE : preference - 1;
    const answer = (number: 1 | 2, score: number | undefined) => ({
      text: stringIn(columns, `output_${number}`, where),
      model: stringIn(columns, `generator_${number}`, where) || undefined,
      score,
    });
    return {
      prompt: stringIn(columns, 'instruction', where),
      areScoresOfRow: second !== undefined,
      answers: [answer(1, second === undefined ? undefined : 1 - second), answer(2, second)],
    };
  },
};

const TIE = 0.5;
