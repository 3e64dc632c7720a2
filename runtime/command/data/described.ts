/** What `anchorage data describe` found out, as JSON and in words. */
import type {Description} from '../../data/describe/description.js';
import {descriptionFacts, rewardsText} from '../../data/describe/description-text.js';
import type {Rewards} from '../../data/describe/likelihood.js';
import {rejectionTable} from '../../metrics/rejections.js';

/** What is shown, and what `--json` writes. */
export interface Described extends Description {
  /** Prompts that came to an end; null of a file, which does not say. */
  readonly prompts: number | null;
  /** Prompts by why they gave no pair; null of a file. */
  readonly rejections: Readonly<Record<string, number>> | null;
  /** Rows of a file that are no pair to train on, by why; they are in no other figure. */
  readonly refused: Readonly<Record<string, number>>;
  /** Under `--model`; null without it. */
  readonly model: ModelView | null;
}

export interface ModelView {
  readonly folder: string;
  /** Drawn, and scored. */
  readonly pairs: number;
  readonly chosen_logps: number;
  readonly rejected_logps: number;
  /** Of those whose reference the file says; null where it says none. */
  readonly rewards: Rewards | null;
}

/** Label and value of each fact, in reading order. */
export const factsOf = (
  name: string,
  {prompts, rejections, refused, model, ...description}: Described,
): [string, string][] => [
  ['Pairs', `${description.pairs.toLocaleString('en-US')} in ${name}`],
  ...Object.entries(refused).map(([why, count]): [string, string] => [
    'Passed over',
    `${count.toLocaleString('en-US')} rows: ${why}`,
  ]),
  ...(prompts === null || rejections === null ? [] : rejectionFacts(prompts, rejections)),
  ...descriptionFacts(description),
  ...(model === null ? [] : modelFacts(model)),
];

export const textOf = (facts: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...facts.map(([label]) => label.length));
  return facts.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n');
};

const rejectionFacts = (prompts: number, counts: Readonly<Record<string, number>>): [string, string][] =>
  rejectionTable(prompts, counts).map(({word, count, share, meaning}) => [
    `Rejected: ${word}`,
    `${count.toLocaleString('en-US')} prompts (${(100 * share).toFixed(1)} %): ${meaning}`,
  ]);

const modelFacts = ({
  folder,
  pairs,
  chosen_logps: chosen,
  rejected_logps: rejected,
  rewards,
}: ModelView): [string, string][] => [
  [
    'Model',
    `${chosen.toFixed(1)} nats for a chosen answer on average, ${rejected.toFixed(1)} for a rejected one, in ${pairs} pairs under ${folder}`,
  ],
  ...(rewards === null ? [] : ([['Rewards', rewardsText(rewards)]] as [string, string][])),
];
