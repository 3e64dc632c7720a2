/**
 * MT-bench: questions of two `turns`; some have a `reference` for each. The first turn is the prompt. The second follows a model's
 * own answer to the first, which there is none of yet: it is counted.
 */
import type {Layout} from './layout.js';

export const mtBench: Layout = {
  fits: ({question_id, turns}) => question_id !== undefined && isTexts(turns),
  read: ({turns, reference}) => ({
    prompt: (turns as readonly string[])[0] ?? '',
    laterTurns: Math.max(0, (turns as readonly string[]).length - 1),
    answers: isTexts(reference) ? reference.slice(0, 1).map((text) => ({text})) : [],
  }),
};

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');
