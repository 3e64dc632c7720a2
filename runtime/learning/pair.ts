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
