/**
 * The run's own pairs of `holdOut` of its prompts, drawn by the seed and never trained on: the share of them whose chosen
 * answer has the higher implicit reward, β (log policy − log reference), and the mean margin.
 */
import * as z from 'zod';
import type {PairSuite} from './suite.js';

const options = z.strictObject({suite: z.literal('heldout'), holdOut: z.int().positive().default(32)});

export const heldout = {
  kind: 'pairs',
  options,
  describe: ({suite, holdOut}) => `${suite}: the pairs of ${holdOut} prompts, never trained on`,
} as const satisfies PairSuite<z.infer<typeof options>>;
