/** The demonstration's held-out prompts, graded by rule: right is an answer whose four sums are. */
import * as z from 'zod';
import {gradeAnswer, heldOutPrompts} from '../demo/task.js';
import {type AnswerSuite, answerLength} from './suite.js';

const options = z.strictObject({
  suite: z.literal('arithmetic'),
  count: z.int().positive().default(300),
  ...answerLength,
});

export const arithmetic = {
  kind: 'answers',
  options,
  describe: ({suite, count}) => `${suite}, ${count} items`,
  items: async ({count}) => heldOutPrompts(count).map((prompt) => ({prompt})),
  grade: async ({prompt}, answer) => (gradeAnswer(prompt, answer).correct ? 1 : 0),
} as const satisfies AnswerSuite<z.infer<typeof options>>;
