import test from 'ava';
import {demoPolicyFolder} from '../../../../runtime/fleet/file/load.js';
import {
  agreementOf,
  answeredBy,
  samplingBody,
  textsBy,
} from '../../../../runtime/fleet/policy-endpoint/answered.js';
import {loadTokenizer} from '../../../../runtime/model/text/tokenizer.js';

const tokenizer = await loadTokenizer(demoPolicyFolder);
const [END = 0] = tokenizer.endTokenIds;
const options = {format: 'plain', maxPromptTokens: 32, maxCompletionTokens: 8} as const;
const prompt = '12+3 12+3 12+3 12+3>';
const promptIds = tokenizer.encode(prompt);
const request = {promptIds, maxNewTokens: 8, temperature: 1, topP: 1, topK: 0, seed: 1};
const textOf = textsBy(tokenizer);
const asked = {tokenizer, textOf, vocabSize: 32, prompt, options, policyVersion: 50};
/** The tokens of a text that follows the prompt. */
const idsOf = (text: string) => tokenizer.encode(prompt + text).slice(promptIds.length);

test('Tokens that the endpoint says are the completion, with its version and its log-probability', (t) => {
  const tokenIds = [...idsOf('15,1.'), END];
  const tokenLogps = tokenIds.map(() => -0.5);
  const answer = {text: '15,1.', finishReason: 'stop', tokenIds, tokenLogps};
  t.deepEqual(answeredBy(answer, request, asked), {
    kind: 'generation',
    isExact: true,
    generation: {
      completionIds: tokenIds,
      text: '15,1.',
      finishReason: 'stop',
      segments: [{policyVersion: 50, tokenCount: 6}],
      logps: -3,
    },
  });
  const warmer = answeredBy(answer, {...request, temperature: 0.7}, asked);
  t.false(warmer.kind === 'generation' && 'logps' in warmer.generation);
});

test('A text without tokens is encoded anew, with the end token where the model stopped', (t) => {
  t.like(answeredBy({text: '15,1.', finishReason: 'stop'}, request, asked), {
    isExact: false,
    generation: {completionIds: [...idsOf('15,1.'), END], text: '15,1.', finishReason: 'stop'},
  });
});

test('Tokens that cannot be of such an answer are not trusted', (t) => {
  const isExact = (tokenIds: readonly number[]) => {
    const answered = answeredBy({text: '15.', finishReason: 'stop', tokenIds}, request, asked);
    return answered.kind === 'generation' && answered.isExact;
  };
  t.true(isExact([...idsOf('15.'), END]));
  t.false(isExact([]), 'none');
  t.false(isExact(idsOf('15.')), 'no end');
  t.false(isExact([32, END]), 'beyond the vocabulary');
  t.false(isExact([...idsOf('15,15,15,'), END]), 'beyond the limit');
});

test('A server whose tokens are not their text by this tokenizer, or are beyond it, is told apart from one of the policy', (t) => {
  const agreement = (text: string, tokenIds: readonly number[], finishReason = 'stop') =>
    agreementOf({text, finishReason, tokenIds}, promptIds, {textOf, vocabSize: 32});
  t.is(agreement('15,1.', [...idsOf('15,1.'), END]), 'same');
  t.is(agreement(' 15,1.', [...idsOf('15,1.'), END]), 'same', 'spaces at the border');
  t.is(agreement('Sure', [...idsOf('15,1.'), END]), 'other_text');
  t.is(agreement('15,1.', [32, END]), 'other_vocabulary');
  t.is(agreement('15,1.', []), 'unknown');
  t.is(agreement('', [END]), 'unknown');
  t.is(agreement('15,\ufffd', idsOf('15,1'), 'length'), 'unknown');
});

test('An answer is decoded once, though it is kept, compared and trained on', (t) => {
  let decoded = 0;
  const counting = {
    ...tokenizer,
    decode: (...args: Parameters<typeof tokenizer.decode>) => {
      decoded += 1;
      return tokenizer.decode(...args);
    },
  };
  const by = {...asked, textOf: textsBy(counting)};
  const answer = {text: '15,1.', finishReason: 'stop', tokenIds: [...idsOf('15,1.'), END]};
  t.is(agreementOf(answer, promptIds, by), 'same');
  t.is(agreementOf({...answer}, promptIds, by), 'same');
  t.like(answeredBy(answer, request, by), {isExact: true, generation: {text: '15,1.'}});
  t.is(decoded, 1);
});

test('An answer that was cut is one only where all its tokens are known, up to the limit', (t) => {
  const tokenIds = idsOf('15,15,15');
  t.is(tokenIds.length, 8);
  t.like(answeredBy({text: '15,15,15', finishReason: 'length', tokenIds}, request, asked), {
    isExact: true,
    generation: {finishReason: 'length', completionIds: tokenIds},
  });
  t.deepEqual(answeredBy({text: '15,15,15', finishReason: 'length'}, request, asked), {
    kind: 'truncated',
    reason: 'it was cut off, and the endpoint does not say its tokens',
  });
  t.deepEqual(answeredBy({text: '15', finishReason: 'length', tokenIds: idsOf('15')}, request, asked), {
    kind: 'truncated',
    reason: 'it was cut off at 2 tokens, below policy.maxCompletionTokens: the endpoint has no room for more',
  });
});

test('All that decides on sampling is said, so that no generation_config.json does', (t) => {
  t.deepEqual(samplingBody({temperature: 0.7, topP: 0.9, topK: 20}, [2, 5]), {
    temperature: 0.7,
    top_p: 0.9,
    top_k: 20,
    min_p: 0,
    repetition_penalty: 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    stop_token_ids: [2, 5],
  });
  t.like(samplingBody({temperature: 1, topP: 1, topK: 0}, []), {top_k: -1});
});
