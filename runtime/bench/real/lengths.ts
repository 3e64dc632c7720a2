/**
 * Pairs as long as people's. `lengths.csv` has 480 of each kind in SmolLM2's tokens, template and end token counted, none
 * cut: instructions of AlpacaEval with the answers of two models, a strong one's chosen and a small one's rejected (`plain`);
 * and the small model's answer beside the same with one sentence of it, at a random place, exchanged for one of the strong
 * model's (`clair`). There are no texts in it, and the pairs made of it have random tokens.
 */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {packageRoot} from '../../paths.js';
import {END_TOKEN, idsFrom, type PairKind, type TokenPair} from '../workload/workload.js';

/** In tokens. */
export interface PairLengths {
  readonly prompt: number;
  readonly chosen: number;
  readonly rejected: number;
  /** That both completions begin with. */
  readonly common: number;
}

/** Of prompts, which keep their end, and of completions, which lose their end token. */
export interface TokenLimits {
  readonly prompt: number;
  readonly completion: number;
}

/** In the order of the instructions. */
export const realLengths = (kind: PairKind): PairLengths[] =>
  readFileSync(join(packageRoot, 'runtime', 'bench', 'real', 'lengths.csv'), 'utf8')
    .split('\n')
    .map((line) => line.split(','))
    .filter(([of]) => of === kind)
    .map(([, ...numbers]) => {
      const [prompt = 0, chosen = 0, rejected = 0, common = 0] = numbers.map(Number);
      return {prompt, chosen, rejected, common};
    });

/** A pair of each of the lengths, cut to the limits: random tokens, drawn anew the same each time. */
export function pairsOfLengths(
  lengths: readonly PairLengths[],
  limits: TokenLimits,
  vocabSize: number,
): TokenPair[] {
  const ids = idsFrom(vocabSize, 'real pairs');
  return lengths.map(({prompt, chosen, rejected, common}) => {
    const promptIds = ids(Math.min(prompt, limits.prompt));
    const both = ids(common);
    // Where they part they differ, whatever is drawn.
    const [first = 0, ...rest] = ids(Math.max(chosen, rejected) - common);
    const other = first === vocabSize - 1 ? first - 1 : first + 1;
    const completion = (begin: number, length: number): number[] =>
      [...both, begin, ...rest]
        .slice(0, length - 1)
        .concat(END_TOKEN)
        .slice(0, limits.completion);
    const chosenIds = completion(first, chosen);
    return {promptIds, chosenIds, rejectedIds: completion(other, rejected)};
  });
}
