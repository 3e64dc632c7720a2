/** Messages that decode and that nobody may use, with what is said of each: `message 7 of completions` and this. */
import type {Checkpoint} from '../../proto/messages.js';
import {codecOf} from '../../runtime/bus/channels/protocol.js';
import type {ChannelName, Codec, MessageOf} from '../../runtime/bus/channels/subjects.js';
import {checkpointMessage, SHA256} from './checkpoint-message.js';

export interface Absurd {
  readonly channel: ChannelName;
  readonly message: MessageOf<ChannelName>;
  readonly why: RegExp;
}

const sampling = {segments: [], policyStep: 0, endPolicyVersion: 0, startedUnixMs: 1e12};
const completion: MessageOf<'completions'> = {
  promptId: '900001',
  prompt: '1+1=',
  completion: '2',
  completionIds: [2],
  finishReason: 1,
  policyVersion: 0,
  sampling,
};
const completionPair: MessageOf<'completion_pairs'> = {
  promptId: '900002',
  prompt: '1+1=',
  first: '2',
  second: '3',
  firstIds: [2],
  secondIds: [3],
  firstFinishReason: 1,
  secondFinishReason: 1,
  policyVersion: 0,
};
const answerSet: MessageOf<'answer_sets'> = {
  promptId: '900009',
  prompt: '1+1=',
  answers: [
    {text: '2', ids: [2], finishReason: 1},
    {text: '3', finishReason: 1, model: 'm', score: 1},
  ],
  policyVersion: 0,
};
const candidate: MessageOf<'candidates'> = {
  promptId: '900003',
  prompt: '1+1=',
  chosen: '2',
  rejected: '3',
  source: 1,
  rationale: '',
  chosenIds: [],
  rejectedIds: [3],
  policyVersion: 0,
  model: 'm',
  requestId: 'r',
  finishReason: 1,
};
const pair: MessageOf<'pairs'> = {
  promptId: '900004',
  prompt: '1+1=',
  chosen: '2',
  rejected: '3',
  source: 1,
  policyVersion: 0,
  referenceChosenLogps: -1,
  referenceRejectedLogps: -2,
  promptIds: [4, 1],
  chosenIds: [5],
  rejectedIds: [6],
};
const score: MessageOf<'scores'> = {
  step: 1,
  policyVersion: 1,
  suite: 'arithmetic',
  score: 0.5,
  items: 1,
  seconds: 1,
  weightsSha256: SHA256,
};
const metric: MessageOf<'metrics'> = {
  actor: 'learner',
  index: 0,
  timeUnixMs: 1e12,
  objective: '',
  values: {loss: 1},
};
const answer: MessageOf<'acknowledgements'> = {
  revision: 9,
  actor: 'sampler',
  index: 0,
  answer: 3,
  step: 1,
  reason: '',
  timeUnixMs: 1e12,
};
const rejection: MessageOf<'rejections'> = {promptId: '', actor: 'filter', reason: 2, detail: ''};
const control: MessageOf<'controls'> = {
  revision: 9,
  previousRevision: 1,
  author: 'a@b',
  timeUnixMs: 1e12,
  command: 1,
};

/** One of each channel that is as it should be. */
export const good: {readonly [N in ChannelName]: MessageOf<N>} = {
  prompts: {promptId: '900000', prompt: '1+1='},
  unanswered: {promptId: '900000', prompt: '1+1='},
  completions: completion,
  weaker_completions: completion,
  completion_pairs: completionPair,
  answer_sets: answerSet,
  recorded_answers: answerSet,
  candidates: candidate,
  accepted: candidate,
  pairs: pair,
  held_out: pair,
  rejections: rejection,
  checkpoints: checkpointMessage(1),
  scores: score,
  controls: control,
  acknowledgements: answer,
  metrics: metric,
  alerts: {
    rule: 'kl',
    step: 40,
    objectiveRevision: 1,
    evidence: 'e',
    remedy: 'r',
    action: 'warn',
    timeUnixMs: 1e12,
  },
  anchor_prompts: {promptId: 'anchor-0-0', prompt: '1+1=', answers: [{text: '2', finishReason: 1}]},
  anchor_pairs: {...completionPair, promptId: 'anchor-0-0'},
  comparisons: {
    ...{promptId: 'anchor-0-0', prompt: '1+1=', chosen: '2', fresh: '3', policyVersion: 0, better: 1},
    ...{rationale: '', model: 'm'},
  },
  advice: {
    ...{
      policyVersion: 0,
      step: 0,
      objective: 'apo_zero',
      evidence: 'recipe',
      wins: 0,
      losses: 0,
      undecided: 0,
    },
    ...{reason: 'r', timeUnixMs: 1e12},
  },
};

