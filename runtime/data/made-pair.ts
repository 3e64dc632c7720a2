/** A pair as a run made it: a line of its `pairs.jsonl`. */
import * as z from 'zod';
import {messageSchema} from '../model/text/conversations.js';

const text = z.union([z.string(), z.array(messageSchema)]);

export const madePairSchema = z.object({
  sequence: z.number().default(0),
  prompt_id: z.string(),
  prompt: text,
  chosen: text,
  rejected: text,
  /** How the preference came about: the word of `PreferenceSource`, such as `revision`. */
  source: z.string(),
  /** What revised or judged, and why; not there of runs of an earlier version. */
  model: z.string().optional(),
  rationale: z.string().optional(),
  /** What was asked of models for it; not there of runs of an earlier version, and where none was asked. */
  usage: z
    .object({
      requests: z.number(),
      prompt_tokens: z.number(),
      completion_tokens: z.number(),
      cost: z.number().optional(),
    })
    .optional(),
  policy_version: z.number(),
  /** Of the prompts' file. */
  prompt_line: z.number().optional(),
  /** log π_ref(y|x), summed over the tokens of a completion; nats. */
  reference_chosen_logps: z.number(),
  reference_rejected_logps: z.number(),
});

export type MadePair = z.infer<typeof madePairSchema>;
