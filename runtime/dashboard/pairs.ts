/** The pairs of a run, as far as a report shows them. Pure. */
import {excerpt} from '../excerpt.js';
import type {PairLine} from './rows.js';

/** A pair to be read. */
export interface PairExample {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
  /** Of the prompts' file. */
  readonly line: number | undefined;
}

export interface Pairs {
  readonly take: (row: PairLine) => void;
  readonly count: number;
  /** Whether a judge chose between two answers of the policy. */
  readonly isJudged: boolean;
  /** The first ones. */
  readonly examples: readonly PairExample[];
  /** Completion tokens of each pair, where they are known. */
  readonly lengths: readonly {readonly chosen: number; readonly rejected: number}[];
}

const SHOWN = 5;
const MOST_CHARACTERS = 4096;

export const collectPairs = (): Pairs => {
  let count = 0;
  let isJudged = false;
  const examples: PairExample[] = [];
  const lengths: {chosen: number; rejected: number}[] = [];
  const cut = (text: string): string => excerpt(text, MOST_CHARACTERS);
  return {
    examples,
    lengths,
    get count() {
      return count;
    },
    get isJudged() {
      return isJudged;
    },
    take({prompt, chosen, rejected, prompt_line: line, source, ...tokens}) {
      count += 1;
      isJudged ||= source === 'judgment';
      if (examples.length < SHOWN)
        examples.push({prompt: cut(prompt), chosen: cut(chosen), rejected: cut(rejected), line});
      const {chosen_token_count: chosenTokens, rejected_token_count: rejectedTokens} = tokens;
      if (chosenTokens !== undefined && rejectedTokens !== undefined)
        lengths.push({chosen: chosenTokens, rejected: rejectedTokens});
    },
  };
};
