/** The pairs of a run, as far as a report shows them. Pure. */
import {datasetOf} from '../../datasets.js';
import {sourceOf} from '../../metrics/lines.js';
import {excerpt} from '../../text/excerpt.js';
import type {PairLine} from './log-rows.js';

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
  /** How many answers of the policy each took. */
  readonly answers: number;
  /** The first ones. */
  readonly examples: readonly PairExample[];
  /** Completion tokens of each pair, where they are known. */
  readonly lengths: readonly {readonly chosen: number; readonly rejected: number}[];
}

const SHOWN = 5;
const MOST_CHARACTERS = 4096;

export const collectPairs = (): Pairs => {
  let count = 0;
  let answers = 1;
  const examples: PairExample[] = [];
  const lengths: {chosen: number; rejected: number}[] = [];
  const cut = (text: string): string => excerpt(text, MOST_CHARACTERS);
  return {
    examples,
    lengths,
    get count() {
      return count;
    },
    get answers() {
      return answers;
    },
    take({prompt, chosen, rejected, prompt_line: line, source, ...tokens}) {
      count += 1;
      answers = Math.max(answers, datasetOf(sourceOf(source))?.answers ?? 1);
      if (examples.length < SHOWN)
        examples.push({prompt: cut(prompt), chosen: cut(chosen), rejected: cut(rejected), line});
      const {chosen_token_count: chosenTokens, rejected_token_count: rejectedTokens} = tokens;
      if (chosenTokens !== undefined && rejectedTokens !== undefined)
        lengths.push({chosen: chosenTokens, rejected: rejectedTokens});
    },
  };
};
