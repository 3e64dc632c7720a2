/** What the sampler asks of the policy and what it makes of the answers. */
import {
  type AnswerSet,
  type Completion,
  type CompletionPair,
  FinishReason,
  type Prompt,
  RejectionReason,
  type Sampling,
  type Usage,
} from '../../proto/messages.js';
import type {MessageOf} from '../../runtime/bus/channels/subjects.js';
import type {AnswerQueue} from '../../runtime/datasets.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import type {Generation, GenerationRequest} from '../../runtime/model/generation/generation.js';
import {askedOf} from '../../runtime/model/text/conversations.js';
import type {Encoding} from '../../runtime/model/text/encode.js';
import {seedOf} from '../../runtime/seed.js';

/** One request for each answer that is needed. A sample's seed is its name, so that a redelivered prompt gets the same answer. */
export const requestsFor = (
  fleet: Fleet,
  prompt: Prompt,
  promptIds: number[],
  answers: number,
): GenerationRequest[] =>
  Array.from({length: answers}, (_, sample) => ({
    promptIds,
    maxNewTokens: fleet.policy.maxCompletionTokens,
    temperature: fleet.policy.temperature,
    topP: fleet.policy.topP,
    topK: fleet.policy.topK,
    seed: seedOf(fleet.seed, prompt.promptId, sample),
  }));

/** Why a prompt whose encoding is odd, or empty, is not asked. */
export const unaskable = (encoded: Encoding<readonly number[]>) =>
  encoded.kind === 'odd'
    ? {reason: RejectionReason.REJECTION_REASON_UNREADABLE, detail: encoded.detail}
    : {reason: RejectionReason.REJECTION_REASON_EMPTY, detail: 'the prompt has no tokens'};

/** What a policy is told apart by. */
export interface PolicyStamp {
  readonly policyVersion: number;
  /** Optimizer steps. */
  readonly step: number;
}

/** What the answers themselves do not say. */
export interface SamplingConditions {
  readonly startedUnixMs: number;
  /** Optimizer steps of a policy. */
  stepOf(policyVersion: number): number;
  /** What was asked of a policy behind an endpoint; undefined where it was computed here. */
  readonly usage?: Usage | undefined;
}

/** How the answers to one prompt came about, and the earliest version that wrote some of them. */
const samplingOf = (
  answers: readonly Generation[],
  {startedUnixMs, stepOf, usage}: SamplingConditions,
): {readonly sampling: Sampling; readonly policyVersion: number; readonly usage?: Usage} => {
  const segments = answers.flatMap((answer) => answer.segments.map((segment) => ({...segment})));
  const versions = segments.map(({policyVersion}) => policyVersion);
  const policyVersion = Math.min(...versions);
  const endPolicyVersion = Math.max(...versions);
  const policyStep = Math.min(...versions.map(stepOf));
  const logps = answers.map((answer) => answer.logps);
  const known = logps.every((each) => each !== undefined)
    ? {logps: logps.reduce((sum, each) => sum + each, 0)}
    : {};
  const sampling = {segments, policyStep, endPolicyVersion, startedUnixMs, ...known};
  return {policyVersion, sampling, ...(usage === undefined ? {} : {usage})};
};

const finishReasonOf = ({finishReason}: Generation) =>
  finishReason === 'stop' ? FinishReason.FINISH_REASON_STOP : FinishReason.FINISH_REASON_LENGTH;

export const completionOf = (
  {promptId, ...asked}: Prompt,
  generation: Generation,
  conditions: SamplingConditions,
): Completion => ({
  promptId,
  ...askedOf(asked),
  completion: generation.text,
  completionIds: [...generation.completionIds],
  finishReason: finishReasonOf(generation),
  ...samplingOf([generation], conditions),
});

export const completionPairOf = (
  {promptId, ...asked}: Prompt,
  first: Generation,
  second: Generation,
  conditions: SamplingConditions,
): CompletionPair => ({
  promptId,
  ...askedOf(asked),
  first: first.text,
  second: second.text,
  firstIds: [...first.completionIds],
  secondIds: [...second.completionIds],
  firstFinishReason: finishReasonOf(first),
  secondFinishReason: finishReasonOf(second),
  ...samplingOf([first, second], conditions),
});

const answerSetOf = (
  {promptId, ...asked}: Prompt,
  answers: readonly Generation[],
  conditions: SamplingConditions,
): AnswerSet => ({
  promptId,
  ...askedOf(asked),
  answers: answers.map((answer) => ({
    text: answer.text,
    ids: [...answer.completionIds],
    finishReason: finishReasonOf(answer),
  })),
  ...samplingOf(answers, conditions),
});

const oneAnswer = (
  prompt: Prompt,
  answers: readonly Generation[],
  conditions: SamplingConditions,
): Completion => completionOf(prompt, answerAt(answers, 0), conditions);

/** The chosen answer of a pair, which came with its prompt, and the policy's own. */
const anchorPairOf = (
  prompt: Prompt,
  answers: readonly Generation[],
  conditions: SamplingConditions,
): CompletionPair => {
  const {promptId, answers: [chosen] = [], ...asked} = prompt;
  const fresh = answerAt(answers, 0);
  return {
    promptId,
    ...askedOf(asked),
    first: chosen?.text ?? '',
    second: fresh.text,
    firstIds: [],
    secondIds: [...fresh.completionIds],
    firstFinishReason: FinishReason.FINISH_REASON_STOP,
    secondFinishReason: finishReasonOf(fresh),
    ...samplingOf([fresh], conditions),
  };
};

/** The answers to a prompt as the queue takes them that its recipe names, or by which they are compared. */
export const answersFor: {
  readonly [Q in Exclude<AnswerQueue, 'recorded_answers'> | 'anchor_pairs']: (
    prompt: Prompt,
    answers: readonly Generation[],
    conditions: SamplingConditions,
  ) => MessageOf<Q>;
} = {
  completions: oneAnswer,
  weaker_completions: oneAnswer,
  answer_sets: answerSetOf,
  anchor_pairs: anchorPairOf,
  completion_pairs: (prompt, answers, conditions) =>
    completionPairOf(prompt, answerAt(answers, 0), answerAt(answers, 1), conditions),
};

const answerAt = (answers: readonly Generation[], index: number): Generation => {
  const answer = answers[index];
  if (answer === undefined) throw new Error(`of ${answers.length} answers there is none at ${index}`);
  return answer;
};
