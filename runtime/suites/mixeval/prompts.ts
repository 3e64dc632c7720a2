/** What a policy is asked, as MixEval asks it. Pure. */

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
