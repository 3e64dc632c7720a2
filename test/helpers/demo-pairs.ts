/** Pairs of the demonstration's task, made by rule. */
import {type PreferencePair, PreferenceSource} from '../../proto/messages.js';
import {makePrompts, readPrompt, solve, solveCarelessly, writeAnswer} from '../../runtime/demo/task.js';

/** Right answers over careless ones. What the reference thinks of them need only be the same in each run. */
export const demoPairs = (count: number): PreferencePair[] =>
  makePrompts({split: 'train', count: 2 * count, seed: 1})
    .flatMap((prompt, index): PreferencePair[] => {
      const items = readPrompt(prompt) ?? [];
      const chosen = writeAnswer(items.map(solve), 'commas');
      const rejected = writeAnswer(items.map(solveCarelessly), 'commas');
      if (chosen === rejected) return [];
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
          chosenTokenCount: chosen.length,
          rejectedTokenCount: rejected.length,
        },
      ];
    })
    .slice(0, count);
