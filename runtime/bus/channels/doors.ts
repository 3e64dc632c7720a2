/**
 * What a message must be, beyond what its encoding says, before anyone uses it: its names become paths, subjects and keys,
 * its numbers become sums and sizes. What is not so is set aside with its reason, as what does not decode is.
 */
import {
  type Acknowledgement,
  type Advice,
  type Alert,
  Answer,
  type AnswerSet,
  Better,
  type CandidatePair,
  type Checkpoint,
  type Comparison,
  type Completion,
  type CompletionPair,
  type ContentFile,
  type Control,
  type EvaluationScore,
  FinishReason,
  type GivenAnswer,
  type MetricRow,
  type PreferencePair,
  PreferenceSource,
  type Prompt,
  type Rejection,
  RejectionReason,
  RunCommand,
  type Turn,
} from '../../../proto/messages.js';
import {excerpt} from '../../text/excerpt.js';
import type {ChannelName, MessageOf} from './subjects.js';

/** Of content: its name on the bus, and on a machine. */
export const SHA256_PATTERN = /^[0-9a-f]{64}$/;
/** Of a prompt; it becomes part of the ids under which messages are known to the server. */
const PROMPT_ID = /^[\w.-]{1,128}$/;
const ACTOR = /^[a-z][a-z0-9_-]{0,31}$/;
/** Of an objective, a suite, a channel or a metric. */
const NAME = /^[\w.+*:/ -]{1,256}$/;
/** Of the advice at a checkpoint; nothing where it cannot be told. */
const ADVISED = ['', 'apo_zero', 'apo_down'];
const EVIDENCE = ['comparisons', 'recipe', 'none'];
/** What a model calls itself, or an endpoint a request; a line for a person, too. */
const FOREIGN_NAME = /^[^\p{Cc}]{0,1024}$/u;
/** A name in a folder: nothing that leads out of it, or that hides. */
const FILE_NAME = /^[\w+@=(),-][\w .+@=(),-]{0,254}$/;
const CHECKPOINT_FOLDER = /^checkpoints\/\w[\w.-]{0,127}$/;
const TRAINING_FILE = /^training\/\w[\w.-]{0,127}$/;
/** Where the policy before training lies, on the machine of whoever published it. */
const POLICY_FOLDER = /^[^\p{Cc}]{1,4096}$/u;

const MOST_INDEX = 65_535;
/** Of steps and versions: far above any run's, and far below where 32 bits begin again. */
const MOST_STEPS = 1_000_000_000;
const MOST_TOKENS = 100_000_000;
/** Ids become 32-bit integers with a sign. */
const MOST_TOKEN_ID = 2 ** 31 - 1;
const MOST_SEGMENTS = 100_000;
/** To one prompt. */
const MOST_ANSWERS = 64;
/** Before one prompt. */
export const MOST_TURNS = 1000;
const MOST_FILES = 10_000;
const MOST_FILE_BYTES = 2 ** 50;
const MOST_VALUES = 4_096;
/** The last moment that a Date can tell; milliseconds since 1970. */
const LAST_TIME_MS = 8.64e15;
/** Log-probabilities are at most 0; sums of them that were rounded may be a little above. */
const MOST_LOGPS = 1e-2;

/** Yields what is wrong, as it follows `message 7 of completions`. */
type Door<T> = (message: T) => Generator<string>;

const isTime = (ms: number): boolean => ms >= 0 && ms <= LAST_TIME_MS;
const isLogps = (value: number): boolean => Number.isFinite(value) && value <= MOST_LOGPS;
const isAnyOf = (values: object, value: number): boolean => Object.values(values).includes(value);
const isWhole = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
/** Proto's 0 stands for what nobody said. */
const isSaid = (values: object, value: number): boolean => value !== 0 && isAnyOf(values, value);

function* asked({
  promptId,
  prompt,
  history,
}: Pick<Prompt, 'promptId' | 'prompt' | 'history'>): Generator<string> {
  if (!PROMPT_ID.test(promptId)) yield `has a prompt id that is none: ${shown(promptId)}`;
  if (prompt === '') yield 'has an empty prompt';
  yield* turns(history);
}

function* turns(history: readonly Turn[] = []): Generator<string> {
  if (history.length > MOST_TURNS) yield `has ${history.length} turns before its prompt`;
  for (const [index, {role}] of history.entries()) {
    if (role === 'user' || role === 'assistant' || (role === 'system' && index === 0)) continue;
    yield `has a turn of a role that is none at its place: ${shown(role)}`;
  }
}

