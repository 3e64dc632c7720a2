/**
 * The run's own pairs of `holdOut` of its prompts, drawn by the seed and never trained on: the share of them whose chosen
 * answer has the higher implicit reward, β (log policy − log reference), and what else `preference` says of a file of pairs.
 */
import * as z from 'zod';
import {preference} from './preference.js';
import type {PairSuite} from './suite.js';

const options = z.strictObject({suite: z.literal('heldout'), holdOut: z.int().positive().default(32)});

export const heldout = {
  kind: 'pairs',
  options,
  metrics: preference.metrics,
  beforeTraining: preference.beforeTraining,
  describe: ({suite, holdOut}) => `${suite}: the pairs of ${holdOut} prompts, never trained on`,
} as const satisfies PairSuite<z.infer<typeof options>>;
