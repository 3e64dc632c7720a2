/** A preference pair as the learner takes it. */
import {TerminalError} from '../errors.js';

/** A pair as token ids, with what the frozen reference says of it. */
export interface TrainingPair {
  readonly promptIds: readonly number[];
  /** The completion's tokens, the end token included. At least one. */
  readonly chosenIds: readonly number[];
  readonly rejectedIds: readonly number[];
  /** log π_ref(y|x) of the chosen completion, nats, summed over its tokens. */
  readonly referenceChosenLogps: number;
  readonly referenceRejectedLogps: number;
}

/** What the tokens of a pair are held to. */
export interface TokenLimits {
  readonly vocabSize: number;
  readonly maxPromptTokens: number;
  readonly maxCompletionTokens: number;
}

/** What is wrong with the tokens of a pair that came from elsewhere, in words; undefined where nothing is. */
export function tokensComplaint(
  {promptIds, chosenIds, rejectedIds}: Pick<TrainingPair, 'promptIds' | 'chosenIds' | 'rejectedIds'>,
  {vocabSize, maxPromptTokens, maxCompletionTokens}: TokenLimits,
): string | undefined {
  const sides = [
    {side: 'prompt', ids: promptIds, most: maxPromptTokens},
    {side: 'chosen', ids: chosenIds, most: maxCompletionTokens},
    {side: 'rejected', ids: rejectedIds, most: maxCompletionTokens},
  ];
  for (const {side, ids, most} of sides) {
    if (ids.length === 0) return `${side} has no tokens`;
    if (ids.length > most) return `${side} has ${ids.length} tokens, and ${most} are taken at most`;
    const odd = ids.find((id) => id >= vocabSize);
    if (odd !== undefined) return `${side} has token ${odd}, and the model knows ${vocabSize} of them`;
  }
  return undefined;
}

/**
 * Throws a `TerminalError` for a pair that cannot be trained on: whoever tokenizes truncates to `maxTokens`, prompt and
 * completion together, and drops what has no answer.
 */
export function assertTrainable(pair: TrainingPair, index: number, maxTokens: number): void {
  const {promptIds, chosenIds, rejectedIds, referenceChosenLogps, referenceRejectedLogps} = pair;
  if (promptIds.length === 0) {
    throw new TerminalError(
      `pair ${index} of the batch has no prompt token; a completion's first token needs one before it`,
    );
  }
  if (chosenIds.length === 0 || rejectedIds.length === 0) {
    throw new TerminalError(
      `pair ${index} of the batch has a completion without tokens; reject such pairs before training`,
    );
  }
  if (!Number.isFinite(referenceChosenLogps) || !Number.isFinite(referenceRejectedLogps)) {
    throw new TerminalError(
      `pair ${index} of the batch has reference log-probabilities ${referenceChosenLogps} and ${referenceRejectedLogps}; ` +
        'both must be finite',
    );
  }
  const length = promptIds.length + Math.max(chosenIds.length, rejectedIds.length);
  if (length > maxTokens) {
    throw new TerminalError(
      `pair ${index} of the batch has ${length} tokens and the learner takes ${maxTokens}; truncate when tokenizing`,
    );
  }
}
