/** What is asked of a generator. */
import {TerminalError} from '../../errors.js';
import type {SamplingOptions} from './sampling.js';

export interface GenerationRequest extends SamplingOptions {
  readonly promptIds: readonly number[];
  /** Fewer are made where the generator's `maxTokens` is reached first. */
  readonly maxNewTokens: number;
  readonly seed: number;
}

/** Throws a TerminalError that names what no generator of that cache and vocabulary can do. */
export function assertRequest(
  {promptIds, maxNewTokens, ...options}: GenerationRequest,
  maxTokens: number,
  vocabSize: number,
): void {
  const {temperature, topP, topK} = options;
  const check = (isValid: boolean, message: string) => {
    if (!isValid) throw new TerminalError(`generation request: ${message}`);
  };
  check(
    promptIds.length > 0,
    'the prompt has no tokens; a model without a BOS token needs a non-empty prompt',
  );
  check(
    promptIds.length < maxTokens,
    `a prompt of ${promptIds.length} tokens leaves no room in ${maxTokens}; lower maxPromptTokens`,
  );
  check(
    promptIds.every((id) => Number.isInteger(id) && id >= 0 && id < vocabSize),
    `token ids must be below the vocabulary's ${vocabSize}; the tokenizer is another model's`,
  );
  check(
    Number.isInteger(maxNewTokens) && maxNewTokens > 0,
    `maxNewTokens is ${maxNewTokens}; it must be at least 1`,
  );
  check(temperature >= 0, `temperature is ${temperature}; it must be at least 0`);
  check(topP > 0 && topP <= 1, `topP is ${topP}; it must be above 0 and at most 1`);
  check(Number.isInteger(topK) && topK >= 0, `topK is ${topK}; it must be a whole number, 0 for no limit`);
}
