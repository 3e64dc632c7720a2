/** Pairs of the demonstration's task, made by rule. */
import {type PreferencePair, PreferenceSource} from '../../proto/messages.js';
import {makePrompts, readPrompt, solve, solveCarelessly, writeAnswer} from '../../runtime/demo/task.js';
import {demoPolicyFolder} from '../../runtime/fleet/file/load.js';
import {encodePair} from '../../runtime/model/text/encode.js';
import {loadTokenizer} from '../../runtime/model/text/tokenizer.js';

/** As in the demonstration's fleet. */
const options = {format: 'plain', maxPromptTokens: 32, maxCompletionTokens: 32} as const;

/** Right answers over careless ones. What the reference thinks of them need only be the same in each run. */
export const demoPairs = async (count: number): Promise<PreferencePair[]> => {
  const tokenizer = await loadTokenizer(demoPolicyFolder);
  return makePrompts({split: 'train', count: 2 * count, seed: 1})
    .flatMap((prompt, index): PreferencePair[] => {
      const items = readPrompt(prompt) ?? [];
      const chosen = writeAnswer(items.map(solve), 'commas');
      const rejected = writeAnswer(items.map(solveCarelessly), 'commas');
      if (chosen === rejected) return [];
      const {promptIds, chosenIds, rejectedIds} = encodePair(tokenizer, {prompt, chosen, rejected}, options);
      return [
        {
          promptId: String(index),
          prompt,
          chosen,
          rejected,
          source: PreferenceSource.PREFERENCE_SOURCE_REVISION,
          policyVersion: 0,
          referenceChosenLogps: -6 - (index % 5),
          referenceRejectedLogps: -4 - (index % 3),
          promptIds: [...promptIds],
          chosenIds: [...chosenIds],
          rejectedIds: [...rejectedIds],
        },
      ];
    })
    .slice(0, count);
};
