/** What fleet.yaml may say of how pairs are made: several recipes, filters, and the words in which a model is asked. */
import * as z from 'zod';
import {datasetNames, filterRules, rankings, rejectedRanks} from '../../datasets.js';
import {messageOf} from '../../errors.js';

const positive = z.number().positive();

/** Several recipes at once, each for its share of the prompts. */
export const recipes = z
  .array(
    z.strictObject({
      dataset: z.enum(datasetNames),
      weight: positive.default(1),
      /** Of the policy, to each prompt of `best_of_n`; 4 unless given. A judge compares each with every other. */
      answers: z.int().min(2).max(16).optional(),
      /** Of the answers that were ranked, whose side the rejected one is. */
      rejected: z.enum(rejectedRanks).default('worst'),
      /** Of `judge_off_policy`: who says which of the recorded answers is better. */
      by: z.enum(rankings).default('judge'),
    }),
  )
  .min(1);

/** Appendix A.2, and what else a pair must pass. */
export const filter = z.strictObject({
  minLengthRatio: positive.default(0.5),
  maxLengthRatio: positive.default(2),
  /** A policy's answer that was cut off at its limit: no pair, or one whose cut side has no end to be trained on. */
  truncated: z.enum(['reject', 'keep']).default('reject'),
  /** Characters that differ between the two sides, over the longer one's length, at least; 0 lets all but equals pass. */
  minEditRatio: z.number().min(0).max(1).default(0),
  /** An answer of more than policy.maxCompletionTokens: its first tokens are trained on, or the pair is rejected. */
  tooLong: z.enum(['cut', 'reject']).default('cut'),
  /** Rules that are not applied. */
  without: z.array(z.enum(filterRules)).default([]),
  /** A module of yours: its default export is given a pair and returns why it is rejected, if so. */
  module: z.string().min(1).optional(),
});

/** Revisions as they should be. */
export const examples = z
  .array(
    z.strictObject({
      prompt: z.string().min(1),
      completion: z.string().min(1),
      revision: z.string().min(1),
      reasoning: z.string().optional(),
    }),
  )
  .max(16);

/** How a judge may be told to give its verdict, a recipe's and a suite's. */
export const verdict = {
  /** `plain` asks for the verdict alone: for models that keep to no form. */
  form: z.enum(['marked', 'plain']).default('marked'),
  /** Asks the endpoint to hold the answer to JSON (`response_format`); one that refuses that is asked as before. */
  structured: z.boolean().default(false),
};

/** How an actor that asks for a form, and reads the answer by it, may be told of another. */
export const reading = (groups: readonly string[]) => ({
  structured: verdict.structured,
  /** The user's turn in your own words, a text with the blanks that runtime/fleet/README.md names. */
  promptFile: z.string().min(1).optional(),
  /** What is taken from an answer to it: a regular expression with named groups. */
  replyPattern: z
    .string()
    .max(1000)
    .superRefine((pattern, {addIssue}) => {
      const message = patternComplaint(pattern, groups);
      if (message !== undefined) addIssue({code: 'custom', message});
    })
    .optional(),
});

const patternComplaint = (pattern: string, groups: readonly string[]): string | undefined => {
  try {
    new RegExp(pattern, 'su');
  } catch (error) {
    return messageOf(error);
  }
  const missing = groups.filter((name) => !pattern.includes(`(?<${name}>`));
  return missing.length === 0
    ? undefined
    : `has no group ${missing.map((name) => `(?<${name}>...)`).join(', ')}`;
};
