/** What an endpoint answers for the policy, as the policy itself would have. Pure. */
import type {Answer} from '../../endpoints/reply.js';
import type {Generation, GenerationRequest} from '../../model/generation/generation.js';
import type {Text} from '../../model/text/conversations.js';
import {type CompletionOptions, encodeCompletion} from '../../model/text/encode.js';
import type {Tokenizer} from '../../model/text/tokenizer.js';
import {endingOf} from '../../text/answer-form.js';

export type Answered =
  | {
      readonly kind: 'generation';
      readonly generation: Generation;
      /** Whether these are the tokens that were sampled; else the text is encoded anew. */
      readonly isExact: boolean;
    }
  /** Cut off before the limit, or nobody knows after which token: what would be trained on is not what was sampled. */
  | {readonly kind: 'truncated'; readonly reason: string};

/** The text of an answer's tokens, which come after those of its prompt; without the end token. */
export type TextOf = (tokenIds: readonly number[], promptIds: readonly number[]) => string;

/** What is known of the policy that was asked, and what it was asked. */
export interface AskedPolicy {
  readonly tokenizer: Tokenizer;
  readonly textOf: TextOf;
  readonly vocabSize: number;
  readonly prompt: Text;
  readonly options: CompletionOptions;
  readonly policyVersion: number;
}

/** Decodes each answer once, whoever asks for its text: whether it is kept, whether it is this policy's, what is trained on. */
export const textsBy = ({decode, endTokenIds}: Pick<Tokenizer, 'decode' | 'endTokenIds'>): TextOf => {
  const known = new WeakMap<readonly number[], string>();
  return (tokenIds, promptIds) => {
    const before = known.get(tokenIds);
    if (before !== undefined) return before;
    const isEnded = endTokenIds.some((id) => id === tokenIds.at(-1));
    const text = decode(isEnded ? tokenIds.slice(0, -1) : tokenIds, promptIds);
    known.set(tokenIds, text);
    return text;
  };
};

/** So many answers on end whose tokens are not their texts are another model's: one may differ by a token that a decoder leaves out. */
export const OTHER_TEXTS = 8;

/**
 * Whether a server that says which tokens it sampled has this policy's vocabulary and tokenizer: of another one, what is trained on
 * would not be what was sampled. Of an answer that was cut, the last character may lack bytes.
 *
 * @returns `unknown` where it says no tokens, or none that has a text.
 */
export const agreementOf = (
  {text, finishReason, tokenIds = []}: Pick<Answer, 'text' | 'finishReason' | 'tokenIds'>,
  promptIds: readonly number[],
  {textOf, vocabSize}: Pick<AskedPolicy, 'textOf' | 'vocabSize'>,
): 'same' | 'unknown' | 'other_vocabulary' | 'other_text' => {
  if (tokenIds.some((id) => id >= vocabSize)) return 'other_vocabulary';
  if (tokenIds.length === 0 || endingOf(finishReason) === 'cut') return 'unknown';
  const own = lettersOf(textOf(tokenIds, promptIds));
  const said = lettersOf(text);
  if (own === '' && said === '') return 'unknown';
  return own === said ? 'same' : 'other_text';
};

/** The answer as the policy itself would have put it: by its own tokenizer, where the server says tokens; else in the server's words. */
export const answerText = (
  {text, finishReason, tokenIds = []}: Pick<Answer, 'text' | 'finishReason' | 'tokenIds'>,
  promptIds: readonly number[],
  textOf: TextOf,
): Pick<Generation, 'text' | 'completionIds' | 'finishReason'> => ({
  completionIds: [...tokenIds],
  text: tokenIds.length === 0 ? text : textOf(tokenIds, promptIds),
  finishReason: endingOf(finishReason) === 'cut' ? 'length' : 'stop',
});

/** Whether an answer was cut off where the policy itself would have gone on: the server has fewer positions. */
export const isCutShort = (
  {finishReason, completionTokens}: Pick<Answer, 'finishReason' | 'completionTokens'>,
  {promptIds, maxNewTokens}: Pick<GenerationRequest, 'promptIds' | 'maxNewTokens'>,
  maxPositions: number,
): boolean =>
  endingOf(finishReason) === 'cut' &&
  completionTokens > 0 &&
  completionTokens < Math.min(maxNewTokens, maxPositions - promptIds.length);

/** Decoders differ in the spaces at the borders. */
const lettersOf = (text: string): string => text.replaceAll(/[\s\ufffd]+/gu, '');

export const answeredBy = (
  answer: Pick<Answer, 'text' | 'finishReason' | 'tokenIds' | 'tokenLogps'>,
  {promptIds, maxNewTokens, temperature}: GenerationRequest,
  {tokenizer, textOf, vocabSize, prompt, options, policyVersion}: AskedPolicy,
): Answered => {
  const isStopped = endingOf(answer.finishReason) !== 'cut';
  const {endTokenIds} = tokenizer;
  const isEnd = (id: number | undefined): boolean => id !== undefined && endTokenIds.includes(id);
  const {tokenIds: own = [], tokenLogps: logps = []} = answer;
  const isExact =
    own.length > 0 &&
    own.length <= maxNewTokens &&
    own.every((id) => id < vocabSize) &&
    isEnd(own.at(-1)) === isStopped;
  if (!isStopped && !(isExact && own.length === maxNewTokens)) {
    const what = isExact
      ? `it was cut off at ${own.length} tokens, below policy.maxCompletionTokens: the endpoint has no room for more`
      : 'it was cut off, and the endpoint does not say its tokens';
    return {kind: 'truncated', reason: what};
  }
  const completionIds = isExact
    ? [...own]
    : [...encodeCompletion(tokenizer, prompt, answer.text, options).completionIds];
  const text = isExact ? textOf(own, promptIds) : answer.text;
  const isKnown = isExact && temperature === 1 && logps.length === own.length && logps.every(Number.isFinite);
  return {
    kind: 'generation',
    isExact,
    generation: {
      completionIds,
      text,
      finishReason: isStopped ? 'stop' : 'length',
      segments: [{policyVersion, tokenCount: completionIds.length}],
      ...(isKnown ? {logps: logps.reduce((sum, each) => sum + each, 0)} : {}),
    },
  };
};

/**
 * How a request is sampled, in vLLM's and SGLang's words. All of it is said: what is left out, vLLM takes from the model's
 * generation_config.json, and SGLang too, and that is another policy.
 */
export const samplingBody = (
  {temperature, topP, topK}: Pick<GenerationRequest, 'temperature' | 'topP' | 'topK'>,
  endTokenIds: readonly number[],
): Readonly<Record<string, unknown>> => ({
  temperature,
  top_p: topP,
  top_k: topK === 0 ? -1 : topK,
  min_p: 0,
  repetition_penalty: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  stop_token_ids: [...endTokenIds],
});
