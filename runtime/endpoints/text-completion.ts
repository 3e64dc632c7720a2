/**
 * What `POST /v1/completions` replies: a text that goes on from a prompt and, where the endpoint says them, its tokens, as
 * `token_ids`. Pure.
 */
import * as z from 'zod';
import {endingOf} from '../text/answer-form.js';
import {type Answer, type Failure, failure, jsonIn, number, oneLine, unreadable, words} from './reply.js';

const ids = z.array(z.int().nonnegative()).nullish().catch(undefined);
const textCompletion = z.object({
  model: words,
  choices: z
    .array(
      z.object({
        text: z.string(),
        finish_reason: words,
        token_ids: ids,
        logprobs: z
          .object({token_logprobs: z.array(z.number())})
          .nullish()
          .catch(undefined),
      }),
    )
    .min(1),
  usage: z.object({prompt_tokens: number, completion_tokens: number}).nullish().catch(undefined),
});

/**
 * Reads the body of a response with status 200.
 *
 * @param asked the model, and the limit that was set on completion tokens.
 */
export const textCompletionIn = (
  body: string,
  asked: {readonly model: string; readonly maxTokens: number},
): Omit<Answer, 'requestId' | 'seconds'> | Failure => {
  const data = jsonIn(body);
  const completion = textCompletion.safeParse(data);
  const choice = completion.data?.choices[0];
  if (completion.data === undefined || choice === undefined) return unreadable(data, body, 'a completion');
  const {usage, model} = completion.data;
  const {prompt_tokens: promptTokens = 0, completion_tokens: completionTokens = 0} = usage ?? {};
  const word = oneLine(choice.finish_reason ?? '', 40);
  const finishReason = word === '' && completionTokens >= asked.maxTokens ? 'length' : word;
  const ending = endingOf(finishReason);
  if (ending === 'withheld')
    return failure('refused', `the endpoint's filter withheld the answer: finish_reason is ${finishReason}`);
  if (ending === 'broken')
    return {
      ...failure('unavailable', `the answer broke off: finish_reason is ${finishReason}`),
      isPaid: true,
    };
  const tokenIds = choice.token_ids ?? undefined;
  const tokenLogps = choice.logprobs?.token_logprobs;
  return {
    kind: 'answer',
    text: choice.text,
    finishReason,
    model: oneLine(model ?? '') || asked.model,
    promptTokens,
    completionTokens,
    ...(tokenIds === undefined ? {} : {tokenIds}),
    ...(tokenLogps === undefined ? {} : {tokenLogps}),
  };
};