function* sampled(sampling: Completion['sampling']): Generator<string> {
  if (sampling === null || sampling === undefined) return;
  const startedUnixMs = sampling.startedUnixMs ?? 0;
  const segments = sampling.segments ?? [];
  if (!isTime(startedUnixMs)) yield `says that it was begun at ${startedUnixMs}, which is no time`;
  const {logps} = sampling;
  if (typeof logps === 'number' && !isLogps(logps))
    yield `has a log-probability of ${logps} from its sampler`;
  if (segments.length > MOST_SEGMENTS) yield `has ${segments.length} segments`;
  else if (!isTokenCount(segments.reduce((sum, {tokenCount}) => sum + (tokenCount ?? 0), 0)))
    yield `has segments of more tokens than there can be`;
}
function* used(usage: AnswerSet['usage']): Generator<string> {
  const cost = usage?.cost ?? 0;
  if (!(cost >= 0 && Number.isFinite(cost))) yield `has a cost of ${cost}`;
}
function* tokens(ids: readonly number[]): Generator<string> {
  if (!isTokenCount(ids.length)) yield `has ${ids.length} tokens`;
  const odd = ids.find((id) => id > MOST_TOKEN_ID);
  if (odd !== undefined) yield `has token ${odd}, which no model has`;
}
const isTokenCount = (count: number): boolean => count <= MOST_TOKENS;

function* finished(reasons: readonly number[]): Generator<string> {
  for (const reason of reasons)
    if (!isAnyOf(FinishReason, reason)) yield `ended for a reason that is unknown: ${reason}`;
}

function* files(list: readonly ContentFile[], isName: (path: string) => boolean): Generator<string> {
  if (list.length > MOST_FILES) yield `names ${list.length} files`;
  const paths = new Set<string>();
  for (const {path, sha256, sizeBytes} of list) {
    if (!isName(path)) yield `names a file that cannot be one of it: ${shown(path)}`;
    if (paths.has(path)) yield `names ${path} twice`;
    if (!SHA256_PATTERN.test(sha256)) yield `names content by what is no SHA-256: ${shown(sha256)}`;
    if (!Number.isInteger(sizeBytes) || sizeBytes < 0 || sizeBytes > MOST_FILE_BYTES)
      yield `names a file of ${sizeBytes} bytes`;
    paths.add(path);
  }
}

function* acting({actor, index}: {readonly actor: string; readonly index: number}): Generator<string> {
  if (!ACTOR.test(actor)) yield `is of an actor that is none: ${shown(actor)}`;
  if (index > MOST_INDEX) yield `is of number ${index} of its actor`;
}

