/** What pairs are worth, before anybody trains on them. Memory does not grow with how many there are. */
import {type AnchorAdvice, anchorAdvice, type Comparisons, isAboveOwn} from '../../anchor/advice.js';
import {datasetOf} from '../../datasets.js';
import {sourceOf} from '../../metrics/lines.js';
import {type Contrast, type Contrasting, contrasting} from './contrast.js';
import type {Tokens} from './difference.js';
import {type Lengths, measuring} from './lengths.js';
import {type Likelihood, likelihoods, type SideLogps} from './likelihood.js';

/** A pair as it is described. */
export interface DescribedPair {
  /** The word of its source; undefined where nothing says it. */
  readonly source: string | undefined;
  readonly chosen: string;
  readonly rejected: string;
  /** Ids of the policy's tokens, or words; undefined where they are not known. */
  readonly tokens: {readonly chosen: Tokens; readonly rejected: Tokens} | undefined;
  /** Under the policy before training; undefined where they were not worked out. */
  readonly reference: SideLogps | undefined;
}

export interface Description {
  readonly pairs: number;
  /** What lengths and differences are counted in. */
  readonly unit: 'tokens' | 'words';
  readonly lengths: Lengths;
  /** By source. */
  readonly recipes: Readonly<Record<string, {readonly pairs: number; readonly contrast: Contrast}>>;
  readonly likelihood: Likelihood | null;
  readonly anchor: AnchorAdvice;
}

export interface Describing {
  take(pair: DescribedPair): void;
  /** @param comparisons of chosen answers with the policy's, where some were made. */
  result(comparisons?: Comparisons): Description;
}

/** Of pairs of which nothing says how they came about. */
export const UNKNOWN_SOURCE = 'unknown';

export const describing = (unit: Description['unit']): Describing => {
  const lengths = measuring();
  const likelihood = likelihoods();
  const recipes = new Map<string, {pairs: number; readonly contrast: Contrasting}>();
  let pairs = 0;
  let isAbove = true;
  return {
    take({source = UNKNOWN_SOURCE, chosen, rejected, tokens, reference}) {
      pairs += 1;
      lengths.take({chosen: chosen.length, rejected: rejected.length});
      if (tokens !== undefined)
        lengths.takeTokens({chosen: tokens.chosen.length, rejected: tokens.rejected.length});
      const recipe = recipes.get(source) ?? {pairs: 0, contrast: contrasting(source)};
      recipe.pairs += 1;
      if (tokens !== undefined) recipe.contrast.take(tokens.rejected, tokens.chosen);
      recipes.set(source, recipe);
      if (reference !== undefined) likelihood.take(reference);
      isAbove &&= isAboveOwn(datasetOf(sourceOf(source)));
    },
    result: (comparisons) => ({
      pairs,
      unit,
      lengths: lengths.result(),
      recipes: Object.fromEntries(
        [...recipes].map(([source, {pairs: count, contrast}]) => [
          source,
          {pairs: count, contrast: contrast.result()},
        ]),
      ),
      likelihood: likelihood.result(),
      anchor: anchorAdvice(comparisons, pairs > 0 && isAbove),
    }),
  };
};
