/** MT-bench: questions of two `turns`, of which the first can be asked without an answer; some have a `reference` for each. */
import type {Layout} from './layout.js';

export const mtBench: Layout = {
  fits: ({question_id, turns}) => question_id !== undefined && isTexts(turns),
  read: ({turns, reference}) => ({
    prompt: (turns as readonly string[])[0] ?? '',
    answers: isTexts(reference) ? reference.slice(0, 1).map((text) => ({text})) : [],
  }),
};

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');
