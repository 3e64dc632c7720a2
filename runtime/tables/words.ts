/** How a table calls things, and how it writes its numbers. Pure. */
import type {Estimate} from '../statistics/paired-bootstrap.js';

const words: Readonly<Record<string, string>> = {
  clair: 'CLAIR',
  judge_on_policy: 'Judge on-policy',
  judge_off_policy: 'Judge off-policy',
  stronger_preferred: 'Stronger Preferred',
  best_of_n: 'Best of n',
  dpo: 'DPO',
  kto_pair: 'KTO-pair',
  sft: 'SFT',
  apo_zero: 'APO-zero',
  apo_down: 'APO-down',
};

/** As the paper has it; what it does not have stays as it is. */
export const titleOf = (name: string): string => words[name] ?? name;

/** Two digits, and no sign of what they round to nothing. */
export const points = (value: number): string => value.toFixed(2).replace(/^-(?=0\.00$)/, '');
export const intervalOf = ({low, high}: Pick<Estimate, 'low' | 'high'>): string =>
  `[${points(low)}, ${points(high)}]`;

/** What is to be known of a table's numbers: of items that are not in it, and of the suite. */
export const sentencesOf = ({
  leftOut,
  notes,
}: {
  readonly leftOut: number;
  readonly notes: readonly string[];
}): readonly string[] => [
  ...(leftOut === 0
    ? []
    : [
        `${leftOut} ${leftOut === 1 ? 'item is' : 'items are'} left out, which not every run has a grade for.`,
      ]),
  ...notes,
];

/** What the numbers of a table are. */
export const CAPTION =
  'Max Δ and mean Δ (standard deviation over the checkpoints) of the score against that before training, in points, and their ' +
  '95 % intervals by a paired bootstrap over items and seeds.';
