/** Chosen answers against the policy's by scores that somebody recorded: `--recorded` of `anchorage data describe`. */
import type {Comparisons} from '../../anchor/advice.js';
import {recorded} from '../../data/describe/recorded.js';
import {answerWords, type FilePair, promptWords} from '../../data/file-pairs.js';
import {TerminalError} from '../../errors.js';
import {exampleOf} from '../../sources/layouts/layouts.js';
import {readRows} from '../../sources/rows.js';

const EXAMPLE = '{"instruction": "...", "output_1": "...", "output_2": "...", "preference": 1.2}';

export interface RecordedAnswers {
  take(pair: FilePair): void;
  /**
   * Of all that were taken.
   *
   * @throws TerminalError where no chosen answer is in any of the files.
   */
  comparisons(pairs: string): Comparisons;
}

/**
 * @param files in any layout of answers with scores, such as AlpacaEval's annotations or UltraFeedback.
 * @param policy the name of a model in them.
 * @throws TerminalError where one of the two is missing, and where a file has nothing of that policy.
 */
export const recordedAnswers = async (
  files: readonly string[],
  policy: string | undefined,
): Promise<RecordedAnswers> => {
  if (policy === undefined || files.length === 0)
    throw new TerminalError(
      policy === undefined
        ? '--recorded: whose answers stand for the policy’s? give the name of a model in it with --policy'
        : '--policy: is a name in a file of --recorded; give one',
    );
  const known = recorded(policy);
  for (const file of files) {
    const before = known.rows;
    const models = new Set<string>();
    for await (const row of readRows({path: file, keys: '--'}, EXAMPLE)) {
      const {prompt, answers = []} = exampleOf(row) ?? {};
      for (const {model} of answers) if (model !== undefined) models.add(model);
      if (prompt !== undefined) known.add(promptWords(prompt), answers);
    }
    if (known.rows === before)
      throw new TerminalError(
        `--recorded ${file}: has no score of an answer by ${policy}; there are answers by ${[...models].join(', ') || 'nobody'}`,
      );
  }
  return {
    take: ({prompt, chosen}) => known.compare(promptWords(prompt), answerWords(chosen)),
    comparisons(pairs) {
      const {wins, losses, undecided} = known.comparisons;
      if (wins + losses + undecided === 0)
        throw new TerminalError(
          `--recorded: none of the chosen answers of ${pairs} stands beside one by ${policy} in ${files.join(', ')}`,
        );
      return known.comparisons;
    },
  };
};
