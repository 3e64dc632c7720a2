/** What pairs are worth: lengths, contrast by recipe, likelihoods, and rewards. */
import test from 'ava';
import {type DescribedPair, describing} from '../../../../runtime/data/describe/description.js';
import {descriptionFacts} from '../../../../runtime/data/describe/description-text.js';
import {rewardsOf} from '../../../../runtime/data/describe/likelihood.js';
import {wordsIn} from '../../../../runtime/data/describe/words.js';

const pair = (rejected: string, chosen: string, more: Partial<DescribedPair> = {}): DescribedPair => ({
  source: 'revision',
  chosen,
  rejected,
  tokens: {chosen: wordsIn(chosen), rejected: wordsIn(rejected)},
  reference: undefined,
  ...more,
});
const described = (pairs: readonly DescribedPair[]) => {
  const describer = describing('words');
  for (const each of pairs) describer.take(each);
  return describer.result();
};

test('Lengths are of characters and tokens, and each recipe has its contrast', (t) => {
  const {pairs, lengths, recipes} = described([
    pair('a b c d', 'a b x d'),
    pair('a b', 'a b c c c c c c', {source: 'judgment'}),
    pair('one two', 'one two', {tokens: undefined}),
  ]);
  t.is(pairs, 3);
  t.deepEqual(lengths.chosen, {mean: (7 + 15 + 7) / 3, median: 7});
  t.deepEqual(lengths.rejected_tokens, {mean: 3, median: 2});
  t.is(lengths.chosen_longer, 1 / 3);
  t.is(lengths.equal, 2 / 3);
  // Geometric: the cube root of 1 · 5 · 1.
  t.true(Math.abs((lengths.ratio ?? 0) - 5 ** (1 / 3)) < 1e-12);
  t.is(lengths.bias, 'longer');
  t.like(recipes.revision, {pairs: 2});
  t.like(recipes.revision?.contrast, {
    compared: 1,
    distance: {mean: 1, median: 1},
    relative_distance: 0.25,
    shared_tokens: 0.75,
    common_prefix: 2,
    common_prefix_share: 0.5,
    changed_spans: {mean: 1, median: 1},
  });
  t.like(recipes.judgment?.contrast, {distance: {mean: 6, median: 6}, common_prefix_share: 1});
});

test('Length gives chosen away where one side is mostly the longer, or much longer; the rule is said', (t) => {
  const biasOf = (...sides: readonly (readonly [number, number])[]) =>
    described(sides.map(([rejected, chosen]) => pair('r'.repeat(rejected), 'c'.repeat(chosen)))).lengths.bias;
  t.is(biasOf([100, 101], [100, 101], [100, 99]), 'longer');
  t.is(biasOf([100, 101], [100, 99]), null);
  t.is(biasOf([100, 400], [100, 99]), 'longer');
  t.is(biasOf([100, 99], [100, 98], [100, 101]), 'shorter');
  const [, bias] = descriptionFacts(described([pair('a', 'a b c')]));
  t.regex(bias?.[1] ?? '', /^chosen answers are longer: .*; flagged where one side is the longer in 65 % /);
});

test('Likelihoods are of the pairs whose reference is known', (t) => {
  const {likelihood} = described([
    pair('a', 'b', {reference: {chosen: -4, rejected: -2}}),
    pair('a', 'b', {reference: {chosen: -1, rejected: -3}}),
    pair('a', 'b'),
  ]);
  t.deepEqual(likelihood, {pairs: 2, chosen_logps: -2.5, rejected_logps: -2.5, chosen_likelier: 0.5});
  t.is(described([pair('a', 'b')]).likelihood, null);
});

test('Rewards are beta times what a model gained on the reference', (t) => {
  const rewards = rewardsOf(
    [
      {policy: {chosen: -1, rejected: -5}, reference: {chosen: -3, rejected: -3}},
      {policy: {chosen: -4, rejected: -2}, reference: {chosen: -4, rejected: -4}},
    ],
    0.5,
  );
  t.deepEqual(rewards, {pairs: 2, beta: 0.5, chosen: 0.5, rejected: 0, margins: 0.5, accuracies: 0.5});
  t.is(rewardsOf([], 0.1), null);
});

test('Pairs whose rejected answers are the policy’s own want apo_zero by their recipe; others are not told', (t) => {
  t.is(described([pair('a', 'b'), pair('a', 'b', {source: 'judgment'})]).anchor.evidence, 'recipe');
  t.is(described([pair('a', 'b'), pair('a', 'b', {source: undefined})]).anchor.evidence, 'none');
  t.is(described([]).anchor.evidence, 'none');
});
