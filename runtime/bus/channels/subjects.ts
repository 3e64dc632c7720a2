/**
 * The topology: every subject and stream of a run, what travels on it, who writes it and who reads it. Nothing else in
 * the project spells a subject or a stream; the table of actors in actors/README.md is held to this one by a test.
 *
 * - `queue`: a bounded work queue. A message goes to one reader, stays until that reader acknowledged its effect, and is
 *   refused (so that the writer waits) while the queue holds `capacity` messages: back-pressure. In NATS's words a stream of
 *   work-queue retention with `max_msgs` and `discard: new`, and one durable pull consumer, which all readers share.
 * - `log`: kept for the whole run and read in order of sequence, by any number of readers: a stream of limits retention,
 *   each reading by an ordered consumer of its own.
 */
import * as messages from '../../../proto/messages.js';
import {type ActorName, actorNames, steeredActors} from '../../actors.js';

/** `up` stands for the command that feeds prompts and keeps the run's folder; `anyone` for whoever subscribes. */
export type Party = ActorName | 'up' | 'anyone';

export interface Codec<T> {
  encode(message: T): {finish(): Uint8Array};
  decode(data: Uint8Array): T;
}

interface Channel<T> {
  readonly message: Codec<T>;
  readonly producers: readonly Party[];
  readonly consumers: readonly Party[];
}
export interface Queue<T> extends Channel<T> {
  readonly kind: 'queue';
  /** Messages the stream holds before it refuses more: its `max_msgs`. */
  readonly capacity: number;
  /** Milliseconds after which a message goes to another reader, unless its reader said that it is in progress. */
  readonly ackWaitMs: number;
  /** Deliveries after which a message is set aside as a rejection; counted here, no setting of the consumer. */
  readonly maxDeliver: number;
}
export interface Log<T> extends Channel<T> {
  readonly kind: 'log';
}

const queue = <T>(
  message: Codec<T>,
  capacity: number,
  producers: readonly Party[],
  consumers: readonly Party[],
) =>
  ({
    kind: 'queue',
    message,
    capacity,
    producers,
    consumers,
    ackWaitMs: 15_000,
    maxDeliver: 5,
  }) as const satisfies Queue<T>;
const log = <T>(message: Codec<T>, producers: readonly Party[], consumers: readonly Party[]) =>
  ({kind: 'log', message, producers, consumers}) as const satisfies Log<T>;

const {
  Prompt,
  Completion,
  CompletionPair,
  AnswerSet,
  CandidatePair,
  PreferencePair,
  Rejection,
  Checkpoint,
  EvaluationScore,
  MetricRow,
  Alert,
  Comparison,
  Advice,
  Control,
  Acknowledgement,
} = messages;

// protobufjs declares the fields of messages within messages as if they might be missing; when decoding it fills them in.
const prompts = Prompt as Codec<unknown> as Codec<messages.Prompt>;
const answerSets = AnswerSet as Codec<unknown> as Codec<messages.AnswerSet>;
const completions = Completion as Codec<unknown> as Codec<messages.Completion>;
const completionPairs = CompletionPair as Codec<unknown> as Codec<messages.CompletionPair>;
const candidates = CandidatePair as Codec<unknown> as Codec<messages.CandidatePair>;
const pairs = PreferencePair as Codec<unknown> as Codec<messages.PreferencePair>;