const doors: {readonly [N in ChannelName]: Door<MessageOf<N>>} = {
  prompts: unanswered,
  unanswered,
  completions: completion,
  weaker_completions: completion,
  completion_pairs: completionPair,
  answer_sets: answerSet,
  recorded_answers: answerSet,
  candidates: candidate,
  accepted: candidate,
  *anchor_prompts(message: Prompt) {
    yield* unanswered(message);
    if (message.answers?.length !== 1) yield `has ${message.answers?.length ?? 0} chosen answers`;
  },
  anchor_pairs: completionPair,
  pairs: pair,
  held_out: pair,
  *rejections({promptId, actor, reason, channel, history}: Rejection) {
    yield* turns(history);
    if (promptId !== '' && !PROMPT_ID.test(promptId))
      yield `has a prompt id that is none: ${shown(promptId)}`;
    if (actor !== '' && !ACTOR.test(actor)) yield `is of an actor that is none: ${shown(actor)}`;
    if (!isSaid(RejectionReason, reason)) yield `has a reason that is unknown: ${reason}`;
    if (!NAME.test(channel || 'none')) yield `is of a channel that is none: ${shown(channel ?? '')}`;
  },
  *checkpoints(message: Checkpoint) {
    const {step, policyVersion, folder, weightsSha256, objective, files: own, trainingFiles} = message;
    for (const count of [step, policyVersion]) if (count > MOST_STEPS) yield `is of step or version ${count}`;
    const isFolder = policyVersion === 0 ? POLICY_FOLDER : CHECKPOINT_FOLDER;
    if (!isFolder.test(folder)) yield `is in a folder that is none of a run's checkpoints: ${shown(folder)}`;
    if (!SHA256_PATTERN.test(weightsSha256))
      yield `names weights by what is no SHA-256: ${shown(weightsSha256)}`;
    if (!NAME.test(objective)) yield `has an objective that is none: ${shown(objective)}`;
    if (own.length === 0) yield 'names no files';
    yield* files(own, (path) => FILE_NAME.test(path));
    yield* files(trainingFiles, (path) => TRAINING_FILE.test(path));
  },
  *scores(message: EvaluationScore) {
    const {suite, name = '', score, low, high, seconds, weightsSha256, answers} = message;
    const {grades = [], itemIds = [], metrics = {}} = message;
    for (const each of [suite, ...(name === '' ? [] : [name]), ...Object.keys(metrics)])
      if (!NAME.test(each)) yield `is of a suite or a metric that is none: ${shown(each)}`;
    if (Object.keys(metrics).length > MOST_VALUES) yield `has ${Object.keys(metrics).length} metrics`;
    if (typeof message.seed === 'number' && !isWhole(message.seed)) yield `is of seed ${message.seed}`;
    for (const share of [score, low ?? score, high ?? score])
      if (!(share >= 0 && share <= 1)) yield `has a score of ${share}`;
    if (!(seconds >= 0 && Number.isFinite(seconds))) yield `took ${seconds} seconds`;
    if (weightsSha256 !== '' && !SHA256_PATTERN.test(weightsSha256))
      yield `names weights by what is no SHA-256: ${shown(weightsSha256)}`;
    for (const {grade} of answers ?? [])
      if (!((grade ?? 0) >= 0 && (grade ?? 0) <= 1)) yield `has an answer with a grade of ${grade}`;
    if (grades.length !== itemIds.length) yield `has ${grades.length} grades of ${itemIds.length} items`;
    for (const grade of grades)
      if (!Number.isNaN(grade) && !(grade >= 0 && grade <= 1)) yield `has an item with a grade of ${grade}`;
    for (const id of itemIds) if (!PROMPT_ID.test(id)) yield `has an item whose id is none: ${shown(id)}`;
  },
  *controls({author, timeUnixMs, command, evidence}: Control) {
    if (!FOREIGN_NAME.test(author)) yield `is by somebody without a name: ${shown(author)}`;
    if (!isTime(timeUnixMs)) yield `was asked for at ${timeUnixMs}, which is no time`;
    if (!isAnyOf(RunCommand, command)) yield `is a command that is unknown: ${command}`;
    if (!FOREIGN_NAME.test(evidence ?? '')) yield 'has evidence that is no line of words';
  },
  *acknowledgements(message: Acknowledgement) {
    yield* acting(message);
    if (!isSaid(Answer, message.answer)) yield `is an answer that is unknown: ${message.answer}`;
    if (!isTime(message.timeUnixMs)) yield `was given at ${message.timeUnixMs}, which is no time`;
  },
  *metrics(message: MetricRow) {
    yield* acting(message);
    if (!isTime(message.timeUnixMs)) yield `was measured at ${message.timeUnixMs}, which is no time`;
    if (message.objective !== '' && !NAME.test(message.objective))
      yield `has an objective that is none: ${shown(message.objective)}`;
    const names = Object.keys(message.values);
    if (names.length > MOST_VALUES) yield `has ${names.length} values`;
    for (const name of names) if (!NAME.test(name)) yield `has a metric that is none: ${shown(name)}`;
  },
  *alerts({rule, action, timeUnixMs, step}: Alert) {
    for (const name of [rule, action])
      if (!NAME.test(name)) yield `is of a rule or an action that is none: ${shown(name)}`;
    if (step > MOST_STEPS) yield `is of step ${step}`;
    if (!isTime(timeUnixMs)) yield `was seen at ${timeUnixMs}, which is no time`;
  },
  *comparisons({promptId, history, policyVersion, better, model}: Comparison) {
    if (!PROMPT_ID.test(promptId)) yield `has a prompt id that is none: ${shown(promptId)}`;
    yield* turns(history);
    if (policyVersion > MOST_STEPS) yield `is of version ${policyVersion}`;
    if (!isSaid(Better, better)) yield `finds better what is unknown: ${better}`;
    yield* foreign([model]);
  },
  *advice({policyVersion, step, objective, evidence, reason, timeUnixMs}: Advice) {
    for (const count of [step, policyVersion]) if (count > MOST_STEPS) yield `is of step or version ${count}`;
    if (!ADVISED.includes(objective)) yield `advises what it cannot: ${shown(objective)}`;
    if (!EVIDENCE.includes(evidence)) yield `rests on what is unknown: ${shown(evidence)}`;
    if (!FOREIGN_NAME.test(reason)) yield 'has a reason that is no line of words';
    if (!isTime(timeUnixMs)) yield `was given at ${timeUnixMs}, which is no time`;
  },
};

