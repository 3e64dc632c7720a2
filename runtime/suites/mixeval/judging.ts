/** What a judge is asked, in words of our own with MixEval's markers, and how its answer is read. Pure. */
import type {Question} from '../judge.js';
import {closingOf, markedNumber, numberFrom, type Scale, type VerdictWords, verdictForm} from '../verdict.js';
import {lettered} from './prompts.js';

/** From 0 to 1; `[[0.5]]` or else `[0.5]` in a reply, of which the first counts. */
export const SCORE: Scale<number> = {
  name: 'score',
  values: Array.from({length: 11}, (_, tenths) => tenths / 10),
  marked: markedNumber(0, 1),
  value: numberFrom(0, 1),
};

const SCORE_CLOSING = {
  marked:
    "First say briefly in what the model's answer agrees or disagrees with a right one. Then write the score in double square brackets: [[1.0]] where it is right, [[0.0]] where it is wrong, and one of 0.1, 0.2 and so on to 0.9 where it is right in part.",
  plain:
    'Answer with the score and nothing else: 1.0 where the answer is right, 0.0 where it is wrong, and one of 0.1, 0.2 and so on to 0.9 where it is right in part.',
} as const;

/** How right an answer is; like MixEval's judge, this one is not shown the context. */
export const scoreQuestion = (
  question: string,
  targets: readonly string[],
  answer: string,
  words: VerdictWords = {},
): Question => {
  const example = (reasons: string, score: string): string =>
    words.form === 'plain' ? score : `${reasons} [[${score}]]`;
  return {
    system: 'You grade answers by what is known to be right.',
    prompt: `Below are a question, the answers that are known to be right, and the answer of a model. What the question refers to may be missing: go by the right answers alone. Each of them is right by itself, and an answer that says the same in other words or in another notation is right, too.

${closingOf(SCORE_CLOSING, SCORE, words)}

Example
Question: What share of a pound is four ounces?
Right answers: (1) 1/4
The model's answer: It is 25 percent of a pound.
Your grade: ${example('25 percent is one quarter, so the answer says the same.', '1.0')}

Example
Question: Which city hosted the fair?
Right answers: (1) Lyon; (2) Lyon, France
The model's answer: A city in France.
Your grade: ${example('The country is right, and the city is not named.', '0.3')}

Question: ${question}
Right answers: ${targets.map((target, place) => `(${place + 1}) ${target}`).join('; ')}
The model's answer: ${answer}
Your grade:`,
    ...verdictForm(SCORE, words),
  };
};

/** That an answer chooses none. */
export const NONE = 'none';

/** A letter, `[[B]]` or else `[B]` in a reply, or `none` where there is none; the first counts. Of other options than there are, too: such an answer is wrong. */
export const optionScale = (options: readonly string[]): Scale<string> => ({
  name: 'option',
  values: [...options.map((_, place) => String.fromCharCode(65 + place)), NONE],
  marked: (reply) => (/\[\[([A-Z]|none)\]\]/.exec(reply) ?? /\[([A-Z]|none)\]/.exec(reply))?.[1],
  value: (text) => /^(?:[A-Z]|none)$/.exec(text)?.[0],
});

const OPTION_CLOSING = {
  marked:
    'First say briefly how the answer shows it. Then write the letter of the option in double square brackets, such as [[B]]; or [[none]] where it chooses no option.',
  plain: 'Answer with the letter of the option and nothing else, or with none where it chooses no option.',
} as const;

/** Which option an answer chooses. */
export const optionQuestion = (
  question: string,
  options: readonly string[],
  answer: string,
  words: VerdictWords = {},
): Question => {
  const scale = optionScale(options);
  return {
    system: 'You find out which option an answer chooses.',
    prompt: `Below are a question with its options, and the answer of a model. Find out which option the model chose, whether or not that is the right one. What the question refers to may be missing.

${closingOf(OPTION_CLOSING, scale, words)}

Example
Question: Which of these is a mammal?
Options:
A. trout
B. whale
The model's answer: Whales feed their young with milk, so it must be that one.
Your finding: ${words.form === 'plain' ? 'B' : 'It argues for whales, which are option B. [[B]]'}

Question: ${question}
Options:
${lettered(options)}
The model's answer: ${answer}
Your finding:`,
    ...verdictForm(scale, words),
  };
};
