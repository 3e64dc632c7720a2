/**
 * A line of the run's folder as the message that it was: the way back from `lines.ts`. What a line does not say (when a
 * sampler began, when a pair was ready) is left out; nothing is trained by it.
 */
import * as z from 'zod';
import {
  type Acknowledgement,
  type Alert,
  Answer,
  type Checkpoint,
  type Control,
  type EvaluationScore,
  type MetricRow,
  type Rejection,
  RejectionReason,
  RunCommand,
} from '../../proto/messages.js';
import type {LogName, MessageOf} from '../bus/channels/subjects.js';
import {advice, comparison} from './anchor-schemas.js';
import {count, text, turn, wordOf} from './line-values.js';
import type {SpecSections} from './lines.js';
import {pair} from './pair-schema.js';

const contentFiles = z
  .array(z.object({path: text, sha256: text, size_bytes: z.number()}))
  .transform((files) => files.map(({size_bytes: sizeBytes, ...file}) => ({...file, sizeBytes})));

const checkpoint = z
  .object({
    step: count,
    policy_version: count,
    folder: text,
    weights_sha256: text,
    pair_sequence: count,
    objective: text,
    objective_revision: count,
    beta: z.number().optional(),
    final: z.boolean(),
    files: contentFiles,
    training_files: contentFiles,
  })
  .transform(
    (line): Checkpoint => ({
      step: line.step,
      policyVersion: line.policy_version,
      folder: line.folder,
      weightsSha256: line.weights_sha256,
      pairSequence: line.pair_sequence,
      objective: line.objective,
      objectiveRevision: line.objective_revision,
      beta: line.beta ?? null,
      final: line.final,
      files: line.files,
      trainingFiles: line.training_files,
    }),
  );

const score = z
  .object({
    step: count,
    policy_version: count,
    suite: text,
    name: text.default(''),
    seed: z.int().nonnegative().optional(),
    score: z.number(),
    low: z.number().optional(),
    high: z.number().optional(),
    // JSON has no infinity: a metric that was none is null.
    metrics: z
      .record(text, z.number().nullable())
      .default({})
      .transform((metrics) =>
        Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, value ?? Number.NaN])),
      ),
    margin: z.number().optional(),
    items: count,
    seconds: z.number(),
    weights_sha256: text,
    grades: z
      .array(z.number().nullable())
      .default([])
      .transform((grades) => grades.map((grade) => grade ?? Number.NaN)),
    item_ids: z.array(text).default([]),
    answers: z
      .array(z.object({prompt: text, completion: text, grade: z.number().nullable().default(null)}))
      .default([]),
  })
  .transform(
    ({
      policy_version: policyVersion,
      weights_sha256: weightsSha256,
      item_ids: itemIds,
      margin,
      seed,
      low,
      high,
      ...line
    }): EvaluationScore => ({
      ...line,
      seed: seed ?? null,
      low: low ?? null,
      high: high ?? null,
      itemIds,
      policyVersion,
      weightsSha256,
      margin: margin ?? null,
    }),
  );

const rejection = z
  .object({
    prompt_id: text,
    actor: text,
    reason: wordOf<RejectionReason>(RejectionReason, 'REJECTION_REASON_'),
    detail: text,
    history: z.array(turn).optional(),
    prompt: text.optional(),
    completion: text.optional(),
    completions: z.array(text).optional(),
    reply: text.optional(),
    channel: text.optional(),
    truncated: z.boolean().optional(),
  })
  .transform(
    ({prompt_id: promptId, completion, completions, ...line}): Rejection => ({
      promptId,
      actor: line.actor,
      reason: line.reason,
      detail: line.detail,
      ...(line.history === undefined ? {} : {history: line.history}),
      prompt: line.prompt ?? null,
      completions: completions ?? (completion === undefined ? [] : [completion]),
      reply: line.reply ?? null,
      channel: line.channel ?? null,
      truncated: line.truncated ?? null,
    }),
  );

