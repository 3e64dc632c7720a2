import test, {type ExecutionContext} from 'ava';
import type {z} from 'zod';
import {Answer, PreferenceSource, RejectionReason, RunCommand} from '../../../proto/messages.js';
import {type Codec, channels, type LogName, type MessageOf} from '../../../runtime/bus/channels/subjects.js';
import {type Line, lineOf} from '../../../runtime/metrics/lines.js';
import {messageSchemas} from '../../../runtime/metrics/message-schemas.js';
import {checkpointMessage} from '../../helpers/checkpoint-message.js';

const pair: MessageOf<'pairs'> = {
  promptId: '7',
  prompt: 'What is 1 + 1?\u2028',
  chosen: ' 2',
  rejected: '3\n',
  source: PreferenceSource.PREFERENCE_SOURCE_JUDGMENT,
  policyVersion: 2,
  referenceChosenLogps: -1.1000000000000005,
  referenceRejectedLogps: -2,
  promptIds: [4, 1],
  chosenIds: [5, 6, 7],
  rejectedIds: [6, 7, 8, 9],
};
const sampling = {
  segments: [
    {policyVersion: 2, tokenCount: 3},
    {policyVersion: 3, tokenCount: 0},
  ],
  policyStep: 0,
  endPolicyVersion: 3,
  startedUnixMs: 0,
};
const history = [
  {role: 'system', content: ''},
  {role: 'user', content: 'Hi'},
  {role: 'assistant', content: 'Hello.'},
];
const told = {promptId: '4', actor: 'filter', detail: 'why'};
const asked = {previousRevision: 1, author: 'ana@host', timeUnixMs: 1.5};
const objective = {name: 'robust', beta: 0.1, learningRate: 1e-5, settings: {label_smoothing: 0.25}};
const policy = {temperature: 0, topP: 1, topK: 0};
const filter = {minLengthRatio: 0, maxLengthRatio: 2};

/** Of each log, messages with and without what may be missing. */
const examples: {readonly [N in LogName]: readonly MessageOf<N>[]} = {
  pairs: [
    pair,
    {...pair, sampling},
    {...pair, model: 'gpt', rationale: 'A digit was wrong.'},
    {...pair, usage: {requests: 2, promptTokens: 30, completionTokens: 7}},
    {...pair, usage: {requests: 2, promptTokens: 0, completionTokens: 7, cost: 0}},
    {...pair, history},
  ],
  held_out: [pair],
  rejections: [
    {...told, reason: RejectionReason.REJECTION_REASON_TOO_LARGE},
    {...told, reason: RejectionReason.REJECTION_REASON_LENGTH, prompt: 'p', completions: ['a'], reply: 'r'},
    {...told, promptId: '', reason: RejectionReason.REJECTION_REASON_UNREADABLE, channel: 'prompts'},
    {...told, reason: RejectionReason.REJECTION_REASON_FORMAT, completions: ['a', 'b']},
    {...told, reason: RejectionReason.REJECTION_REASON_FORMAT, prompt: 'p', history},
  ],
  checkpoints: [
    checkpointMessage(0, {folder: '/models/policy', objectiveRevision: 0}),
    checkpointMessage(50, {
      beta: 0.1,
      final: true,
      trainingFiles: [{path: 'training/step-000050.json', sha256: 'b'.repeat(64), sizeBytes: 2 ** 33}],
    }),
  ],
  scores: [
    {step: 0, policyVersion: 0, suite: 's', score: 1, items: 0, seconds: 2, weightsSha256: ''},
    {
      ...{step: 5, policyVersion: 1, suite: 's', score: 0.5, items: 2, seconds: 2.5, weightsSha256: ''},
      margin: -1,
      grades: [1, Number.NaN],
      itemIds: ['a', 'a-1'],
      answers: [
        {prompt: 'p', completion: '', grade: 0},
        {prompt: 'q', completion: 'c'},
      ],
    },
  ],
  controls: [
    {
      ...asked,
      revision: 1,
      previousRevision: 0,
      command: RunCommand.RUN_COMMAND_UNSPECIFIED,
      spec: {objective, policy, filter},
    },
    {
      ...{...asked, revision: 2, step: 9, command: RunCommand.RUN_COMMAND_UNSPECIFIED},
      spec: {objective, policy, filter, reviser: {model: 'm', instructions: 'Less.'}},
    },
    {...asked, revision: 3, command: RunCommand.RUN_COMMAND_STOP, evidence: 'at step 4 so'},
  ],
  acknowledgements: [
    {
      revision: 2,
      actor: 'learner',
      index: 0,
      answer: Answer.ANSWER_ACCEPTED,
      step: 9,
      reason: '',
      timeUnixMs: 2,
    },
    {
      revision: 2,
      actor: 'filter',
      index: 1,
      answer: Answer.ANSWER_FAILED,
      step: 0,
      reason: 'no',
      timeUnixMs: 2,
    },
  ],
  alerts: [
    {
      rule: 'held_out',
      step: 40,
      objectiveRevision: 2,
      evidence: 'the score falls',
      remedy: 'roll back',
      action: 'warn',
      timeUnixMs: 3.5,
    },
  ],
  comparisons: [
    {
      ...{promptId: 'anchor-1-0', prompt: 'p', chosen: 'c', fresh: '', policyVersion: 2, better: 2},
      ...{rationale: 'so', model: 'm', history},
    },
    {
      ...{promptId: 'anchor-1-1', prompt: '', chosen: '', fresh: '', policyVersion: 0, better: 3},
      ...{rationale: 'the second answer is empty', model: ''},
    },
  ],
  advice: [
    {
      ...{policyVersion: 1, step: 5, objective: 'apo_down', evidence: 'comparisons'},
      ...{wins: 1, losses: 15, undecided: 4, reason: 'apo_down: so', timeUnixMs: 3.5},
    },
    {
      ...{policyVersion: 2, step: 10, objective: '', evidence: 'none'},
      ...{wins: 0, losses: 0, undecided: 0, reason: 'cannot tell', timeUnixMs: 4},
    },
  ],
  metrics: [
    {actor: 'filter', index: 1, timeUnixMs: 5, objective: '', values: {accepted: 4}},
    {
      ...{actor: 'learner', index: 0, timeUnixMs: 5.25, step: 0, policyVersion: 0, objective: 'dpo'},
      objectiveRevision: 1,
      values: {loss: 1e300, 'rewards/margins': -1},
    },
  ],
};

