/**
 * Watches what a server answers for the policy: another model's answers would be trained on as if they were the policy's, and answers of
 * which none can be trained on would be paid for in vain. Either ends the sampler. Pure.
 */
import {TerminalError} from '../../runtime/errors.js';
import {type agreementOf, OTHER_TEXTS} from '../../runtime/fleet/policy-endpoint/answered.js';

export interface FirstReplies {
  /** @throws TerminalError where the server has another model or tokenizer. */
  agreed(agreement: ReturnType<typeof agreementOf>): void;
  usable(): void;
  /**
   * An answer that cannot be trained on.
   *
   * @throws TerminalError where the first are all of that kind.
   */
  unusable(reason: string): void;
}

/** As many as other actors allow unless told. */
const UNUSABLE = 16;

export const watchFirstReplies = ({
  baseUrl,
  model,
  policy,
}: {
  readonly baseUrl: string;
  /** As the server calls it. */
  readonly model: string;
  /** The policy's name or folder here. */
  readonly policy: string;
}): FirstReplies => {
  let otherTexts = 0;
  let unusable = 0;
  let isUseful = false;
  const isOther = (what: string): TerminalError =>
    new TerminalError(
      `endpoint ${baseUrl}, model ${model}: ${what}, so it is another model than policy.model ${policy}; serve that one, or correct actors.sampler.model or policy.model`,
    );
  return {
    agreed(agreement) {
      if (agreement === 'other_vocabulary')
        throw isOther('it says tokens beyond the vocabulary of the policy');
      if (agreement === 'same') otherTexts = 0;
      if (agreement !== 'other_text') return;
      otherTexts += 1;
      if (otherTexts === OTHER_TEXTS)
        throw isOther(
          `the tokens of ${OTHER_TEXTS} answers on end are not their texts by the policy’s tokenizer`,
        );
    },
    usable() {
      isUseful = true;
    },
    unusable(reason) {
      unusable += 1;
      if (isUseful || unusable < UNUSABLE) return;
      throw new TerminalError(
        `endpoint ${baseUrl}, model ${model}: none of the first ${UNUSABLE} prompts has an answer that can be trained on, the last: ${reason}; raise policy.maxCompletionTokens, or have a server that says its tokens (vLLM from 0.10.2 on) and has room for them`,
      );
    },
  };
};
