/** How answers end, and what they are wrapped in. */
import test from 'ava';
import {afterMarker, bareAnswer, endingOf, rationaleOf} from '../../../runtime/text/answer-form.js';

const endings = {
  whole: ['stop', 'STOP', 'eos', 'eos_token', 'end_turn', 'stop_sequence', 'complete', 'COMPLETED', ''],
  cut: ['length', 'max_tokens', 'MAX_TOKENS', 'model_length', 'token_limit', 'model_context_window_exceeded'],
  withheld: [
    'content_filter',
    'SAFETY',
    'safety',
    'RECITATION',
    'PROHIBITED_CONTENT',
    'BLOCKLIST',
    'refusal',
    'sensitive',
  ],
  broken: ['error', 'abort', 'cancelled', 'network_error', 'insufficient_system_resource'],
} as const;
for (const [ending, words] of Object.entries(endings)) {
  test(`an answer is ${ending} after ${words.map((word) => `"${word}"`).join(', ')}`, (t) => {
    for (const word of words) t.is(endingOf(word), ending as keyof typeof endings, word);
  });
}

const MARKER = /^[ \t]*\{answer\}:?/gm;
const read = (reply: string) => afterMarker(reply, MARKER, '{answer}');
const body = ' It is 4.\n\n```js\n2 + 2\n```\nSo.';
const answer = {kind: 'answer', thoughts: '', before: 'Why.\n', text: body};
const thought = (thoughts: string) => ({...answer, thoughts});

for (const [what, reply, found] of [
  ['nothing', `Why.\n{answer}:${body}`, answer],
  [
    'thoughts with a draft of the marker',
    `<think>\n{answer}: no\n</think>Why.\n{answer}:${body}`,
    thought('{answer}: no'),
  ],
  [
    'thoughts that the template has opened',
    `Hm.\n{answer}: no\n</think>Why.\n{answer}:${body}`,
    thought('Hm.\n{answer}: no'),
  ],
  ['thoughts in other tags', `\n[THINK]{answer}: no[/THINK]Why.\n{answer}:${body}`, thought('{answer}: no')],
  [
    'thoughts in a channel',
    `<|channel|>analysis<|message|>{answer}: no<|end|><|start|>assistant<|channel|>final<|message|>Why.\n{answer}:${body}`,
    thought('{answer}: no<|end|><|start|>assistant'),
  ],
  ['a code fence', `\`\`\`\nWhy.\n{answer}:${body}\n\`\`\`\n`, {...answer, before: '```\nWhy.\n'}],
  [
    'a code fence with a language, Windows line ends and words before it',
    `Here:\r\n~~~markdown\r\n{answer}: 4\r\n~~~`,
    {kind: 'answer', thoughts: '', before: 'Here:\r\n~~~markdown\r\n', text: ' 4'},
  ],
  [
    'thoughts, and a code fence in them',
    `<thinking>\n\`\`\`\n</thinking>Why.\n{answer}:${body}`,
    thought('```'),
  ],
] as const) {
  test(`what surrounds an answer is no part of it: ${what}`, (t) => {
    t.deepEqual(read(reply), found);
  });
}

test('a policy that thinks aloud has thoughts in its answer', (t) => {
  const own = ' first 2, then 4\n</think>\n\n4';
  t.deepEqual(read(`{answer}:${own}`), {kind: 'answer', thoughts: '', before: '', text: own});
  t.deepEqual(read(`<think>\nmine\n</think>\n{answer}:${own}`), {
    kind: 'answer',
    thoughts: 'mine',
    before: '\n',
    text: own,
  });
});

for (const [reply, detail] of [
  [' \n', 'the answer is empty'],
  ['<think>\n{answer}: a draft', 'the answer ends within its reasoning'],
  ['It is {answer}: 4', 'no line begins with {answer}'],
  ['{answer}: 4\n{answer}: 5', '2 lines begin with {answer}'],
  ['```\n{answer}: 4', 'its code fence does not end'],
  ['```\n{answer}: 4\n```\nI hope this helps.', 'more follows its code fence'],
] as const) {
  test(`${JSON.stringify(reply)} is malformed: ${detail}`, (t) => {
    t.deepEqual(read(reply), {kind: 'malformed', detail});
  });
}

test('reasons are put together wherever they stood, and are no longer than a message has room for', (t) => {
  t.is(rationaleOf(undefined, ' one\n', '', 'two'), 'one\n\ntwo');
  t.is(rationaleOf(), '');
  t.true(rationaleOf('a'.repeat(100_000)).length < 17_000);
});

test('an answer without a marker is all that follows the thoughts, and tags in pairs within it are its own', (t) => {
  const bare = (thoughts: string, text: string) => ({kind: 'answer', thoughts, before: '', text});
  t.deepEqual(bareAnswer(' 4\n'), bare('', '4'));
  t.deepEqual(bareAnswer('<think>2+2</think> 4'), bare('2+2', '4'));
  t.deepEqual(bareAnswer('2+2</think>\n4'), bare('2+2', '4'));
  t.deepEqual(bareAnswer('Write <think>2+2</think>4'), bare('', 'Write <think>2+2</think>4'));
  t.deepEqual(bareAnswer('2+2</think>'), {kind: 'malformed', detail: 'nothing follows its reasoning'});
});
