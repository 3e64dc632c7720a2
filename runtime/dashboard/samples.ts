/** Answers and pairs of a run, to be read: what the policy said before and after, and what it learnt from. Pure. */

import type {AnswerLine} from './read/log-rows.js';
import type {PairExample} from './read/pairs.js';
import type {RunFiles} from './read/run-files.js';

/** One prompt, with the policy's answer before training and at the last checkpoint that was scored. */
export interface AnswerSample {
  readonly prompt: string;
  readonly before: AnswerLine;
  /** The same item; undefined where no later checkpoint was scored. */
  readonly after: AnswerLine | undefined;
}

/** By the first suite that asks. */
export const answerSamples = ({suites}: Pick<RunFiles, 'suites'>): AnswerSample[] => {
  const {scores = []} = suites.find((each) => each.scores.some(({answers}) => answers.length > 0)) ?? {};
  const [first] = scores;
  const last = scores.at(-1);
  if (first === undefined) return [];
  return first.answers.map((before, item) => ({
    prompt: before.prompt,
    before,
    // Held to its prompt: a suite whose file was changed has other items.
    after: last !== first && last?.answers[item]?.prompt === before.prompt ? last.answers[item] : undefined,
  }));
};

/** Pairs that were held back, where the run has some: what was learnt from is in pairs.jsonl too. */
export const pairSamples = ({pairs, heldOut}: Pick<RunFiles, 'pairs' | 'heldOut'>): readonly PairExample[] =>
  heldOut.count > 0 ? heldOut.examples : pairs.examples;
