/** What is said at the end of a run of a judge that hardly looks at the answers. */
import type {Summary} from './summary.js';

/** Of a judge that has no bias of position, so few verdicts are that much on one side once in 5,000 runs. */
const FEWEST_VERDICTS = 20;
/** Of all verdicts, for one place. */
const MOST_FOR_A_PLACE = 0.9;

/** One line where nearly all verdicts prefer the same place; none of another judge. */
export const judgeLines = (
  {judge_first_share: first, judge_verdicts: verdicts}: Pick<Summary, 'judge_first_share' | 'judge_verdicts'>,
  orders: 'both' | 'seeded' | undefined,
): string[] => {
  if (first === null || verdicts < FEWEST_VERDICTS) return [];
  const share = Math.max(first, 1 - first);
  if (share < MOST_FOR_A_PLACE) return [];
  const told = `warning: ${(100 * share).toFixed(1)} % of the judge's ${verdicts} verdicts prefer the answer shown ${first > 0.5 ? 'first' : 'second'}, whichever it is`;
  return [
    orders === 'seeded'
      ? `${told}: its pairs are by chance; take a stronger judge, or set actors.judge.orders to both, which rejects them`
      : `${told}; take a stronger judge`,
  ];
};
