/** A request's answer, complete or in chunks, in the objects of the chat completions API. Pure. */
import {randomFor} from '../../seed.js';
import type {TeacherModel} from './models.js';
import {type ChatRequest, textOf} from './request.js';
import {type CutText, cut, piecesOf} from './text.js';

/** What every object of one answer says. */
export interface Answer {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly choices: readonly CutText[];
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
  };
}

/**
 * Asks the model once for each choice. Choices differ, and a request's own `seed` matters, only at a temperature above
 * 0 (default 1); the same request to a teacher of the same seed is always answered alike.
 */
export const answer = (
  request: ChatRequest,
  model: TeacherModel,
  {seed, id, created}: {seed: number; id: string; created: number},
): Answer => {
  const texts = request.messages.map(textOf);
  const prompt = texts[request.messages.findLastIndex(({role}) => role === 'user')] ?? '';
  const maxTokens = request.max_completion_tokens ?? request.max_tokens ?? undefined;
  const stops = request.stop == null ? [] : [request.stop].flat();
  const choices = Array.from({length: request.n ?? 1}, (_, index) => {
    const mood = request.temperature === 0 ? [] : [request.seed ?? 0, index];
    return cut(model(prompt, randomFor('answer', seed, request.model, ...texts, ...mood)), maxTokens, stops);
  });
  const promptTokens = texts.reduce((sum, text) => sum + piecesOf(text).length, 0);
  const completionTokens = choices.reduce((sum, {pieces}) => sum + pieces.length, 0);
  return {
    id,
    created,
    model: request.model,
    choices,
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
};

export const completionOf = ({id, created, model, choices, usage}: Answer) => ({
  id,
  object: 'chat.completion',
  created,
  model,
  choices: choices.map(({pieces, finishReason}, index) => ({
    index,
    message: {role: 'assistant', content: pieces.join(''), refusal: null},
    logprobs: null,
    finish_reason: finishReason,
  })),
  usage,
  system_fingerprint: null,
});

/** The chunks in the order they are sent: for each choice its role, its text piece by piece and its end; last the usage, if asked. */
export function* chunksOf({id, created, model, choices, usage}: Answer, includeUsage: boolean) {
  const head = {id, object: 'chat.completion.chunk', created, model, system_fingerprint: null};
  const chunk = (
    index: number,
    delta: Readonly<Record<string, string>>,
    finishReason: string | null = null,
  ) => ({
    ...head,
    choices: [{index, delta, logprobs: null, finish_reason: finishReason}],
    ...(includeUsage ? {usage: null} : {}),
  });
  for (const [index, {pieces, finishReason}] of choices.entries()) {
    yield chunk(index, {role: 'assistant', content: ''});
    for (const piece of pieces) yield chunk(index, {content: piece});
    yield chunk(index, {}, finishReason);
  }
  if (includeUsage) yield {...head, choices: [], usage};
}
