/** A description in words: label and value of each fact, in reading order; shared by the command and the report. Pure. */
import type {Contrast} from './contrast.js';
import type {Description} from './description.js';
import {BIAS_RULE, type SideLengths} from './lengths.js';
import type {Rewards} from './likelihood.js';

export const descriptionFacts = (description: Description): [string, string][] => {
  const {recipes, anchor} = description;
  return [
    ['Lengths', lengthsText(description)],
    ['Length bias', biasText(description)],
    ...Object.entries(recipes)
      .filter(([, {contrast}]) => contrast.compared > 0)
      .map(([source, {pairs, contrast}]): [string, string] => [
        `Contrast of ${source}`,
        `${grouped(pairs)} pairs; ${contrastText(contrast, description.unit)}`,
      ]),
    ...likelihoodFacts(description),
    ['Anchor', anchor.reason],
  ];
};

const lengthsText = ({lengths, unit}: Description): string => {
  const {chosen, rejected, chosen_tokens: chosenTokens, rejected_tokens: rejectedTokens} = lengths;
  const sides = (one: SideLengths, other: SideLengths, what: string): string =>
    `${number(one.mean)} ${what} in a chosen answer on average (median ${number(one.median)}), ${number(other.mean)} (${number(other.median)}) in a rejected one`;
  return [
    ...(chosenTokens.mean === null ? [] : [sides(chosenTokens, rejectedTokens, unit)]),
    sides(chosen, rejected, 'characters'),
  ].join('; ');
};

const biasText = ({lengths: {bias, chosen_longer: longer, equal, ratio}}: Description): string => {
  const verdict = bias === null ? 'none' : `chosen answers are ${bias}`;
  return `${verdict}: chosen has more characters in ${percent(longer)} of pairs (as many in ${percent(equal)}), ${number(ratio, 2)} times as many on average; ${BIAS_RULE}`;
};

const contrastText = (contrast: Contrast, unit: Description['unit']): string => {
  const {distance, relative_distance: relative, shared_tokens: shared, common_prefix: prefix, cut} = contrast;
  const {changed_spans: spans, common_prefix_share: prefixShare, compared} = contrast;
  return [
    `${number(distance.mean)} ${unit} of edit distance on average (median ${number(distance.median)}; ${percent(relative)} of the longer side) in ${number(spans.mean)} changed spans`,
    `${percent(shared)} of ${unit} shared`,
    `the first ${number(prefix)} in common (${percent(prefixShare)} of the rejected side)`,
    `from ${grouped(compared)} pairs${cut === 0 ? '' : `, ${cut} of them up to their first 2,048 changed ${unit}`}`,
  ].join('; ');
};

const likelihoodFacts = ({likelihood}: Description): [string, string][] =>
  likelihood === null
    ? []
    : [
        [
          'Likelihood',
          `${number(likelihood.chosen_logps)} nats for a chosen answer on average, ${number(likelihood.rejected_logps)} for a rejected one, under the policy before training; chosen is the likelier one in ${percent(likelihood.chosen_likelier)} of ${grouped(likelihood.pairs)} pairs`,
        ],
      ];

/** What a model has learnt of pairs whose reference is known. */
export const rewardsText = ({pairs, beta, chosen, rejected, margins, accuracies}: Rewards): string =>
  `${number(chosen, 3)} for a chosen answer on average, ${number(rejected, 3)} for a rejected one, margin ${number(margins, 3)}; chosen has the higher one in ${percent(accuracies)} of ${grouped(pairs)} pairs (beta ${beta})`;

const number = (value: number | null, digits = 1): string =>
  value === null ? 'unknown' : Number.isInteger(value) ? grouped(value) : value.toFixed(digits);
const percent = (share: number | null): string =>
  share === null ? 'unknown' : `${(100 * share).toFixed(1)} %`;
const grouped = (value: number): string => value.toLocaleString('en-US');
