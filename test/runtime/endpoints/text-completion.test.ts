import test from 'ava';
import {textCompletionIn} from '../../../runtime/endpoints/text-completion.js';

const asked = {model: 'policy', maxTokens: 4};
const completionOf = (choice: object, usage: unknown = {prompt_tokens: 3, completion_tokens: 2}): string =>
  JSON.stringify({
    object: 'text_completion',
    model: 'anchorage-run-v000050-1a2b3c4d',
    choices: [choice],
    usage,
  });

test('A completion has its text, why it ended, its tokens and what the model gave each of them', (t) => {
  const body = completionOf({
    text: ' four',
    finish_reason: 'stop',
    token_ids: [7, 2],
    logprobs: {token_logprobs: [-0.5, -0.25], tokens: ['a', 'b']},
  });
  t.deepEqual(textCompletionIn(body, asked), {
    kind: 'answer',
    text: ' four',
    finishReason: 'stop',
    model: 'anchorage-run-v000050-1a2b3c4d',
    promptTokens: 3,
    completionTokens: 2,
    tokenIds: [7, 2],
    tokenLogps: [-0.5, -0.25],
  });
});

test('A server that says no tokens leaves them out', (t) => {
  const none = textCompletionIn(completionOf({text: 'a', finish_reason: 'stop', token_ids: null}), asked);
  t.false('tokenIds' in none);
  const odd = textCompletionIn(completionOf({text: 'a', finish_reason: 'stop', token_ids: [-1, 'x']}), asked);
  t.false('tokenIds' in odd);
});

test('An ending that is not said is a cut where the limit was reached', (t) => {
  const usage = {prompt_tokens: 1, completion_tokens: 4};
  t.like(textCompletionIn(completionOf({text: 'a'}, usage), asked), {finishReason: 'length'});
  t.like(textCompletionIn(completionOf({text: 'a'}), asked), {finishReason: ''});
});

test('What is no whole completion is a failure that says what came', (t) => {
  t.like(textCompletionIn(completionOf({text: 'a', finish_reason: 'abort'}), asked), {
    kind: 'unavailable',
    isPaid: true,
  });
  t.like(textCompletionIn(completionOf({text: 'a', finish_reason: 'content_filter'}), asked), {
    kind: 'refused',
  });
  t.like(textCompletionIn('<html>', asked), {kind: 'garbage', reason: 'not a completion: <html>'});
  t.like(textCompletionIn(JSON.stringify({choices: []}), asked), {kind: 'garbage'});
  t.like(textCompletionIn(JSON.stringify({choices: [{message: {content: 'chat'}}]}), asked), {
    kind: 'garbage',
  });
});
