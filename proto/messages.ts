/**
 * The messages of `anchorage/v1/*.proto` under their own names. `generated.js` and `generated.d.ts` are written by
 * `npm run generate`; a check of `npm test` holds them to the `.proto` files.
 */
import {anchorage} from './generated.js';

export const {Prompt, Completion, CompletionPair, AnswerSet, FinishReason, Sampling} = anchorage.v1;
export const {CandidatePair, PreferencePair, PreferenceSource, Rejection, RejectionReason} = anchorage.v1;
export const {Advice, Alert, Better, Checkpoint, Comparison, ContentFile, EvaluationScore, MetricRow} =
  anchorage.v1;
export const {Control, RunCommand, Acknowledgement, Answer} = anchorage.v1;

/** A message's own fields: what protobufjs declares, without its bookkeeping. Optional fields may be left out. */
type Fields<T> = {readonly [K in keyof T as K extends '$unknowns' | 'toJSON' ? never : K]: T[K]};
/** A turn before the one that is answered. */
export type Turn = {readonly role: string; readonly content: string};
/** With the turns before the prompt, which a writer may leave out; a reader has them all. */
type Turned<T> = Omit<Fields<T>, 'history'> & {readonly history?: Turn[]};
/** With repeated fields that a writer may leave out; a reader has them all. */
type Sparse<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

export type Prompt = Omit<Turned<anchorage.v1.Prompt>, 'answers'> & {readonly answers?: GivenAnswer[]};
export type Sampling = Fields<anchorage.v1.Sampling>;
export type Usage = Fields<anchorage.v1.Usage>;
export type Completion = Turned<anchorage.v1.Completion>;
export type CompletionPair = Turned<anchorage.v1.CompletionPair>;
export type GivenAnswer = Sparse<Fields<anchorage.v1.GivenAnswer>, 'ids' | 'model'>;
export type AnswerSet = Omit<Turned<anchorage.v1.AnswerSet>, 'answers'> & {readonly answers: GivenAnswer[]};
export type CandidatePair = Turned<anchorage.v1.CandidatePair>;
export type PreferencePair = Turned<anchorage.v1.PreferencePair>;
export type Rejection = Omit<Turned<anchorage.v1.Rejection>, 'completions'> & {
  readonly completions?: string[];
};
export type ContentFile = Fields<anchorage.v1.ContentFile>;
export type Checkpoint = Omit<Fields<anchorage.v1.Checkpoint>, 'files' | 'trainingFiles'> & {
  readonly files: ContentFile[];
  readonly trainingFiles: ContentFile[];
};
export type EvaluationAnswer = Fields<anchorage.v1.EvaluationAnswer>;
export type EvaluationScore = Omit<
  Sparse<Fields<anchorage.v1.EvaluationScore>, 'grades' | 'itemIds' | 'name' | 'metrics'>,
  'answers'
> & {
  readonly answers?: EvaluationAnswer[];
};
export type MetricRow = Fields<anchorage.v1.MetricRow>;
export type Alert = Fields<anchorage.v1.Alert>;
export type Comparison = Turned<anchorage.v1.Comparison>;
export type Advice = Fields<anchorage.v1.Advice>;
export type Control = Fields<anchorage.v1.Control>;
export type Acknowledgement = Fields<anchorage.v1.Acknowledgement>;
export type FinishReason = anchorage.v1.FinishReason;
export type PreferenceSource = anchorage.v1.PreferenceSource;
export type RejectionReason = anchorage.v1.RejectionReason;
export type RunCommand = anchorage.v1.RunCommand;
export type Answer = anchorage.v1.Answer;
export type Better = anchorage.v1.Better;