const spendCeiling = z.number().optional();
const spec = z.object({
  objective: z
    .object({name: text, beta: z.number(), learningRate: z.number(), settings: z.record(text, z.number())})
    .optional(),
  policy: z.object({temperature: z.number(), topP: z.number(), topK: count}).optional(),
  filter: z.object({minLengthRatio: z.number(), maxLengthRatio: z.number()}).optional(),
  spend: z.object({ceiling: z.number()}).optional(),
  actors: z
    .object({
      reviser: z.object({model: text, instructions: text.optional(), spendCeiling}).optional(),
      answerer: z.object({spendCeiling}).optional(),
      judge: z.object({spendCeiling}).optional(),
      sampler: z.object({spendCeiling}).optional(),
    })
    .default({}),
});

const specMessage = ({
  objective,
  policy,
  filter,
  spend,
  actors: {reviser, answerer, judge, sampler},
}: z.infer<typeof spec>) =>
  ({
    objective: objective ?? null,
    policy: policy ?? null,
    filter: filter ?? null,
    reviser: reviser
      ? {
          model: reviser.model,
          instructions: reviser.instructions ?? null,
          spendCeiling: reviser.spendCeiling ?? null,
        }
      : null,
    spend: spend ?? null,
    answerer: answerer ? {spendCeiling: answerer.spendCeiling ?? null} : null,
    judge: judge ? {spendCeiling: judge.spendCeiling ?? null} : null,
    sampler: sampler ? {spendCeiling: sampler.spendCeiling ?? null} : null,
  }) satisfies SpecSections;

const control = z
  .object({
    revision: count,
    // The first has none before it.
    previous_revision: count.default(0),
    author: text,
    time: z.number(),
    step: count.optional(),
    command: wordOf<RunCommand>(RunCommand, 'RUN_COMMAND_').optional(),
    spec: spec.optional(),
    evidence: text.optional(),
    names_objective: z.boolean().optional(),
  })
  .transform(
    (line): Control => ({
      revision: line.revision,
      previousRevision: line.previous_revision,
      author: line.author,
      timeUnixMs: line.time,
      step: line.step ?? null,
      command: line.command ?? RunCommand.RUN_COMMAND_UNSPECIFIED,
      spec: line.spec === undefined ? null : specMessage(line.spec),
      evidence: line.evidence ?? null,
      namesObjective: line.names_objective ?? null,
    }),
  );

const acknowledgement = z
  .object({
    revision: count,
    actor: text,
    index: count,
    answer: wordOf<Answer>(Answer, 'ANSWER_'),
    step: count,
    reason: text.default(''),
    time: z.number(),
  })
  .transform(({time: timeUnixMs, ...line}): Acknowledgement => ({...line, timeUnixMs}));

const alert = z
  .object({
    rule: text,
    step: count,
    objective_revision: count,
    evidence: text,
    remedy: text,
    action: text,
    time: z.number(),
  })
  .transform(
    ({objective_revision: objectiveRevision, time: timeUnixMs, ...line}): Alert => ({
      ...line,
      objectiveRevision,
      timeUnixMs,
    }),
  );

/** What is no stamp is a value. One that was no number, such as an infinite loss, is null in a line, and is left out. */
const metricRow = z
  .looseObject({
    time: z.number(),
    actor: text,
    index: count,
    step: count.optional(),
    policy_version: count.optional(),
    objective: text.default(''),
    objective_revision: count.optional(),
    sequence: z.unknown(),
  })
  .transform(
    ({
      time,
      actor,
      index,
      step,
      policy_version,
      objective,
      objective_revision,
      sequence,
      ...rest
    }): MetricRow => ({
      timeUnixMs: time,
      actor,
      index,
      step: step ?? null,
      policyVersion: policy_version ?? null,
      objective,
      objectiveRevision: objective_revision ?? null,
      values: Object.fromEntries(
        Object.entries(rest).flatMap(([name, value]) => (typeof value === 'number' ? [[name, value]] : [])),
      ),
    }),
  );

/** What each log's line is read by. */
export const messageSchemas: {readonly [N in LogName]: z.ZodType<MessageOf<N>>} = {
  metrics: metricRow,
  scores: score,
  checkpoints: checkpoint,
  rejections: rejection,
  pairs: pair,
  held_out: pair,
  controls: control,
  acknowledgements: acknowledgement,
  alerts: alert,
  comparisons: comparison,
  advice,
};
