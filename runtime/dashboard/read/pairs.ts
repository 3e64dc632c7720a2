/** The pairs of a run, as far as a report shows them. Pure. */
import {type DescribedPair, type Description, describing} from '../../data/describe/description.js';
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
  /** What they are worth. */
  description(): Description;
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
  const described = describing('tokens');
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
    description: () => described.result(),
    take(row) {
      const {prompt, chosen, rejected, prompt_line: line, source, ...tokens} = row;
      count += 1;
      described.take(describedOf(row));
      answers = Math.max(answers, datasetOf(sourceOf(source))?.answers ?? 1);
      if (examples.length < SHOWN)
        examples.push({prompt: cut(prompt), chosen: cut(chosen), rejected: cut(rejected), line});
      const {chosen_token_count: chosenTokens, rejected_token_count: rejectedTokens} = tokens;
      if (chosenTokens !== undefined && rejectedTokens !== undefined)
        lengths.push({chosen: chosenTokens, rejected: rejectedTokens});
    },
  };
};

const describedOf = (row: PairLine): DescribedPair => {
  const {source, chosen, rejected, chosen_token_ids: chosenIds, rejected_token_ids: rejectedIds} = row;
  const {reference_chosen_logps: chosenLogps, reference_rejected_logps: rejectedLogps} = row;
  return {
    source,
    chosen,
    rejected,
    tokens: bothOf(chosenIds, rejectedIds),
    reference: bothOf(chosenLogps, rejectedLogps),
  };
};

const bothOf = <T>(chosen: T | undefined, rejected: T | undefined) =>
  chosen === undefined || rejected === undefined ? undefined : {chosen, rejected};