function* completionPair(message: CompletionPair): Generator<string> {
  yield* asked(message);
  yield* finished([message.firstFinishReason, message.secondFinishReason]);
  for (const ids of [message.firstIds, message.secondIds]) yield* tokens(ids);
  yield* sampled(message.sampling);
  yield* used(message.usage);
}

function* unanswered(message: Prompt): Generator<string> {
  yield* asked(message);
  yield* answered(message.answers ?? []);
}

function* completion(message: Completion): Generator<string> {
  yield* asked(message);
  yield* finished([message.finishReason]);
  yield* tokens(message.completionIds);
  yield* sampled(message.sampling);
  yield* used(message.usage);
}

function* answerSet(message: AnswerSet): Generator<string> {
  yield* asked(message);
  if (message.answers.length < 2) yield `has ${message.answers.length} answers`;
  yield* answered(message.answers);
  yield* sampled(message.sampling);
  yield* used(message.usage);
}

function* answered(answers: readonly GivenAnswer[]): Generator<string> {
  if (answers.length > MOST_ANSWERS) yield `has ${answers.length} answers`;
  yield* finished(answers.map(({finishReason}) => finishReason ?? 0));
  for (const {ids = [], model = '', score} of answers) {
    yield* tokens(ids);
    if (!FOREIGN_NAME.test(model)) yield `names a model by what is no name: ${shown(model)}`;
    if (score !== undefined && score !== null && !Number.isFinite(score)) yield `has a score of ${score}`;
  }
}

function* candidate(message: CandidatePair): Generator<string> {
  yield* asked(message);
  yield* preferred(message);
  yield* finished([message.finishReason]);
  for (const ids of [message.chosenIds, message.rejectedIds]) yield* tokens(ids);
  yield* foreign([message.model, message.requestId]);
  yield* used(message.usage);
}

function* pair(message: PreferencePair): Generator<string> {
  yield* asked(message);
  yield* preferred(message);
  for (const logps of [message.referenceChosenLogps, message.referenceRejectedLogps])
    if (!isLogps(logps)) yield `has reference log-probabilities of ${logps}`;
  const {promptIds, chosenIds, rejectedIds} = message;
  for (const [side, ids] of Object.entries({prompt: promptIds, chosen: chosenIds, rejected: rejectedIds})) {
    if (ids.length === 0) yield `has no tokens: ${side}`;
    yield* tokens(ids);
  }
  yield* foreign([message.model ?? '']);
  yield* used(message.usage);
  if (!isTime(message.readyUnixMs ?? 0)) yield `was ready at ${message.readyUnixMs}, which is no time`;
}

function* foreign(names: readonly string[]): Generator<string> {
  for (const name of names)
    if (!FOREIGN_NAME.test(name)) yield `names a model or a request by what is no name: ${shown(name)}`;
}

function* preferred({source, sampling}: Pick<CandidatePair, 'source' | 'sampling'>): Generator<string> {
  if (!isSaid(PreferenceSource, source)) yield `comes from a source that is unknown: ${source}`;
  yield* sampled(sampling);
}

/** The first thing that is wrong with a message, as it follows `message 7 of completions`; undefined where nothing is. */
export const wrongIn = <N extends ChannelName>(channel: N, message: MessageOf<N>): string | undefined => {
  const [wrong] = doors[channel](message);
  return wrong;
};

/** The prompt that a message is about, so that it comes to its end with it; empty where it names none. */
export const promptIdOf = (message: unknown): string =>
  typeof message === 'object' &&
  message !== null &&
  'promptId' in message &&
  typeof message.promptId === 'string' &&
  PROMPT_ID.test(message.promptId)
    ? message.promptId
    : '';

const shown = (text: string): string => JSON.stringify(excerpt(text, 80));
