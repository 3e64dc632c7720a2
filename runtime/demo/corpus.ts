/**
 * What the demonstration's policy was pretrained on: answers by someone who knows the sums, forgets every other carry or
 * borrow, and now and then writes in the stronger model's style. Pure.
 */
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import type {RandomGenerator} from 'pure-rand/types/RandomGenerator';
import {randomFor} from '../seed.js';
import {drawPrompts, readPrompt, solve, solveCarelessly, writeAnswer} from './task.js';

/** The chance that an item is answered without its carry; an item that has none is right either way. */
const CARELESSNESS = 0.5;
/** The share of answers written `=238 =30 =32 =119 ok.`. */
const EQUALS_SHARE = 0.1;

const carelessAnswer = (prompt: string, random: RandomGenerator): string => {
  const style = uniformFloat64(random) < EQUALS_SHARE ? 'equals' : 'commas';
  const values = (readPrompt(prompt) ?? []).map((item) =>
    uniformFloat64(random) < CARELESSNESS ? solveCarelessly(item) : solve(item),
  );
  return writeAnswer(values, style);
};

/** Training prompts with careless answers, without end: no held-out prompt is ever among them. */
export function* drawCorpus(seed: number): Generator<{prompt: string; completion: string}, never> {
  const random = randomFor('corpus', seed);
  const prompts = drawPrompts('train', seed);
  for (;;) {
    const prompt = prompts.next().value;
    yield {prompt, completion: carelessAnswer(prompt, random)};
  }
}
