/** Lines of `comparisons.jsonl` and `advice.jsonl` as the messages that they were. */
import * as z from 'zod';
import {type Advice, Better, type Comparison} from '../../proto/messages.js';
import {count, text, turn, wordOf} from './line-values.js';

export const comparison = z
  .object({
    prompt_id: text,
    policy_version: count,
    better: wordOf<Better>(Better, 'BETTER_'),
    prompt: text,
    history: z.array(turn).default([]),
    chosen: text,
    fresh: text,
    rationale: text,
    model: text.default(''),
  })
  .transform(
    ({prompt_id: promptId, policy_version: policyVersion, ...line}): Comparison => ({
      ...line,
      promptId,
      policyVersion,
    }),
  );

export const advice = z
  .object({
    policy_version: count,
    step: count,
    objective: text.default(''),
    evidence: text,
    wins: count,
    losses: count,
    undecided: count,
    reason: text,
    time: z.number(),
  })
  .transform(
    ({policy_version: policyVersion, time: timeUnixMs, ...line}): Advice => ({
      ...line,
      policyVersion,
      timeUnixMs,
    }),
  );