export const channels = {
  prompts: queue<messages.Prompt>(prompts, 256, ['up'], ['sampler']),
  completions: queue<messages.Completion>(completions, 128, ['sampler'], ['reviser']),
  /** The same, of which a stronger model's own answers are to be the better. */
  weaker_completions: queue<messages.Completion>(completions, 128, ['sampler'], ['answerer']),
  completion_pairs: queue<messages.CompletionPair>(completionPairs, 128, ['sampler'], ['judge']),
  answer_sets: queue<messages.AnswerSet>(answerSets, 128, ['sampler'], ['judge']),
  /** Prompts that other models are to answer. */
  unanswered: queue<messages.Prompt>(prompts, 128, ['sampler'], ['answerer']),
  /** Sets of answers that no policy of the run gave. */
  recorded_answers: queue<messages.AnswerSet>(answerSets, 128, ['sampler', 'answerer'], ['judge']),
  candidates: queue<messages.CandidatePair>(
    candidates,
    128,
    ['sampler', 'reviser', 'answerer', 'judge'],
    ['filter'],
  ),
  accepted: queue<messages.CandidatePair>(candidates, 128, ['filter'], ['reference']),
  /** Prompts of pairs, each with its chosen answer, that the newest policy is to answer, so that the two are compared. */
  anchor_prompts: queue<messages.Prompt>(prompts, 128, ['up'], ['sampler']),
  /** The chosen answer first, the fresh one second. */
  anchor_pairs: queue<messages.CompletionPair>(completionPairs, 128, ['sampler'], ['judge']),
  pairs: log<messages.PreferencePair>(pairs, ['reference'], ['learner', 'up']),
  /** Of the prompts that are held back for evaluation: nothing that trains reads it. */
  held_out: log<messages.PreferencePair>(pairs, ['reference'], ['evaluator', 'up']),
  rejections: log<messages.Rejection>(
    Rejection as Codec<unknown> as Codec<messages.Rejection>,
    ['sampler', 'reviser', 'answerer', 'judge', 'filter', 'reference', 'learner'],
    ['evaluator', 'up'],
  ),
  checkpoints: log<messages.Checkpoint>(
    Checkpoint as Codec<unknown> as Codec<messages.Checkpoint>,
    ['learner'],
    ['sampler', 'evaluator', 'up'],
  ),
  scores: log<messages.EvaluationScore>(
    EvaluationScore as Codec<unknown> as Codec<messages.EvaluationScore>,
    ['evaluator'],
    ['up'],
  ),
  controls: log<messages.Control>(Control, ['up', 'anyone'], steeredActors),
  acknowledgements: log<messages.Acknowledgement>(
    Acknowledgement,
    [...steeredActors, 'up'],
    [...steeredActors, 'anyone'],
  ),
  metrics: log<messages.MetricRow>(MetricRow, [...actorNames, 'up'], ['up', 'anyone']),
  /** What is seen of reward hacking. */
  alerts: log<messages.Alert>(Alert, ['up'], ['anyone']),
  /** Chosen answers against fresh ones of a checkpoint's policy. */
  comparisons: log<messages.Comparison>(
    Comparison as Codec<unknown> as Codec<messages.Comparison>,
    ['sampler', 'judge'],
    ['up'],
  ),
  /** What follows from them for the objective, at each checkpoint. */
  advice: log<messages.Advice>(Advice, ['up'], ['anyone']),
} as const;

export type ChannelName = keyof typeof channels;
export type MessageOf<N extends ChannelName> =
  (typeof channels)[N]['message'] extends Codec<infer T> ? T : never;
export type QueueName = {
  [N in ChannelName]: (typeof channels)[N]['kind'] extends 'queue' ? N : never;
}[ChannelName];
export type LogName = Exclude<ChannelName, QueueName>;

export const channelNames = Object.keys(channels) as ChannelName[];
/** In the order of the flow: a message is in a later one before it leaves an earlier one. */
export const queueNames = channelNames.filter((name): name is QueueName => channels[name].kind === 'queue');
export const isQueueName = (name: string): name is QueueName => queueNames.some((queue) => queue === name);

/** What a run may be called: it becomes part of subjects and of stream names. */
export const RUN_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;

export const subjectOf = (run: string, channel: ChannelName): string => `anchorage.${run}.${channel}`;
export const streamOf = (run: string, channel: ChannelName): string => `ANCHORAGE_${run}_${channel}`;
/** A run's key-value bucket, by the keys of `KvKey`; it is no log `controls`, for all its name. */
export const kvBucketOf = (run: string): string => `ANCHORAGE_${run}_control`;
/** Where content travels by its SHA-256, hexadecimal: each chunk under `.<number>` and, last, the whole one's size under `.size`. */
export const blobsSubjectOf = (run: string): string => `anchorage.${run}.blobs`;
export const blobsStreamOf = (run: string): string => `ANCHORAGE_${run}_blobs`;
/** Where the runs of a server keep what models answered, by the SHA-256 of what was asked; no run's subjects begin so. */
export const ANSWERS_SUBJECT = 'anchorage_answers';
export const ANSWERS_STREAM = 'ANCHORAGE_ANSWERS';
/** Where the members of one epoch of a sharded learner hear each other: one of them by its number, or all but the sender. */
export const shardsSubjectOf = (run: string, epoch: number, to: number | 'all'): string =>
  `anchorage.${run}.shards.${epoch}.${to}`;
