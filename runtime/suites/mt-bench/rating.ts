/** How a judge is asked to rate an answer of a conversation, in words of our own with MT-bench's structure and marker. Pure. */
import type {Question} from '../judge.js';
import {closingOf, markedNumber, numberFrom, type Scale, type VerdictWords, verdictForm} from '../verdict.js';

const [LEAST, MOST] = [1, 10];

/** From 1 to 10; `[[7]]` or else `[7]` in a reply, of which the first counts, as in FastChat. */
export const RATING: Scale<number> = {
  name: 'rating',
  values: Array.from({length: MOST}, (_, place) => place + LEAST),
  marked: markedNumber(LEAST, MOST),
  value: numberFrom(LEAST, MOST),
};

/** What the answer is to be. */
const CLOSING = {
  marked:
    'First explain your rating briefly. Then give it as a number from 1 to 10 in double square brackets, such as: Rating: [[5]]',
  plain: 'Answer with the rating, a whole number from 1 to 10, and nothing else.',
} as const;

const SYSTEM =
  'You rate the answers of AI assistants, fairly and by what is asked of them. A long answer is not a better one.';

const shown = (turns: readonly string[], answers: readonly string[]): string =>
  turns
    .map(
      (turn, at) =>
        `<user turn="${at + 1}">\n${turn}\n</user>\n\n<assistant turn="${at + 1}">\n${answers[at] ?? ''}\n</assistant>`,
    )
    .join('\n\n');

const shownReference = (
  turns: readonly string[],
  reference: readonly string[],
  {form}: VerdictWords,
): string =>
  `A correct conversation would be:

<reference>
${turns.map((turn, at) => `User: ${turn}\nCorrect answer: ${reference[at] ?? ''}`).join('\n\n')}
</reference>

Compare the assistant's answer with the correct one, find its mistakes${form === 'plain' ? '' : ' and say what they are'}. `;

/**
 * @param turns up to the one whose answer is rated.
 * @param reference what is right of each of them, where that is known.
 */
export const ratingQuestion = (
  turns: readonly string[],
  answers: readonly string[],
  reference: readonly string[] | undefined,
  words: VerdictWords = {},
): Question => ({
  system: SYSTEM,
  prompt: `Rate the assistant's ${turns.length === 1 ? 'answer to the question' : `answer to the user's turn ${turns.length}, in the light of the turns before it,`} below by its quality: how helpful, relevant, accurate, deep, creative and detailed it is${reference === undefined ? '' : ', and above all whether it is correct'}.

${shown(turns, answers)}

${reference === undefined ? '' : shownReference(turns, reference, words)}${closingOf(CLOSING, RATING, words)}`,
  ...verdictForm(RATING, words),
});
