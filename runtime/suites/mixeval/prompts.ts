/** What a policy is asked, as MixEval asks it, and what a judge is, in words of our own with MixEval's markers. Pure. */

interface Asked {
  readonly prompt: string;
  readonly context?: string | undefined;
}

const before = ({context}: Asked): string => (context === undefined ? '' : `${context}\n`);

export const lettered = (options: readonly string[]): string =>
  options.map((option, place) => `${String.fromCharCode(65 + place)}. ${option}`).join('\n');

export const choicePrompt = (asked: Asked & {readonly options: readonly string[]}): string =>
  `${before(asked)}${asked.prompt}\n${lettered(asked.options)}\nAnswer with the option letter from the given choices directly.`;

/** Benchmarks whose answers want steps. */
const STEPS = new Set(['BBH', 'GSM8k', 'MATH']);

export const freeFormPrompt = (asked: Asked & {readonly benchmark: string}): string => {
  const suffix = STEPS.has(asked.benchmark)
    ? "Answer the question. \nLet's think step by step."
    : 'Answer the question shortly.';
  return `Question: ${before(asked)}${asked.prompt}\n${suffix}`;
};

export interface JudgeQuestion {
  readonly system: string;
  readonly prompt: string;
}

/** How right an answer is; like MixEval's judge, this one is not shown the context. */
export const scoreQuestion = (
  question: string,
  targets: readonly string[],
  answer: string,
): JudgeQuestion => ({
  system: 'You grade answers by what is known to be right.',
  prompt: `Below are a question, the answers that are known to be right, and the answer of a model. What the question refers to may be missing: go by the right answers alone. Each of them is right by itself, and an answer that says the same in other words or in another notation is right, too.

First say briefly in what the model's answer agrees or disagrees with a right one. Then write the score in double square brackets: [[1.0]] where it is right, [[0.0]] where it is wrong, and one of 0.1, 0.2 and so on to 0.9 where it is right in part.

Example
Question: What share of a pound is four ounces?
Right answers: (1) 1/4
The model's answer: It is 25 percent of a pound.
Your grade: 25 percent is one quarter, so the answer says the same. [[1.0]]

Example
Question: Which city hosted the fair?
Right answers: (1) Lyon; (2) Lyon, France
The model's answer: A city in France.
Your grade: The country is right, and the city is not named. [[0.3]]

Question: ${question}
Right answers: ${targets.map((target, place) => `(${place + 1}) ${target}`).join('; ')}
The model's answer: ${answer}
Your grade:`,
});

/** Which option an answer chooses. */
export const optionQuestion = (
  question: string,
  options: readonly string[],
  answer: string,
): JudgeQuestion => ({
  system: 'You find out which option an answer chooses.',
  prompt: `Below are a question with its options, and the answer of a model. Find out which option the model chose, whether or not that is the right one. What the question refers to may be missing.

First say briefly how the answer shows it. Then write the letter of the option in double square brackets, such as [[B]]; or [[none]] where it chooses no option.

Example
Question: Which of these is a mammal?
Options:
A. trout
B. whale
The model's answer: Whales feed their young with milk, so it must be that one.
Your finding: It argues for whales, which are option B. [[B]]

Question: ${question}
Options:
${lettered(options)}
The model's answer: ${answer}
Your finding:`,
});