/** @param fields also of values that the generated types do not have. */
const absurd = (channel: ChannelName, fields: Readonly<Record<string, unknown>>, why: RegExp): Absurd => ({
  channel,
  message: {...(good[channel] as object), ...fields} as MessageOf<ChannelName>,
  why,
});
const checkpoint = (fields: Partial<Checkpoint>, why: RegExp): Absurd =>
  absurd('checkpoints', {step: 900, policyVersion: 900, ...fields}, why);
const file = (path: string, sha256 = SHA256, sizeBytes = 1) => ({path, sha256, sizeBytes});

/** @param victims files and folders that are none of the run's. */
export const absurdCheckpoints = (victims: {
  readonly folder: string;
  readonly file: string;
}): readonly Absurd[] => [
  checkpoint({folder: victims.folder}, /^is in a folder that is none of a run's checkpoints: /),
  checkpoint({folder: `checkpoints/../../../victim`}, /^is in a folder that is none/),
  checkpoint({folder: 'checkpoints/..'}, /^is in a folder that is none/),
  checkpoint({folder: 'checkpoints/a/../../..'}, /^is in a folder that is none/),
  checkpoint({folder: ''}, /^is in a folder that is none/),
  checkpoint({policyVersion: 0, folder: '/tmp\n/etc'}, /^is in a folder that is none/),
  checkpoint({step: 4_294_967_295}, /^is of step or version 4294967295$/),
  checkpoint({policyVersion: 4_294_967_295}, /^is of step or version 4294967295$/),
  checkpoint({files: []}, /^names no files$/),
  checkpoint({files: [file(victims.file)]}, /^names a file that cannot be one of it: /),
  checkpoint({files: [file('..')]}, /^names a file that cannot be one of it: "\.\."$/),
  checkpoint({files: [file('a/../../../b')]}, /^names a file that cannot be one of it: /),
  checkpoint({files: [file('a', '*')]}, /^names content by what is no SHA-256: "\*"$/),
  checkpoint({files: [file('a', '../../../../victim')]}, /^names content by what is no SHA-256: /),
  checkpoint({files: [file('a', SHA256, Number.NaN)]}, /^names a file of NaN bytes$/),
  checkpoint({files: [file('a', SHA256, 1e300)]}, /^names a file of 1e\+300 bytes$/),
  checkpoint({files: [file('a'), file('a')]}, /^names a twice$/),
  checkpoint(
    {trainingFiles: [file(victims.file), file('training/b.json')]},
    /^names a file that cannot be one of it: /,
  ),
  checkpoint(
    {trainingFiles: [file('training/../../../victim/kept')]},
    /^names a file that cannot be one of it: /,
  ),
  checkpoint({trainingFiles: [file('training/..')]}, /^names a file that cannot be one of it: /),
  checkpoint({weightsSha256: '>'}, /^names weights by what is no SHA-256: ">"$/),
  checkpoint({objective: 'dpo\r\nX: y'}, /^has an objective that is none: "dpo\\r\\nX: y"$/),
];

export const absurdMessages: readonly Absurd[] = [
  absurd('prompts', {prompt: ''}, /^has an empty prompt$/),
  absurd('prompts', {promptId: 'a\r\nNats-Msg-Id: b'}, /^has a prompt id that is none: /),
  absurd('completions', {prompt: ''}, /^has an empty prompt$/),
  absurd(
    'prompts',
    {history: [{role: 'tool', content: 'x'}]},
    /^has a turn of a role that is none at its place: "tool"$/,
  ),
  absurd(
    'candidates',
    {
      history: [
        {role: 'user', content: 'x'},
        {role: 'system', content: ''},
      ],
    },
    /: "system"$/,
  ),
  absurd(
    'pairs',
    {history: Array.from({length: 1001}, () => ({role: 'user', content: ''}))},
    /^has 1001 turns before its prompt$/,
  ),
  absurd(
    'rejections',
    {history: [{role: '\u001b[2J', content: 'x'}]},
    /^has a turn of a role that is none at its place: /,
  ),
  absurd('completions', {finishReason: 77}, /^ended for a reason that is unknown: 77$/),
  absurd('completions', {completionIds: [4e9]}, /^has token 4000000000, which no model has$/),
  absurd('pairs', {rejectedIds: []}, /^has no tokens: rejected$/),
  absurd('pairs', {promptIds: [4e9]}, /^has token 4000000000, which no model has$/),
  absurd(
    'completions',
    {sampling: {...sampling, startedUnixMs: Number.NaN}},
    /^says that it was begun at NaN/,
  ),
  absurd('completion_pairs', {promptId: ''}, /^has a prompt id that is none: ""$/),
  absurd('completion_pairs', {secondFinishReason: 9}, /^ended for a reason that is unknown: 9$/),
  absurd('answer_sets', {answers: [{text: '2', finishReason: 1}]}, /^has 1 answers$/),
  absurd(
    'answer_sets',
    {answers: [answerSet.answers[0], {text: '3', finishReason: 1, score: Number.NaN}]},
    /^has a score of NaN$/,
  ),
  absurd('candidates', {source: 0}, /^comes from a source that is unknown: 0$/),
  absurd('candidates', {requestId: 'a\u001b[2J'}, /^names a model or a request by what is no name: /),
  absurd('accepted', {promptId: '../../x'}, /^has a prompt id that is none: /),
  absurd('pairs', {referenceChosenLogps: Number.NaN}, /^has reference log-probabilities of NaN$/),
  absurd('pairs', {referenceRejectedLogps: 3}, /^has reference log-probabilities of 3$/),
  absurd(
    'pairs',
    {referenceRejectedLogps: Number.NEGATIVE_INFINITY},
    /^has reference log-probabilities of -Infinity$/,
  ),
  absurd('pairs', {readyUnixMs: -1}, /^was ready at -1, which is no time$/),
  absurd('held_out', {prompt: ''}, /^has an empty prompt$/),
  absurd('rejections', {reason: 99}, /^has a reason that is unknown: 99$/),
  absurd('rejections', {actor: '../x'}, /^is of an actor that is none: /),
  absurd('scores', {score: Number.NaN}, /^has a score of NaN$/),
  absurd('scores', {grades: [0.5]}, /^has 1 grades of 0 items$/),
  absurd('scores', {grades: [2], itemIds: ['a']}, /^has an item with a grade of 2$/),
  absurd('scores', {grades: [1], itemIds: ['../a b']}, /^has an item whose id is none: /),
  absurd('scores', {score: 12}, /^has a score of 12$/),
  absurd('scores', {seconds: Number.POSITIVE_INFINITY}, /^took Infinity seconds$/),
  absurd('controls', {timeUnixMs: Number.NaN}, /^was asked for at NaN, which is no time$/),
  absurd('controls', {command: 55}, /^is a command that is unknown: 55$/),
  absurd('acknowledgements', {answer: 0}, /^is an answer that is unknown: 0$/),
  absurd('acknowledgements', {index: 4e9}, /^is of number 4000000000 of its actor$/),
  absurd('metrics', {timeUnixMs: 1e300}, /^was measured at 1e\+300, which is no time$/),
  absurd('alerts', {rule: ''}, /^is of a rule or an action that is none: ""$/),
  absurd('alerts', {timeUnixMs: -1}, /^was seen at -1, which is no time$/),
  absurd('controls', {evidence: 'a\u001b[2J'}, /^has evidence that is no line of words$/),
  absurd('anchor_prompts', {answers: []}, /^has 0 chosen answers$/),
  absurd('anchor_pairs', {promptId: '../x'}, /^has a prompt id that is none: /),
  absurd('comparisons', {better: 9}, /^finds better what is unknown: 9$/),
  absurd('comparisons', {promptId: '*'}, /^has a prompt id that is none: "\*"$/),
  absurd('advice', {objective: 'dpo'}, /^advises what it cannot: "dpo"$/),
  absurd('advice', {evidence: ''}, /^rests on what is unknown: ""$/),
  absurd('advice', {reason: 'a\nb'}, /^has a reason that is no line of words$/),
  absurd('metrics', {actor: '__proto__'}, /^is of an actor that is none: /),
];

/** The bytes of a message, whatever its channel. */
export const encoded = ({channel, message}: Pick<Absurd, 'channel' | 'message'>): Uint8Array =>
  (codecOf(channel) as Codec<MessageOf<ChannelName>>).encode(message).finish();