/** As a reader has it. */
const travelled = <T>({encode, decode}: Codec<T>, message: T): T => decode(encode(message).finish());

const returned = <N extends LogName>(log: N, message: MessageOf<N>): MessageOf<N> => {
  const toLine: (message: MessageOf<N>) => Line = lineOf[log];
  const told = toLine(message);
  const where = 'prompt_id' in told ? {prompt_line: 2} : {};
  const line: unknown = JSON.parse(JSON.stringify({...told, ...where, sequence: 3}));
  const schema: z.ZodType<MessageOf<N>> = messageSchemas[log];
  return schema.parse(line);
};

const logs = Object.keys(examples) as LogName[];
const isReturned = <N extends LogName>(t: ExecutionContext, log: N): void => {
  // Each channel's codec is of its messages, which the type of all of them does not say.
  const codec = channels[log].message as unknown as Codec<MessageOf<N>>;
  const bytes = (message: MessageOf<N>) => Buffer.from(codec.encode(message).finish());
  for (const example of examples[log])
    t.deepEqual(bytes(returned(log, travelled(codec, example))), bytes(example));
};
for (const log of logs)
  test(`A line of ${log} is read as the message that it was`, (t) => isReturned(t, log));

test('A pair of several turns is a line of TRL’s conversational form, and turns that no prompt ends are refused', (t) => {
  const line = lineOf.pairs({...pair, history});
  t.like(line, {
    prompt: [...history, {role: 'user', content: pair.prompt}],
    chosen: [{role: 'assistant', content: ' 2'}],
    rejected: [{role: 'assistant', content: '3\n'}],
  });
  for (const wrong of [
    {prompt: history},
    {prompt: []},
    {chosen: []},
    {chosen: [{role: 'user', content: 'x'}]},
  ])
    t.throws(() => messageSchemas.pairs.parse({...line, ...wrong}));
});

test('What a line no longer says is left out of its message', (t) => {
  const whole = travelled(channels.pairs.message, {
    ...pair,
    sampling: {...sampling, startedUnixMs: 17},
    readyUnixMs: 19,
  });
  const {readyUnixMs, sampling: sampled, ...rest} = returned('pairs', whole);
  t.is(readyUnixMs, undefined);
  t.deepEqual(sampled, {...sampling, startedUnixMs: 0});
  t.deepEqual(rest, pair);
});

test('A value that was no number is left out, and a word of another version is refused', (t) => {
  const row = {actor: 'learner', index: 0, timeUnixMs: 5, objective: '', values: {loss: Number.NaN, kl: 1}};
  t.deepEqual(returned('metrics', travelled(channels.metrics.message, row)).values, {kl: 1});
  const line = {...lineOf.pairs(pair), source: 'guess'};
  t.throws(() => messageSchemas.pairs.parse(line), {message: /\\"guess\\" is no word of this version/});
});
