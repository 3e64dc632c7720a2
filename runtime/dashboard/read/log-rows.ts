/** The rows of a run's logs, as the report reads them: what it does not need may be anything. */
import * as z from 'zod';
import {answerWords} from '../../data/file-pairs.js';
import {messageSchema, transcriptOf} from '../../model/text/conversations.js';

/** Stamps, and the measured values flat beside them. */
export const metricSchema = z
  .object({
    time: z.number(),
    actor: z.string(),
    index: z.number().default(0),
    objective: z.string().optional(),
    step: z.number().optional(),
    policy_version: z.number().optional(),
    objective_revision: z.number().optional(),
  })
  // JSON has no NaN: a value that was none is null.
  .catchall(z.number().nullable());

const answerSchema = z.object({prompt: z.string(), completion: z.string(), grade: z.number().optional()});

export const scoreSchema = z.object({
  step: z.number(),
  policy_version: z.number(),
  suite: z.string(),
  /** What the fleet calls it, where that is not the suite's word. */
  name: z.string().optional(),
  seed: z.number().optional(),
  score: z.number(),
  /** The 95 % interval. */
  low: z.number().optional(),
  high: z.number().optional(),
  /** What else the suite said, in its own units; null where that was no number. */
  metrics: z
    .record(z.string(), z.number().nullable())
    .default({})
    .transform(
      (metrics): Record<string, number> =>
        Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, value ?? Number.NaN])),
    ),
  /** Of held-out pairs; nats. */
  margin: z.number().optional(),
  items: z.number(),
  seconds: z.number(),
  answers: z.array(answerSchema).default([]),
});

export const checkpointSchema = z.object({
  step: z.number(),
  policy_version: z.number().default(0),
  /** Relative to the run's folder; of version 0, where the fleet's policy lies. */
  folder: z.string(),
  pair_sequence: z.number().default(0),
  final: z.boolean(),
});

export const rejectionSchema = z.object({
  prompt_id: z.string().default(''),
  actor: z.string(),
  reason: z.string(),
  channel: z.string().optional(),
});

const textSchema = z.union([z.string(), z.array(messageSchema)]).default('');

export const pairSchema = z.object({
  prompt_id: z.string().default(''),
  prompt: textSchema.transform(transcriptOf),
  chosen: textSchema.transform(answerWords),
  rejected: textSchema.transform(answerWords),
  prompt_line: z.number().optional(),
  source: z.string(),
  chosen_token_count: z.number().optional(),
  rejected_token_count: z.number().optional(),
  chosen_token_ids: z.array(z.number()).optional(),
  rejected_token_ids: z.array(z.number()).optional(),
  reference_chosen_logps: z.number().optional(),
  reference_rejected_logps: z.number().optional(),
});

export const alertSchema = z.object({
  rule: z.string(),
  step: z.number(),
  evidence: z.string(),
  remedy: z.string(),
  action: z.string(),
});

export const adviceSchema = z.object({
  policy_version: z.number(),
  step: z.number(),
  objective: z.string().optional(),
  evidence: z.string(),
  wins: z.number(),
  losses: z.number(),
  undecided: z.number(),
  reason: z.string(),
});

export const controlSchema = z.object({
  revision: z.number(),
  /** Why, where the run itself asked. */
  evidence: z.string().optional(),
  spec: z
    .object({
      objective: z
        .object({
          beta: z.number(),
          learningRate: z.number(),
          settings: z.record(z.string(), z.number()).default({}),
        })
        .optional(),
    })
    .optional(),
});

export type MetricLine = z.infer<typeof metricSchema>;
export type AnswerLine = z.infer<typeof answerSchema>;
export type ScoreLine = z.infer<typeof scoreSchema>;
export type CheckpointLine = z.infer<typeof checkpointSchema>;
export type PairLine = z.infer<typeof pairSchema>;
export type AlertLine = z.infer<typeof alertSchema>;
export type AdviceLine = z.infer<typeof adviceSchema>;
export type ControlLine = z.infer<typeof controlSchema>;
