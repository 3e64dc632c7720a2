/** A line of `pairs.jsonl` or `held_out.jsonl` as the message that it was. */
import * as z from 'zod';
import {type PreferencePair, PreferenceSource} from '../../proto/messages.js';
import {count, text, turn, wordOf} from './line-values.js';

const ids = z.array(
  count,
  'no token ids: a run of protocol version 1, which this version does not go on with',
);

/** Texts, or, where a prompt of the run has turns before it, messages. */
const asked = z.union([
  text.transform((prompt) => ({prompt})),
  z.array(turn).transform((turns, context) => {
    const last = turns.at(-1);
    const history = turns.slice(0, -1);
    if (last?.role === 'user') return {prompt: last.content, ...(history.length === 0 ? {} : {history})};
    context.addIssue('neither a text nor turns of which a user has the last');
    return z.NEVER;
  }),
]);
const answer = z.union([
  text,
  z.tuple([turn.extend({role: z.literal('assistant')})]).transform(([{content}]) => content),
]);

export const pair = z
  .object({
    prompt: asked,
    chosen: answer,
    rejected: answer,
    prompt_id: text,
    source: wordOf<PreferenceSource>(PreferenceSource, 'PREFERENCE_SOURCE_'),
    model: text.optional(),
    rationale: text.optional(),
    usage: z
      .object({requests: count, prompt_tokens: count, completion_tokens: count, cost: z.number().optional()})
      .optional(),
    policy_version: count,
    policy_step: count.optional(),
    end_policy_version: count.optional(),
    segments: z.array(z.object({policy_version: count, token_count: count})).default([]),
    reference_chosen_logps: z.number(),
    reference_rejected_logps: z.number(),
    prompt_token_ids: ids,
    chosen_token_ids: ids,
    rejected_token_ids: ids,
  })
  .transform(
    (line): PreferencePair => ({
      promptId: line.prompt_id,
      ...line.prompt,
      chosen: line.chosen,
      rejected: line.rejected,
      source: line.source,
      ...(line.model === undefined ? {} : {model: line.model}),
      ...(line.rationale === undefined ? {} : {rationale: line.rationale}),
      ...(line.usage === undefined
        ? {}
        : {
            usage: {
              requests: line.usage.requests,
              promptTokens: line.usage.prompt_tokens,
              completionTokens: line.usage.completion_tokens,
              ...(line.usage.cost === undefined ? {} : {cost: line.usage.cost}),
            },
          }),
      policyVersion: line.policy_version,
      referenceChosenLogps: line.reference_chosen_logps,
      referenceRejectedLogps: line.reference_rejected_logps,
      promptIds: line.prompt_token_ids,
      chosenIds: line.chosen_token_ids,
      rejectedIds: line.rejected_token_ids,
      sampling:
        line.policy_step === undefined
          ? null
          : {
              policyStep: line.policy_step,
              endPolicyVersion: line.end_policy_version ?? 0,
              segments: line.segments.map(({policy_version: policyVersion, token_count: tokenCount}) => ({
                policyVersion,
                tokenCount,
              })),
              startedUnixMs: 0,
            },
    }),
  );
